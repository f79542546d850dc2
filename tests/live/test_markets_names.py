"""A bot that was started again gives clusters the names that they had."""

import asyncio
from datetime import timedelta

import pytest

from liqbot.heatmap.history import History
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.back_fill import Filling
from liqbot.jobs.back_fill import Settings as FillSettings
from liqbot.jobs.watch_markets import Settings, Watch
from liqbot.market.units import DAY_MS, moment_of
from tests.builders import START_MS, same
from tests.fakes.ledger import a_ledger
from tests.fakes.workshop import FakeWorkshop
from tests.walks import a_walk

VENUES = ("binance", "okx")
EVENING = moment_of(START_MS + 4 * DAY_MS) - timedelta(minutes=50, seconds=-5)
BAR = timedelta(minutes=5)
CALM = [a_walk(288 * 6, volatility=0.001, venue=each) for each in VENUES]  # clusters live long
TRUTH = {each.instrument: each for each in CALM}


class Bot:
    """A bot whose time a test makes pass."""

    def __init__(self, hall: FakeWorkshop) -> None:
        self.hall, self.watch = hall, Watch(hall.shop, Settings(), Schedule())
        self.filling = Filling(hall.shop, FillSettings())

    async def live(self, polls: int) -> None:
        for _ in range(polls):
            self.hall.clock.step(BAR)
            for venue in VENUES:
                await self.watch.enlist(venue)
            for each in self.hall.markets.known():
                await self.watch.poll(each)
            for venue in VENUES:
                await self.filling.fill(venue)

    @property
    def newest(self) -> History:
        found = self.hall.markets.newest("BTC")
        assert found is not None
        return found


@pytest.mark.parametrize("missed", [0, 1, 4, 10])
async def test_after_midnight_names_are_those_from_before_however_long_it_stood_still(
    missed: int,
) -> None:
    tracks = a_ledger().tracks
    steady, stopped = (
        Bot(FakeWorkshop(venues=VENUES, at=EVENING, truth=TRUTH, tracks=each))
        for each in (None, tracks)
    )
    await asyncio.gather(steady.live(16), stopped.live(16))
    await steady.live(missed)
    archive, at = stopped.hall.database, steady.hall.clock.now()
    again, anew = (
        Bot(FakeWorkshop(venues=VENUES, at=at, truth=TRUTH, archive=archive, tracks=each))
        for each in (tracks, None)
    )
    for bot in (again, anew):
        await bot.watch.remember()
    await asyncio.gather(*(bot.live(4) for bot in (steady, again, anew)))
    assert same(again.newest.lookback, steady.newest.lookback)
    assert {each.id for each in again.newest.clusters} == {
        each.id for each in steady.newest.clusters
    }
    assert not same(anew.newest.lookback, steady.newest.lookback)
