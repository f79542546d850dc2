"""A venue in memory that shows what some hold."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from liqbot.clock import Clock
from liqbot.market.instrument import Instrument
from liqbot.market.position import Position
from liqbot.market.source import Leaders
from liqbot.market.units import Price, Quantity, Side, ms_of
from tests.builders import START_MS

if TYPE_CHECKING:
    from liqbot.errors import SourceError

BTC = Instrument("okx", "BTC", "USDT")


def a_position(
    liquidation: float = 90.0, *, mark: float = 100.0, usd: float = 900.0, **changes: object
) -> Position:
    """Return a position worth so much where it is liquidated: a long below the mark."""
    values: dict[str, Any] = {
        "instrument": BTC,
        "side": Side.SHORT if liquidation > mark else Side.LONG,
        "quantity": Quantity(usd / liquidation if liquidation > 0 else usd / mark),
        "entry": Price(mark),
        "liquidation": Price(liquidation),
        "leverage": 10.0,
        "is_cross": False,
        "mark": Price(mark),
        "at_ms": START_MS,
    }
    return Position(**{**values, **changes})


class FakePositions:
    """Tells what each holder has, as of now; `fault` is raised.

    The `largest` are as many who hold what the listed do; each `leaders` finds one of them anew.
    """

    def __init__(self, clock: Clock, held: Sequence[Sequence[Position]], largest: int = 0) -> None:
        self._clock, self.held, self.sought = clock, list(held), largest
        self.leading: list[int] = []
        self.unranked: SourceError | None = None
        self.doubted = self.ranked = 0
        self.fault: SourceError | None = None
        self.asked: list[int] = []
        self.was_asked = asyncio.Event()

    @property
    def listed(self) -> int:
        return len(self.held)

    async def positions(self, holder: int) -> tuple[Position, ...]:
        self.asked.append(holder)
        self.was_asked.set()
        if self.fault is not None:
            raise self.fault
        at_ms = ms_of(self._clock.now())
        assert holder < self.listed or holder in self.leading
        held = self.held[holder % self.listed] if self.held else [a_position()]
        return tuple(replace(each, at_ms=at_ms) for each in held)

    async def leaders(self) -> Leaders:
        self.ranked += 1
        if self.unranked is not None:
            raise self.unranked
        first = self.listed + self.ranked - 1
        self.leading = list(range(first, first + self.sought))
        return Leaders(tuple(self.leading), self.doubted)
