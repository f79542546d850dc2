"""A market's histories, bar after bar, each as `recall` works it out, but in steps.

No past bar ever changes, so what the venues told is laid onto one line of bars once, and a
history looks at the first so many of them. The engine is stepped, and its columns are kept in one
array, at which all histories of a stretch look. It starts anew only where `recall` would choose
other bins or venues: at prices not seen before, or when a venue is first heard.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from liqbot.errors import OutOfRange
from liqbot.heatmap.bars import Bars, align
from liqbot.heatmap.engine import Positions, Terms, guessed, run, terms_of
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Heatmap
from liqbot.heatmap.history import (
    FUNDING_MS,
    TRACKED_MS,
    Beside,
    Carried,
    History,
    composed,
    on_line,
)
from liqbot.heatmap.model import Model
from liqbot.market.margin import MarginSchedule
from liqbot.market.observation import Observation
from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, F8, I8, Price, floats, integers, moment_of, ms_of

_NEVER_MS = 10**14  # later than any moment
_SPARE = 288  # bars for which columns have room before they move on


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolling:
    """Histories of one market at the end of each bar of which a venue told anything.

    The k-th is what `recall` returns of all that was seen by then, where clusters are followed
    from the first on; the mark is the last close, or that of a mark candle as new. Samples of
    open interest have to be stamped by the end of their bar, as repairs on entry see to.
    """

    base: str
    observations: Sequence[Observation]  # the whole past, and what follows
    model: Model
    window_ms: int = DAY_MS
    bin_width: float = 0.001
    from_ms: int = 0  # the first moment, Unix ms
    to_ms: int = _NEVER_MS  # the last
    brackets: Mapping[str, MarginSchedule] | None = None  # by venue, in place of those built in

    def __iter__(self) -> Iterator[History]:
        """Yield the histories, oldest first. Raises as `recall`."""
        known = [(each, at) for each in self.observations if (at := _first_known_ms(each))]
        starts = sorted({at_ms for _, at_ms in known})
        if not starts:
            raise OutOfRange(f"{self.base}: no candle is known, so there is no map of it.")
        lookback = None
        for start_ms, stop_ms in pairwise([*starts, _NEVER_MS]):
            seen = [each for each, at_ms in known if at_ms <= start_ms]
            stretch = _Stretch(self, seen, start_ms, stop_ms)
            for count in stretch.counts:
                history = composed(
                    self.base,
                    ran := stretch.carried(count),
                    stretch.beside(ran),
                    self.model,
                    before=lookback,
                )
                lookback = history.lookback
                yield history


class _Past(NamedTuple):
    """What one venue tells beside the bars."""

    seen: Observation
    line: Candles
    told_ms: I8  # of every known datum
    mark_ms: I8
    mark: F8

    def age_s(self, at_ms: int) -> float:
        row = int(np.searchsorted(self.told_ms, at_ms, side="right"))
        newest = [int(self.told_ms[row - 1])] if row else []
        if (book := self.seen.book) and book.at_ms <= at_ms:
            newest.append(book.at_ms)
        return moment_of(at_ms).timestamp() - max(newest) / 1000 if newest else np.inf

    def mark_at(self, at_ms: int) -> Price:
        row = int(np.searchsorted(self.mark_ms, at_ms, side="right"))
        return Price(float(self.mark[row - 1]) if row else np.nan)


class _Stretch:
    """A run in which the same venues are known."""

    def __init__(
        self, asked: Rolling, seen: Sequence[Observation], start_ms: int, stop_ms: int
    ) -> None:
        self._asked, self._bars = asked, align(seen)
        bars = self._bars
        self._past = {each.instrument.venue: _past(each, bars) for each in seen}
        self._tape = Tape.merge(each.tape for each in asked.observations)
        self._simulated = any(each.simulated for each in asked.observations)
        self._low = np.fmin.accumulate(np.fmin.reduce(bars.low, axis=0))
        self._high = np.fmax.accumulate(np.fmax.reduce(bars.high, axis=0))
        self._columns: _Columns | None = None
        ends = bars.opened_ms + bars.interval_ms
        from_ms, to_ms = max(start_ms, asked.from_ms), min(stop_ms - 1, asked.to_ms)
        inside = _told(seen, bars) & (ends >= from_ms) & (ends <= to_ms)
        self.counts: list[int] = (np.flatnonzero(inside) + 1).tolist()

    def carried(self, count: int) -> Carried:
        """Return what a run over the first `count` bars leaves; counts rise."""
        asked, bars = self._asked, self._bars
        low, high = self._low[count - 1], self._high[count - 1]
        grid = PriceGrid.between(low * 0.55, high * 1.6, asked.bin_width)
        length = max(asked.window_ms, TRACKED_MS) // bars.interval_ms
        if self._columns is None or self._columns.grid != grid:
            terms = terms_of(
                *(asked.model, asked.base, bars.venues, grid, bars.interval_ms),
                brackets=asked.brackets,
            )
            self._columns = _Columns(terms, bars, length)
        columns = self._columns
        columns.advance(count)
        watched = bars.rows(first := max(count - length, 0), count)
        recent = watched.rows(-max(asked.window_ms, DAY_MS) // bars.interval_ms, len(watched))
        return Carried(
            past_ms=watched.ended_ms - int(bars.opened_ms[0]),
            watched=watched,
            recent=recent,
            whole=columns.heatmap(first),
            shown=columns.heatmap(count - len(recent)),
            positions=columns.positions,
            swept=floats(columns.swept * (DAY_MS / (count * bars.interval_ms))),
        )

    def beside(self, ran: Carried) -> Beside:
        """Return what is known at the end of the bars beside them."""
        at_ms, leading = ran.recent.ended_ms, self._past[ran.leading]
        line, funding = leading.line, leading.seen.funding
        rows = np.searchsorted(line.opened_ms, (ran.watched.opened_ms[0], at_ms))
        books = {venue: past.seen.book for venue, past in self._past.items()}
        return Beside(
            at=moment_of(at_ms),
            data_age_s=max(past.age_s(at_ms) for past in self._past.values()),
            mark=leading.mark_at(at_ms),
            candles=_part(line, slice(*rows)),
            funding=funding.since(at_ms - FUNDING_MS).until(at_ms),
            tape=self._tape.since(int(ran.recent.opened_ms[0])).until(at_ms),
            books={v: book for v, book in books.items() if book and book.at_ms <= at_ms},
            simulated=self._simulated,
        )


class _Columns:
    """The engine on one grid, stepped, and its columns from some bar on."""

    def __init__(self, terms: Terms, bars: Bars, length: int) -> None:
        self.grid, self._terms, self._bars, self._length = terms.grid, terms, bars, length
        self.positions: Positions = guessed(terms, bars)
        self.swept: NDArray[np.float64] = np.zeros(2)
        self._count = self._first = 0  # bars gone through, and the first that has a column
        self._usd = np.empty((2, 0, terms.grid.bins), np.float32)
        self._swept_usd = np.empty((2, 0))

    def advance(self, count: int) -> None:
        """Carry the engine on, until so many bars have been gone through."""
        unseen = max(count - self._length, 0)
        if self._count < unseen:
            past = run(
                self._terms, self.positions, self._bars.rows(self._count, unseen), columns=False
            )
            self.positions, self._count = past.positions, unseen
            self.swept = self.swept + past.flow.sum(axis=(0, 1, 2))
        ran = run(self._terms, self.positions, self._bars.rows(self._count, count))
        self._make_room(count)
        new = slice(self._count - self._first, count - self._first)
        self._usd[:, new] = ran.usd
        self._swept_usd[:, new] = ran.flow.sum(axis=(1, 2)).T
        self.positions, self._count = ran.positions, count
        self.swept = self.swept + ran.flow.sum(axis=(0, 1, 2))

    def heatmap(self, first: int) -> Heatmap:
        """Return the columns from a bar on, in the array that later ones are written to."""
        rows = slice(first - self._first, self._count - self._first)
        swept_usd = self._swept_usd[:, rows]
        swept_usd.flags.writeable = False
        return Heatmap(
            grid=self.grid,
            interval_ms=self._bars.interval_ms,
            opened_ms=self._bars.opened_ms[first : self._count],
            usd=self._usd[:, rows],
            swept_usd=swept_usd,
        )

    def _make_room(self, count: int) -> None:
        """Move to a new array when the old one, which histories look at, is full."""
        if count - self._first <= self._usd.shape[1]:
            return
        first = max(count - self._length, 0)
        kept = slice(first - self._first, max(self._count - self._first, 0))
        usd, swept_usd = self._usd[:, kept], self._swept_usd[:, kept]
        room = count - first + _SPARE
        self._usd = np.empty((2, room, self.grid.bins), np.float32)
        self._swept_usd = np.empty((2, room))
        self._usd[:, : usd.shape[1]], self._swept_usd[:, : usd.shape[1]] = usd, swept_usd
        self._first = first


def _first_known_ms(seen: Observation) -> int:
    """Return when the first known candle closed; 0 if there is none."""
    known = seen.candles.closed_ms[~np.isnan(seen.candles.close)]
    return int(known[0]) if known.size else 0


def _told(seen: Sequence[Observation], bars: Bars) -> NDArray[np.bool_]:
    """Return the bars of which a venue has a row, known or not."""
    told = np.zeros(len(bars), np.bool_)
    for each in seen:
        candles = each.candles.resample(bars.interval_ms, ms_of(each.observed_at))
        told |= np.isin(bars.opened_ms, candles.opened_ms, assume_unique=True)
    return told


def _past(seen: Observation, bars: Bars) -> _Past:
    told, interest, funding = seen.candles, seen.open_interest, seen.funding
    stamps = [
        told.closed_ms[~np.isnan(told.close)],
        interest.at_ms[~np.isnan(interest.quantity)],
        funding.at_ms[~np.isnan(funding.rate)],
        seen.tape.at_ms,
    ]
    prices = [told] if seen.mark_candles is None else [told, seen.mark_candles]
    mark_ms = np.concatenate([each.closed_ms for each in prices])
    mark = np.concatenate([each.close for each in prices])
    order = np.argsort(mark_ms, kind="stable")
    order = order[~np.isnan(mark[order])]
    return _Past(
        seen=seen,
        line=on_line(seen, bars),
        told_ms=integers(np.sort(np.concatenate(stamps))),
        mark_ms=integers(mark_ms[order]),
        mark=floats(mark[order]),
    )


def _part(candles: Candles, rows: slice) -> Candles:
    return Candles(
        interval_ms=candles.interval_ms,
        opened_ms=candles.opened_ms[rows],
        open=candles.open[rows],
        high=candles.high[rows],
        low=candles.low[rows],
        close=candles.close[rows],
        volume=candles.volume[rows],
        taker_buy_volume=candles.taker_buy_volume[rows],
    )
