"""A bot that was started again knows what one knows that never stopped."""

import asyncio
from datetime import datetime, timedelta

import numpy as np
import pytest

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


async def restarted(stopped: Bot, at: datetime) -> Bot:
    """Return a bot on the archive of one that is no more."""
    hall = FakeWorkshop(archive=stopped.hall.database, at=at, truth=stopped.hall.truth)
    bot = Bot(hall)
    await bot.watch.remember()
    return bot


@pytest.mark.parametrize("seed", range(2))
async def test_many_restarts_at_any_moment_of_a_bar_leave_no_trace(seed: int) -> None:
    chance = np.random.default_rng(seed)
    steady = Bot(FakeWorkshop())
    again = Bot(FakeWorkshop(truth=steady.hall.truth))
    clock, pauses = steady.hall.clock, [0, 3, 7, 11]  # the last one within the hour
    moments = set()
    for pause in pauses:
        for _ in range(int(chance.integers(3, 9))):
            step = timedelta(seconds=int(chance.integers(5, 50)))
            for bot in (steady, again):
                await bot.live(1, step)
        if pause == pauses[-1]:
            step = timedelta(minutes=75) - timedelta(minutes=clock.now().minute)
            for bot in (steady, again):
                await bot.live(2, step / 2)
        for _ in range(pause):
            await steady.live(1, timedelta(minutes=2))
        again = await restarted(again, clock.now())
        moments.add(clock.now().timestamp() % 300)
    for bot in (steady, again):
        await bot.live(2, timedelta(seconds=30))
    assert len(moments) == len(pauses)
    assert clock.now().minute > 30
    assert_alike(steady.hall, again.hall)
    before, after = await state(steady.hall), await state(again.hall)
    for mine, theirs in zip(before, after, strict=True):
        assert mine.size
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=0)
