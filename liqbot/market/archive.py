"""Ports: where what was seen is kept, and what venues told of their margins."""

from datetime import datetime
from typing import Protocol

from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule
from liqbot.market.observation import Observation


class Archive(Protocol):
    """Keeps what was seen; every method raises StorageError and nothing else."""

    async def keep(self, observation: Observation) -> None:
        """Keep all rows of an observation in one transaction; rows kept already are replaced.

        Unknown (NaN) never replaces what is known. Gaps, repairs and the mark are not kept.
        """
        ...

    async def read(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        """Return what is kept of an instrument, stamped from … to (Unix ms), as one observation.

        Candles that opened from `from_ms` and closed by `to_ms`; the newest book. `observed_at` is
        `to_ms`, the mark the newest price known, `gaps` those of the span.
        """
        ...

    async def known(self) -> tuple[Instrument, ...]:
        """Return the instruments of which anything is kept, sorted."""
        ...

    async def prune(self, at: datetime) -> int:
        """Forget what is older than its kind is kept for, a small batch at a time; count rows."""
        ...


class MarginArchive(Protocol):
    """Keeps what venues told of their margins; every method raises StorageError only."""

    async def keep_brackets(
        self, instrument: Instrument, schedule: MarginSchedule, at: datetime
    ) -> None:
        """Keep brackets as valid from a moment on; nothing is written where they did not change."""
        ...

    async def brackets(self, instrument: Instrument, at: datetime) -> MarginSchedule | None:
        """Return the brackets valid at a moment, or None where none are known."""
        ...
