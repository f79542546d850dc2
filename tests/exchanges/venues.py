"""Exchanges opened against loopback servers that speak their wire format."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from numpy.random import default_rng

from liqbot.clock import SteppedClock
from liqbot.exchanges import EXCHANGES, _pacing
from liqbot.market.instrument import Instrument
from liqbot.market.source import MarketSource, PositionSource, TapeSource
from liqbot.market.units import MINUTE_MS, moment_of
from tests.fakes.exchange_server import ExchangeServer
from tests.fakes.listing import Listing
from tests.fakes.world import PLACES, World
from tests.waiting import PATIENCE_S

NOW_MS = 1_767_270_000_000 + 137_000  # 2026-01-01 12:20:00 and 2:17 into a candle, UTC
CLOSED_MS = NOW_MS - NOW_MS % (5 * MINUTE_MS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One exchange, ready to be asked, and all that stands behind it."""

    source: MarketSource
    tape: TapeSource | None
    completeness: float | None
    positions: PositionSource | None
    clock: SteppedClock
    server: ExchangeServer

    def instrument(self, base: str = "BTC") -> Instrument:
        return Instrument(self.source.venue, base, PLACES[self.source.venue].quote)

    def truth(self, base: str = "BTC") -> Listing:
        return self.server.world.listing(self.source.venue, base)

    def step(self, seconds: float) -> None:
        self.clock.step(timedelta(seconds=seconds))


@asynccontextmanager
async def asked(
    name: str, *, ahead_s: float = 0.0, markets: int = 2, **settings: object
) -> AsyncIterator[Asked]:
    """Open an exchange against a world three days old; our clock is `ahead_s` ahead of it.

    No request waits for its turn: how fast a venue is asked is tested by itself.
    """
    theirs = SteppedClock(moment_of(NOW_MS))
    ours = theirs if ahead_s == 0 else SteppedClock(moment_of(NOW_MS + round(1000 * ahead_s)))
    exchange = EXCHANGES[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_pacing, "_STEADY", 1e6)
        async with ExchangeServer(World(theirs, days=3, markets=markets)) as server:
            chosen: dict[str, Any] = {
                "base_url": server.url,
                "ws_url": server.ws_url,
                "timeout_s": PATIENCE_S,
                **settings,
            }
            opening = exchange.open(exchange.settings(**chosen), ours, default_rng(1))
            async with opening as (opened,):
                yield Asked(
                    source=opened.source,
                    tape=opened.tape,
                    completeness=opened.completeness,
                    positions=opened.positions,
                    clock=ours,
                    server=server,
                )
