import asyncio
from datetime import timedelta

import numpy as np
import pytest

from liqbot.clock import SteppedClock
from liqbot.errors import SourceDelayed
from liqbot.exchanges.exchange import Opened
from liqbot.exchanges.simulated import EXCHANGE, SimulatedSettings
from liqbot.market.units import DAY_MS, HOUR_MS, moment_of, ms_of
from liqbot.simulation.settings import Settings
from liqbot.simulation.simulated import simulate

CHANCE = np.random.default_rng(1)
ONE_DAY = SimulatedSettings(days=1)
START_MS = Settings().start_ms


async def test_three_venues_tell_what_was_simulated_and_say_so() -> None:
    clock = SteppedClock(moment_of(START_MS + DAY_MS))
    known = simulate(Settings(seed=1, days=1.0, markets=("BTC",)))
    async with EXCHANGE.open(ONE_DAY, clock, CHANCE) as opened:
        assert [each.source.venue for each in opened] == ["binance", "bybit", "okx"]
        assert [each.completeness for each in opened] == [0.7, 1.0, 1.0]
        for each, told in zip(opened, known.observations("BTC"), strict=True):
            seen = await each.source.recall(told.instrument, START_MS, START_MS + DAY_MS)
            assert seen.simulated
            assert np.array_equal(seen.candles.close, told.candles.close)
            assert np.array_equal(seen.open_interest.quantity, told.open_interest.quantity)
            assert np.array_equal(seen.tape.at_ms, told.tape.at_ms)
            assert seen.mark_candles is not None
            now = await each.source.observe(told.instrument, START_MS + DAY_MS - HOUR_MS)
            assert now.book is not None
            assert now.mark == pytest.approx(told.mark, rel=1e-3)


async def test_it_lives_on_and_its_past_does_not_depend_on_when_it_was_opened() -> None:
    now_ms = START_MS + 40 * DAY_MS + 7 * HOUR_MS
    seen = []
    for opened_ms in (now_ms - 2 * DAY_MS, now_ms):
        clock = SteppedClock(moment_of(opened_ms))
        async with EXCHANGE.open(ONE_DAY, clock, CHANCE) as opened:
            clock.step(timedelta(milliseconds=now_ms - opened_ms))
            seen.append(await observed(opened, ms_of(clock.now()) - 3 * DAY_MS))
    assert seen[0] == seen[1]
    assert len(seen[0]) == 3 * 288


async def test_a_market_that_nobody_asks_for_is_listed_and_costs_nothing() -> None:
    clock = SteppedClock(moment_of(START_MS))
    settings = SimulatedSettings(days=30)  # half a minute a market
    async with EXCHANGE.open(settings, clock, CHANCE) as opened:
        listed = await opened[0].source.instruments()
    assert [each.base for each in listed] == ["AVAX", "BTC", "DOGE", "ETH", "SOL"]


async def test_closing_stops_the_work_and_those_who_wait_for_it_are_told() -> None:
    clock = SteppedClock(moment_of(START_MS + DAY_MS))
    async with EXCHANGE.open(SimulatedSettings(days=30), clock, CHANCE) as opened:
        waiting = asyncio.ensure_future(observed(opened, START_MS))
        await asyncio.sleep(0.05)
    with pytest.raises(SourceDelayed, match="closed before it was made"):
        await waiting


async def observed(opened: tuple[Opened, ...], since_ms: int) -> list[float]:
    source = opened[0].source
    btc = next(each for each in await source.instruments() if each.base == "BTC")
    closes: list[float] = (await source.observe(btc, since_ms)).candles.close.tolist()
    return closes
