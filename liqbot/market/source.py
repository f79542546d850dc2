"""Ports: an exchange as it can be asked, listened to, and looked into."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from liqbot.market.condition import Condition
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule
from liqbot.market.observation import Observation
from liqbot.market.position import Position
from liqbot.market.tape import Tape


class MarketSource(Protocol):
    """One venue, as it can be asked.

    Every method raises SourceDelayed, SourceRefused or SourceUnreadable and nothing else. What
    is told is in base units and US dollars, mended, never checked against other venues.
    """

    @property
    def venue(self) -> str:
        """The venue of its instruments: "binance"."""
        ...

    @property
    def condition(self) -> Condition:
        """How asking went so far."""
        ...

    async def instruments(self) -> tuple[Instrument, ...]:
        """Return the linear perpetuals that trade there, sorted by base and quote."""
        ...

    async def observe(self, instrument: Instrument, since_ms: int) -> Observation:
        """Return what is new since a moment (Unix ms): closed 5 m candles, open interest, funding.

        Comes with the mark, open interest, funding and book of now; `gaps` is left empty.
        """
        ...

    async def recall(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        """Return the past that the venue still tells, from … to (Unix ms): no mark, no book.

        Where the venue keeps no history of something, that column is empty.
        """
        ...

    async def brackets(self, instrument: Instrument) -> MarginSchedule | None:
        """Return the maintenance-margin brackets, or None where only account holders are told."""
        ...


class TapeSource(Protocol):
    """One venue, as it tells of forced orders."""

    @property
    def venue(self) -> str:
        """The venue of its instruments: "binance"."""
        ...

    @property
    def condition(self) -> Condition:
        """How listening went so far."""
        ...

    def listen(self, instruments: Sequence[Instrument]) -> AsyncIterator[tuple[Instrument, Tape]]:
        """Yield forced orders as they happen, until closed; reconnects by itself, never ends."""
        ...


@dataclass(frozen=True, slots=True)
class Leaders:
    """The largest accounts of a venue, by number, and what of its ranking makes no sense."""

    holders: tuple[int, ...]
    doubted: int  # rows


class PositionSource(Protocol):
    """One venue, as it tells of the open positions of some holders.

    They go by number, those whom the operator listed from 0 on: who they are, nothing but the
    source knows. Nobody gets a number that was another's.
    """

    @property
    def listed(self) -> int:
        """How many the operator listed."""
        ...

    @property
    def sought(self) -> int:
        """How many of the venue's largest accounts are to be asked about besides."""
        ...

    async def positions(self, holder: int) -> tuple[Position, ...]:
        """Return all that a holder has open, not checked; raises as MarketSource does."""
        ...

    async def leaders(self) -> Leaders:
        """Find out who the largest accounts are now; who was one and is none has no number more.

        Takes up to minutes, and is not counted as asking; raises as MarketSource does.
        """
        ...
