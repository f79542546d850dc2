"""The bot: ask, believe, keep, see, look anew."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.errors import SourceDelayed, SourceUnreadable, StorageError
from liqbot.jobs import JOBS, watch_markets
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.watch_markets import Settings, Watch
from liqbot.market.instrument import Instrument, MarketQuery
from liqbot.market.observation import Observation
from liqbot.market.units import HOUR_MS, Price, ms_of
from tests.fakes.archive import FakeArchive
from tests.fakes.source import is_part_of, scaled
from tests.fakes.workshop import FakeWorkshop
from tests.waiting import soon, until

BAR = timedelta(minutes=5)
POLL = timedelta(seconds=30)


def hundredfold(seen: Observation) -> Observation:
    mark = Price(100 * seen.mark)
    return replace(seen, candles=scaled(seen.candles, 100.0), mark=mark, book=None)


class Bot:
    """A watch whose polls a test makes itself."""

    def __init__(self, hall: FakeWorkshop | None = None) -> None:
        self.hall = hall or FakeWorkshop()
        self.watch = Watch(self.hall.shop, Settings(), Schedule())

    async def enlist(self) -> None:
        for venue in self.hall.sources:
            await self.watch.enlist(venue)

    async def poll(self, *venues: str, base: str = "BTC") -> None:
        for venue in venues or self.hall.sources:
            await self.watch.poll(self.hall.instrument(venue, base))

    def blind(self) -> dict[str, str]:
        shown = self.hall.markets.status().markets
        return {each.instrument.venue: each.blind for each in shown if each.blind}


async def a_bot(hall: FakeWorkshop | None = None) -> Bot:
    """Return a bot that has seen every market once."""
    bot = Bot(hall)
    await bot.enlist()
    await bot.poll()
    await bot.poll()
    return bot


async def test_what_is_listed_and_wanted_is_watched() -> None:
    hall = FakeWorkshop(bases=("BTC", "ETH"))
    bot = Bot(hall)
    await bot.enlist()
    assert len(hall.markets.known()) == 6
    only = Bot(FakeWorkshop(truth=hall.truth))
    await only.enlist()
    assert {each.base for each in only.hall.markets.known()} == {"BTC"}


async def test_what_a_poll_tells_is_kept_seen_and_mapped() -> None:
    bot = await a_bot()
    for venue in ("binance", "bybit", "okx"):
        instrument = bot.hall.instrument(venue)
        kept = await bot.hall.database.read(instrument, 0, ms_of(bot.hall.clock.now()))
        assert len(kept.candles) == 11
        assert len(bot.hall.seen(venue).candles) == 11
        assert is_part_of(kept, bot.hall.truth[instrument])
    assert bot.hall.markets.newest("BTC") is not None
    assert bot.blind() == {}


async def test_a_poll_asks_for_what_is_not_known_and_the_last_candles_again() -> None:
    bot = await a_bot()
    bot.hall.clock.step(BAR)
    await bot.poll("okx")
    _, _, since_ms, now_ms = bot.hall.sources["okx"].asked[-1]
    assert now_ms - since_ms == (4 * BAR + timedelta(seconds=5)) // timedelta(milliseconds=1)
    bot.hall.clock.step(timedelta(hours=5))
    await bot.poll("okx")
    _, _, since_ms, now_ms = bot.hall.sources["okx"].asked[-1]
    assert now_ms - since_ms == HOUR_MS


async def test_a_map_is_made_anew_when_a_bar_has_closed() -> None:
    bot = await a_bot()
    first = bot.hall.markets.newest("BTC")
    bot.hall.clock.step(POLL)
    await bot.poll()
    assert first is not None
    same_bar = bot.hall.markets.newest("BTC")
    assert same_bar is not None
    assert same_bar.heatmap is first.heatmap
    bot.hall.clock.step(BAR)
    await bot.poll("okx")
    newest = bot.hall.markets.newest("BTC")
    assert newest is not None
    assert newest.snapshot.at_ms == first.snapshot.at_ms + 300_000


@pytest.mark.parametrize(
    "fault",
    [SourceDelayed("timed out", kind="timeout"), SourceUnreadable("<html> is no JSON")],
)
async def test_a_venue_that_fails_is_blind_until_it_answers_and_stops_nobody(
    fault: SourceDelayed | SourceUnreadable,
) -> None:
    bot = await a_bot()
    bot.hall.sources["bybit"].fault = fault
    bot.hall.clock.step(BAR)
    await bot.poll()
    assert bot.blind() == {"bybit": str(fault)}
    assert len(bot.hall.seen("okx").candles) == 12
    bot.hall.sources["bybit"].fault = None
    await bot.poll("bybit")
    assert bot.blind() == {}
    assert len(bot.hall.seen("bybit").candles) == 12


async def test_a_poll_that_is_a_hundred_times_off_is_never_kept_and_shows() -> None:
    bot = await a_bot()
    bot.hall.clock.step(BAR)
    bot.hall.sources["okx"].bend = hundredfold
    await bot.poll()
    assert bot.blind()["okx"].startswith("not believed: ")
    kept = await bot.hall.database.read(bot.hall.instrument("okx"), 0, 10**14)
    assert len(kept.candles) == 11
    bot.hall.sources["okx"].bend = lambda seen: seen
    await bot.poll("okx")
    assert bot.blind() == {}
    assert len(bot.hall.seen("okx").candles) == 12


async def test_a_venue_that_hangs_delays_nobody() -> None:
    bot = await a_bot()
    bot.hall.sources["binance"].hangs = asyncio.Event()
    bot.hall.clock.step(BAR)
    hanging = asyncio.create_task(bot.poll("binance"))
    await soon(bot.poll("bybit", "okx"))
    assert len(bot.hall.seen("okx").candles) == 12
    assert not hanging.done()
    bot.hall.sources["binance"].hangs.set()
    await hanging
    assert len(bot.hall.seen("binance").candles) == 12


async def test_a_market_that_is_delisted_is_dropped_and_comes_back_when_it_is_listed() -> None:
    bot = await a_bot()
    gone = bot.hall.instrument("okx")
    bot.hall.sources["okx"].listed.discard(gone)
    await bot.poll()
    assert gone not in bot.hall.markets.known()
    assert "does not list" in bot.blind()["okx"]
    bot.hall.sources["okx"].listed.add(gone)
    await bot.poll()
    assert gone in bot.hall.markets.known()
    assert bot.blind() == {}


async def test_a_market_that_is_missing_in_the_list_is_gone_until_a_poll_tells_of_it() -> None:
    bot = await a_bot()
    gone = bot.hall.instrument("okx")
    bot.hall.sources["okx"].listed.discard(gone)
    bot.hall.clock.step(timedelta(hours=1))
    await bot.watch.enlist("okx")
    assert "does not list it any more" in bot.blind()["okx"]
    bot.hall.sources["okx"].listed.add(gone)
    await bot.poll("okx")
    assert gone in bot.hall.markets.known()


async def test_a_venue_that_does_not_list_is_asked_again() -> None:
    bot = Bot()
    source = bot.hall.sources["okx"]
    source.fault = SourceDelayed("banned", kind="banned")
    await bot.enlist()
    assert [each.venue for each in bot.hall.markets.known()] == ["binance", "bybit"]
    source.fault = None
    await bot.enlist()
    assert len(bot.hall.markets.known()) == 3


async def test_a_start_remembers_what_was_kept_before_it_asks() -> None:
    bot = await a_bot()
    again = Bot(FakeWorkshop(archive=bot.hall.database))
    await again.watch.remember()
    assert len(again.hall.seen("okx").candles) == 11
    assert again.hall.markets.newest("BTC") is not None
    assert not any(source.asked for source in again.hall.sources.values())


async def test_what_was_kept_of_markets_that_are_not_wanted_is_not_remembered() -> None:
    bot = await a_bot(FakeWorkshop(bases=("BTC",)))
    again = Bot(FakeWorkshop(bases=("ETH",), archive=bot.hall.database))
    await again.watch.remember()
    assert again.hall.markets.known() == ()


class Unreadable(FakeArchive):
    """Cannot be read the first time."""

    failed = 0

    async def read(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        if not self.failed:
            self.failed += 1
            raise StorageError("the disk is gone")
        return await super().read(instrument, from_ms, to_ms)


async def test_nobody_is_asked_before_the_archive_was_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    archive = Unreadable()
    before = (await a_bot()).hall
    await archive.keep(before.seen("okx"))
    hall = FakeWorkshop(archive=archive)
    async with JOBS["watch_markets"].open(hall.shop, Settings()):
        assert [each.venue for each in hall.markets.known()] == ["okx"]
        await until(lambda: archive.failed)
    assert [each.message for each in caplog.records] == ["the archive was not read"]
    assert not any(source.asked for source in hall.sources.values())


async def test_an_archive_that_could_not_be_read_is_read_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch_markets, "_UNLISTED", timedelta(milliseconds=50))
    archive = Unreadable()
    await archive.keep((await a_bot()).hall.seen("okx"))
    hall = FakeWorkshop(archive=archive)
    async with JOBS["watch_markets"].open(hall.shop, Settings()):
        await until(lambda: len(hall.markets.known()) == 3)
    assert archive.failed == 1
    assert len(hall.markets.known()) == 3


class Broken(FakeArchive):
    """Takes nothing while it is broken."""

    is_broken = True

    async def keep(self, observation: Observation) -> None:
        if self.is_broken:
            raise StorageError("the disk is full")
        await super().keep(observation)


async def test_while_the_database_takes_nothing_all_is_seen_and_nothing_lost() -> None:
    database = Broken()
    bot = await a_bot(FakeWorkshop(archive=database))
    bot.hall.clock.step(BAR)
    await bot.poll()
    assert len(bot.hall.seen("okx").candles) == 12
    assert await database.known() == ()
    database.is_broken = False
    await bot.hall.shop.archive.flush()
    kept = await database.read(bot.hall.instrument("okx"), 0, 10**14)
    assert len(kept.candles) == 12


async def test_the_job_polls_by_itself_and_drains_when_it_stops() -> None:
    hall = FakeWorkshop()
    job = JOBS["watch_markets"]
    async with job.open(hall.shop, Settings(every=timedelta(seconds=5))):
        await until(lambda: hall.markets.newest("BTC") is not None)
    assert hall.markets.newest("BTC") is not None
    assert hall.shop.archive.unsaved == 0
    assert len(await hall.database.known()) >= 2


async def test_markets_may_be_asked_for_by_quote_and_venue() -> None:
    hall = FakeWorkshop()
    wanted = (MarketQuery("BTC", "USDT", "okx"), MarketQuery("XYZ"))
    watch = Watch(replace(hall.shop, queries=wanted), Settings(), Schedule())
    for venue in hall.sources:
        await watch.enlist(venue)
    assert hall.markets.known() == (Instrument("okx", "BTC", "USDT"),)
