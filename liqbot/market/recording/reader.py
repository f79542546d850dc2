"""A recording, opened: what was known of its markets at a moment."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from liqbot.errors import OutOfRange, RecordingError, excerpt
from liqbot.market.instrument import PREFERRED_QUOTES, Instrument, MarketQuery, choose
from liqbot.market.observation import Observation
from liqbot.market.recording.layout import EVERY_VENUE, MARKER, MARKET, TOTALS
from liqbot.market.recording.observe import observe, totals_in
from liqbot.market.tape import LiquidationTotals
from liqbot.market.units import moment_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A folder that was found to hold markets."""

    folder: Path
    instruments: tuple[Instrument, ...]  # sorted by venue, base and quote
    simulated: bool
    label: str  # "" where nobody gave one

    @staticmethod
    def open(folder: Path) -> "Recording":
        """Look into a folder; raise RecordingError if it is no recording."""
        try:
            if not folder.is_dir():
                raise RecordingError(f"{folder}: there is no such folder")
            instruments = tuple(_instruments(folder))
        except OSError as error:
            raise RecordingError(f"{excerpt(str(folder))}: {error.strerror or error}") from error
        if not instruments:
            raise RecordingError(
                f"{folder}: no market in it, such as binance/BTC-USDT/candles_5m.parquet"
            )
        simulated, label = read_marker(folder)
        return Recording(folder=folder, instruments=instruments, simulated=simulated, label=label)

    @property
    def venues(self) -> tuple[str, ...]:
        """Every venue, sorted."""
        return tuple(dict.fromkeys(each.venue for each in self.instruments))

    @property
    def bases(self) -> tuple[str, ...]:
        """Every base, sorted."""
        return tuple(sorted({each.base for each in self.instruments}))

    def instruments_of(self, base: str) -> tuple[Instrument, ...]:
        """Return the market of a base on each venue, USDT before USDC; raise UnknownName."""
        return choose(MarketQuery(base.upper()), self.instruments)

    def span(self, base: str) -> tuple[int, int]:
        """Return from when to when a base can be seen, Unix ms: its first to its last close.

        Without candles, the first and the last of whatever else there is. Raise UnknownName for
        a base that is not there, RecordingError if nothing is known of it.
        """
        seen = [self.read(each) for each in self.instruments_of(base)]
        closes = [each.candles.closed_ms[~np.isnan(each.candles.close)] for each in seen]
        others = [
            stamps
            for each in seen
            for stamps in (each.tape.at_ms, each.open_interest.at_ms, each.funding.at_ms)
        ]
        ends = [stamps for stamps in closes if stamps.size] or [s for s in others if s.size]
        if not ends:
            raise RecordingError(f"{self.folder}: nothing is known of {base}")
        return min(int(s[0]) for s in ends), max(int(s[-1]) for s in ends)

    def moment(self, base: str, at_ms: int | None = None) -> int:
        """Return a moment at which a base can be seen, by default the last; raise OutOfRange."""
        first, last = self.span(base)
        if at_ms is None:
            return last
        if not first <= at_ms <= last:
            raise OutOfRange(
                f"{base} is recorded from {_iso(first)} to {_iso(last)}; {_iso(at_ms)} is outside."
            )
        return at_ms

    def read(self, instrument: Instrument, until_ms: int | None = None) -> Observation:
        """Return all that was seen of an instrument by a moment (Unix ms; default: ever).

        Nothing later enters it: candles closed by then, all else stamped by then. Raise
        RecordingError for a file that makes no sense, with the row where there is one.
        """
        if instrument not in self.instruments:
            raise RecordingError(
                f"{self.folder}: no {instrument.symbol} of {instrument.venue} in it"
            )
        folder = self.folder / instrument.venue / instrument.folder
        return observe(folder, instrument, until_ms, simulated=self.simulated)

    def totals(self, base: str, until_ms: int | None = None) -> LiquidationTotals | None:
        """Return a base's liquidation sums over all venues by a moment, if they were recorded."""
        for quote in PREFERRED_QUOTES:
            folder = self.folder / EVERY_VENUE / f"{base.upper()}-{quote}"
            if (folder / TOTALS.file).exists():
                return totals_in(folder, until_ms)
        return None


def read_marker(folder: Path) -> tuple[bool, str]:
    """Return whether a recording says that it is simulated, and its label.

    Raise RecordingError for a marker that makes no sense.
    """
    path = folder / MARKER
    try:
        marker = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise RecordingError(f"{path}: {error}") from error
    simulated, label = marker.get("simulated", False), marker.get("label", "")
    if not isinstance(simulated, bool) or not isinstance(label, str):
        raise RecordingError(f'{path}: needs simulated = true or false, and label = "…"')
    return simulated, label


def _instruments(folder: Path) -> Iterator[Instrument]:
    for market in sorted(folder.glob("*/*/")):
        if market.parent.name == EVERY_VENUE or not any(
            (market / each.file).exists() for each in MARKET
        ):
            continue
        try:
            yield Instrument.from_folder(market.parent.name, market.name)
        except ValueError as error:
            raise RecordingError(f"{market}: {error}") from error


def _iso(at_ms: int) -> str:
    return f"{moment_of(at_ms):%Y-%m-%d %H:%M} UTC"
