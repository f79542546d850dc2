"""One market's folder, and what it tells of the market up to a moment."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from liqbot.errors import RecordingError
from liqbot.market.book import OrderBook
from liqbot.market.instrument import Instrument
from liqbot.market.mending import Repairs
from liqbot.market.observation import Observation, gaps_in
from liqbot.market.recording import layout
from liqbot.market.recording.layout import Layout
from liqbot.market.recording.table import read_checked
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import LiquidationTotals, Tape
from liqbot.market.units import Price, moment_of

Table = dict[str, NDArray[Any]]
Series = TypeVar("Series")

_EVER_MS = 10**14  # later than any stamp a table may hold


def observe(
    path: Path, instrument: Instrument, until_ms: int | None, *, simulated: bool
) -> Observation:
    """Return all that a folder tells of an instrument by a moment (Unix ms; None = ever).

    The finest candles are read; mark candles come at their length, or longer where only such
    exist. The mark is the newest price known: on a tie a mark candle's, then the one beside open
    interest, then the last close. Raise RecordingError for what makes no sense.
    """
    folder = _Folder(path, _EVER_MS if until_ms is None else until_ms)
    candles = folder.candles()
    marks = folder.mark_candles(candles.interval_ms)
    beside = folder.table(layout.OPEN_INTEREST)
    open_interest = folder.open_interest(beside)
    funding, tape, book = folder.funding(), folder.tape(), folder.book()
    instants = (open_interest.at_ms, tape.at_ms)
    starts = [int(each[0]) for each in (candles.opened_ms, *instants) if each.size]
    ends = [int(each[-1]) for each in (candles.closed_ms, *instants, funding.at_ms) if each.size]
    ends += [book.at_ms] if book else []
    if until_ms is None and not ends:
        raise RecordingError(f"{path}: there is no row in any of its files")
    now_ms = max(ends) if until_ms is None else until_ms
    return Observation(
        instrument=instrument,
        observed_at=moment_of(now_ms),
        mark=_mark(candles, beside, marks),
        candles=candles,
        mark_candles=marks,
        open_interest=open_interest,
        funding=funding,
        tape=tape,
        book=book,
        gaps=gaps_in(candles, open_interest, min(starts), now_ms) if starts else (),
        repairs=tuple(folder.repairs),
        simulated=simulated,
    )


def totals_in(path: Path, until_ms: int | None) -> LiquidationTotals:
    """Return the liquidation sums in a folder whose span was over by a moment.

    Raise RecordingError for what makes no sense.
    """
    folder = _Folder(path, _EVER_MS if until_ms is None else until_ms)
    totals, _ = LiquidationTotals.mended(folder.table(layout.TOTALS))
    return totals


@dataclass
class _Folder:
    path: Path
    until_ms: int
    repairs: list[str] = field(default_factory=list)

    def has(self, kind: Layout) -> bool:
        return (self.path / kind.file).exists()

    def table(self, kind: Layout, length_ms: int = 0) -> Table:
        """Return what was there by the moment, before any repair could move a stamp."""
        if not self.has(kind):
            return {name: np.empty(0) for name in (*kind.stamps, *kind.required, *dict(kind.words))}
        table = read_checked(self.path / kind.file, kind)
        seen = table[kind.stamps[-1]] <= self.until_ms - length_ms
        return table if seen.all() else {name: column[seen] for name, column in table.items()}

    def mended(self, kind: Layout, result: tuple[Series, Repairs]) -> Series:
        series, repairs = result
        self.repairs += (f"{kind.name}: {each}" for each in repairs)
        return series

    def candles(self) -> Candles:
        found = self._longer(layout.candles, layout.INTERVALS_MS)
        return Candles.none(layout.INTERVALS_MS[-1]) if found is None else found

    def mark_candles(self, length_ms: int) -> Candles | None:
        by_fit = sorted(layout.INTERVALS_MS, key=lambda each: each != length_ms)
        marks = self._longer(layout.mark, by_fit)
        return None if marks is None else marks.resample(max(length_ms, marks.interval_ms))

    def _longer(
        self, kind_of: Callable[[int], Layout], lengths_ms: Iterable[int]
    ) -> Candles | None:
        for length_ms in lengths_ms:
            kind = kind_of(length_ms)
            if self.has(kind):
                table = self.table(kind, length_ms)
                return self.mended(kind, Candles.mended(length_ms, table)).until(self.until_ms)
        return None

    def open_interest(self, table: Table) -> OpenInterest:
        columns = {"at_ms": table["at_ms"], "quantity": table["open_interest"]}
        series = self.mended(layout.OPEN_INTEREST, OpenInterest.mended(columns))
        return series.until(self.until_ms)

    def funding(self) -> Funding:
        return self.mended(layout.FUNDING, Funding.mended(self.table(layout.FUNDING)))

    def tape(self) -> Tape:
        return self.mended(layout.LIQUIDATIONS, Tape.mended(self.table(layout.LIQUIDATIONS)))

    def book(self) -> OrderBook | None:
        table = self.table(layout.BOOK)
        if not table["at_ms"].size:
            return None
        newest = table["at_ms"] == table["at_ms"].max()
        levels = np.column_stack((table["price"], table["quantity"]))
        bids, asks = (levels[newest & (table["side"] == side)] for side in (0, 1))
        try:
            return OrderBook.of(int(table["at_ms"].max()), bids, asks)
        except ValueError as error:
            self.repairs.append(f"book: left out, {error}")
            return None


def _mark(candles: Candles, beside: Table, marks: Candles | None) -> Price:
    told = [(candles.closed_ms, candles.close)]
    if "mark" in beside:
        told.append((beside["at_ms"], beside["mark"]))
    if marks is not None:
        told.append((marks.closed_ms, marks.close))
    newest = [(-1, 0, np.nan)]
    for rank, (at_ms, price) in enumerate(told):
        known = np.flatnonzero((price > 0) & (price < np.inf))
        if known.size:
            row = known[np.argmax(at_ms[known])]
            newest.append((int(at_ms[row]), rank, float(price[row])))
    return Price(max(newest)[2])
