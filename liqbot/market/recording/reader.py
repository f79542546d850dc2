"""A recording, opened: what was known of its markets at a moment."""

from dataclasses import dataclass
from pathlib import Path

from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation
from liqbot.market.tape import LiquidationTotals


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
        raise NotImplementedError

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
        raise NotImplementedError

    def span(self, base: str) -> tuple[int, int]:
        """Return from when to when a base is recorded, Unix ms: first open to last close.

        Without candles, the first and the last of whatever else there is. Raise UnknownName.
        """
        raise NotImplementedError

    def moment(self, base: str, at_ms: int | None) -> int:
        """Return a moment inside the span of a base, by default its end; raise OutOfRange."""
        raise NotImplementedError

    def read(self, instrument: Instrument, until_ms: int | None = None) -> Observation:
        """Return all that was seen of an instrument by a moment (default: ever).

        Nothing later enters it: candles closed by then, all else stamped by then. Raise
        RecordingError for a file that makes no sense, naming it and, where there is one, the row.
        """
        raise NotImplementedError

    def totals(self, base: str, until_ms: int | None = None) -> LiquidationTotals | None:
        """Return the liquidation sums of a base over all venues, if they were recorded."""
        raise NotImplementedError
