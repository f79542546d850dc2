"""A bot that was started again knows what one knows that never stopped."""

import asyncio
from datetime import timedelta

import numpy as np

from liqbot.jobs._schedule import Schedule
from liqbot.jobs.back_fill import Filling
from liqbot.jobs.back_fill import Settings as FillSettings
from liqbot.jobs.watch_markets import Settings, Watch
from liqbot.market.instrument import MarketQuery
from tests.fakes.workshop import FakeWorkshop

DAY = timedelta(days=1)


class Bot:
    """A bot whose time a test makes pass."""

    def __init__(self, hall: FakeWorkshop) -> None:
        self.hall = hall
        self.watch = Watch(hall.shop, Settings(), Schedule())
        self.filling = Filling(hall.shop, FillSettings())

    async def live(self, polls: int, every: timedelta) -> None:
        for _ in range(polls):
            for venue in self.hall.sources:
                await self.watch.enlist(venue)
            await asyncio.gather(*(self.watch.poll(each) for each in self.hall.markets.known()))
            for venue in self.hall.sources:
                await self.filling.fill(venue)
            self.hall.clock.step(every)


async def state(hall: FakeWorkshop) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    await hall.markets.evaluate("BTC")
    history = await hall.markets.history(MarketQuery("BTC"), DAY)
    totals = np.array([each.usd for each in history.clusters])
    return history.heatmap.usd, history.snapshot.usd, totals


def assert_alike(one: FakeWorkshop, other: FakeWorkshop) -> None:
    for venue in one.sources:
        mine, theirs = one.seen(venue), other.seen(venue)
        assert np.array_equal(mine.candles.opened_ms, theirs.candles.opened_ms)
        assert np.array_equal(mine.candles.close, theirs.candles.close)
        assert np.array_equal(mine.open_interest.at_ms, theirs.open_interest.at_ms)


async def test_the_map_after_a_restart_is_the_same_to_the_last_bin() -> None:
    steady = Bot(FakeWorkshop())
    await steady.live(12, timedelta(minutes=2))
    hall = FakeWorkshop(archive=steady.hall.database, at=steady.hall.clock.now())
    again = Bot(hall)
    await again.watch.remember()
    assert_alike(steady.hall, hall)
    before, after = await state(steady.hall), await state(hall)
    for mine, theirs in zip(before, after, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=0)


async def test_what_passed_while_it_was_stopped_is_made_up_for_over_midnight_too() -> None:
    steady = Bot(FakeWorkshop(days=6))
    stopped = Bot(FakeWorkshop(days=6, truth=steady.hall.truth))
    for bot in (steady, stopped):
        await bot.live(4, timedelta(minutes=2))
    await steady.live(3, timedelta(hours=8))
    hall = FakeWorkshop(archive=stopped.hall.database, at=steady.hall.clock.now(), days=6)
    again = Bot(hall)
    await again.watch.remember()
    for bot in (again, steady):
        await bot.live(2, timedelta(seconds=30))
    assert_alike(steady.hall, hall)
    before, after = await state(steady.hall), await state(hall)
    for mine, theirs in zip(before, after, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=0)
