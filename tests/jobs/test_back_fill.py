"""The past that is missing, asked for once, the newest first."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.errors import SourceDelayed, SourceUnreadable
from liqbot.jobs import JOBS
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.back_fill import Filling, Settings
from liqbot.jobs.watch_markets import Settings as WatchSettings
from liqbot.jobs.watch_markets import Watch
from liqbot.market.observation import Observation
from liqbot.market.series import OpenInterest
from liqbot.market.units import DAY_MS, ms_of
from tests.builders import same
from tests.fakes.source import is_part_of, scaled
from tests.fakes.workshop import FakeWorkshop
from tests.waiting import PATIENCE_S, until


class Bot:
    """A bot whose polls and fillings a test makes itself."""

    def __init__(self, hall: FakeWorkshop) -> None:
        self.hall = hall
        self.watch = Watch(hall.shop, WatchSettings(), Schedule())
        self.filling = Filling(hall.shop, Settings())

    async def poll(self) -> None:
        for venue in self.hall.sources:
            await self.watch.enlist(venue)
        for _ in range(2):
            for each in self.hall.markets.known():
                await self.watch.poll(each)

    async def fill(self) -> None:
        for venue in self.hall.sources:
            await self.filling.fill(venue)

    def recalls(self, venue: str) -> list[tuple[str, int, int]]:
        asked = self.hall.sources[venue].asked
        return [(each.base, a, b) for what, each, a, b in asked if what == "recall" and each]


async def a_bot(**hall: object) -> Bot:
    bot = Bot(FakeWorkshop(**hall))  # type: ignore[arg-type]  # by name
    await bot.poll()
    return bot


async def test_the_whole_past_is_asked_for_and_kept() -> None:
    bot = await a_bot()
    await bot.fill()
    hall = bot.hall
    for venue in hall.sources:
        seen = hall.seen(venue)
        now_ms = ms_of(hall.clock.now())
        truth = hall.truth[seen.instrument]
        assert same(seen.candles, truth.candles.since(hall.markets.memory.since_ms).until(now_ms))
        kept = await hall.database.read(seen.instrument, 0, now_ms)
        assert is_part_of(kept, truth)
        assert same(kept.candles, seen.candles)
    assert hall.markets.back_filling == 1.0
    newest = hall.markets.newest("BTC")
    assert newest is not None
    assert newest.coverage == 1.0


async def test_the_newest_day_of_every_market_comes_first() -> None:
    bot = await a_bot(bases=("BTC", "ETH"), venues=("okx", "bybit"))
    await bot.filling.fill("okx")
    bases, starts = zip(*[(base, start) for base, start, _ in bot.recalls("okx")], strict=True)
    assert bases == ("BTC", "ETH") * 3
    assert list(starts) == sorted(starts, reverse=True)
    assert all(b - a <= DAY_MS for _, a, b in bot.recalls("okx"))


async def test_what_is_known_or_was_asked_for_is_not_asked_again() -> None:
    bot = await a_bot()
    await bot.fill()
    asked = len(bot.recalls("okx"))
    await bot.fill()
    again = Bot(FakeWorkshop(archive=bot.hall.database))
    await again.watch.remember()
    await again.fill()
    assert (len(bot.recalls("okx")), again.recalls("okx")) == (asked, [])
    assert again.hall.markets.back_filling == 1.0


async def test_open_interest_that_a_venue_keeps_no_past_of_is_asked_for_once() -> None:
    bot = await a_bot()
    bot.hall.sources["okx"].bend = without_samples
    await bot.fill()
    asked = len(bot.recalls("okx"))
    bot.hall.clock.step(timedelta(minutes=20))
    await bot.poll()
    await bot.fill()
    assert len(bot.recalls("okx")) == asked
    assert bot.hall.markets.back_filling == 1.0


def without_samples(seen: Observation) -> Observation:
    return replace(seen, open_interest=OpenInterest.mended({"at_ms": []})[0])


async def test_a_hole_of_a_while_ago_is_filled() -> None:
    bot = await a_bot()
    await bot.fill()
    bot.hall.clock.step(timedelta(hours=5))
    await bot.poll()
    assert len(bot.hall.markets.status().markets[0].gaps) > 0
    await bot.fill()
    assert all(each.gaps == () for each in bot.hall.markets.status().markets)


async def test_a_venue_that_waits_is_asked_on_where_it_stopped() -> None:
    bot = await a_bot()
    source = bot.hall.sources["okx"]
    source.fault = SourceDelayed("limit", kind="rate_limit")
    await bot.fill()
    assert bot.hall.markets.back_filling == pytest.approx(2 / 3)
    assert len(bot.hall.seen("okx").candles) < 100
    source.fault = None
    await bot.fill()
    assert bot.hall.markets.back_filling == 1.0
    assert len(bot.hall.seen("okx").candles) > 500


async def test_what_a_venue_cannot_tell_is_passed_over() -> None:
    bot = await a_bot()
    bot.hall.sources["okx"].fault = SourceUnreadable("no JSON")
    await bot.filling.fill("okx")
    assert len(bot.recalls("okx")) == 3


async def test_a_past_that_is_a_hundred_times_off_is_not_kept() -> None:
    bot = await a_bot()
    bot.hall.sources["okx"].bend = lambda seen: replace(seen, candles=scaled(seen.candles, 100.0))
    await bot.fill()
    instrument = bot.hall.instrument("okx")
    kept = await bot.hall.database.read(instrument, 0, 10**14)
    assert is_part_of(kept, bot.hall.truth[instrument])
    assert len(kept.candles) < 100


async def test_before_a_poll_nothing_is_asked_for() -> None:
    hall = FakeWorkshop()
    hall.markets.watch(hall.truth)
    filling = Filling(hall.shop, Settings())
    await filling.fill("okx")
    assert hall.sources["okx"].asked == []
    assert hall.markets.back_filling == 0.0


async def test_the_job_fills_by_itself() -> None:
    bot = await a_bot()
    async with JOBS["back_fill"].open(bot.hall.shop, Settings()):
        await until(lambda: bot.hall.markets.back_filling == 1.0)
    assert bot.hall.markets.back_filling == 1.0


async def test_it_is_stopped_at_once_and_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    bot = await a_bot()
    bot.hall.sources["okx"].hangs = asyncio.Event()
    async with asyncio.timeout(PATIENCE_S), JOBS["back_fill"].open(bot.hall.shop, Settings()):
        await until(lambda: bot.recalls("okx"))
    assert bot.recalls("okx")
    assert caplog.records == []
