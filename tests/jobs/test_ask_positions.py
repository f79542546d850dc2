"""Positions that venues show, from the venue to the picture's edge."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.clock import SteppedClock
from liqbot.errors import SourceDelayed, SourceError, SourceRefused, SourceUnreadable
from liqbot.jobs import JOBS
from liqbot.jobs.ask_positions import Asking, Settings
from liqbot.market.position import Position
from liqbot.market.source import Leaders
from liqbot.market.status import HoldersStatus
from tests.fakes.positions import FakePositions, a_position
from tests.fakes.source import FakeSource
from tests.fakes.workshop import NOW, FakeWorkshop
from tests.waiting import soon, until

EVERY = timedelta(minutes=5)
LATE = SourceDelayed("okx did not answer in time", kind="timeout")


class Round:
    """A workshop, and a venue that shows what three hold, and of so many others."""

    def __init__(self, holders: int = 3, largest: int = 0) -> None:
        self.hall = FakeWorkshop()
        mark = self.hall.sources["okx"].price(self.hall.instrument("okx"))
        held = [[a_position(mark * 0.9 - each, mark=mark)] for each in range(holders)]
        self.source = FakePositions(self.hall.clock, held, largest)
        self.asking = Asking(self.hall.shop, Settings(every=EVERY), "okx", self.source)

    async def see(self) -> None:
        self.hall.markets.watch(self.hall.truth)
        for each in self.hall.truth:
            since_ms = self.hall.markets.memory.since_ms
            self.hall.markets.see(await self.hall.sources[each.venue].observe(each, since_ms))

    async def pass_by(self, seconds: int) -> None:
        """Let time pass as the schedule does, a look every two seconds."""
        for second in range(0, seconds, 2):
            await self.asking.listed.ask()
            await self.asking.largest.ask()
            if second % 60 == 0:
                await self.asking.rank()
            self.hall.clock.step(timedelta(seconds=2))

    def status(self) -> HoldersStatus:
        found = self.hall.markets.holdings.status("okx")
        assert found is not None
        return found


async def a_round(holders: int = 3, largest: int = 0) -> Round:
    found = Round(holders, largest)
    await found.see()
    return found


async def test_one_is_asked_about_at_a_time_and_all_once_in_a_while() -> None:
    it = await a_round()
    await it.pass_by(6)
    assert it.source.asked == [0, 1, 2]
    await it.pass_by(280)
    assert len(it.source.asked) == 3
    await it.pass_by(20)
    assert it.source.asked == [0, 1, 2] * 2
    assert (it.status().telling, it.status().positions) == (3, 3)


async def test_nobody_is_asked_before_a_price_is_known() -> None:
    it = Round(largest=2)
    await it.pass_by(20)
    assert (it.source.asked, it.source.ranked) == ([], 0)
    await it.see()
    await it.pass_by(6)
    assert it.status().telling == it.status().listed == 3


@pytest.mark.parametrize("fault", [LATE, SourceUnreadable("nonsense"), SourceRefused("HTTP 404")])
async def test_while_it_fails_little_is_asked_and_soon_after_all_is_told(
    fault: SourceError, caplog: pytest.LogCaptureFixture
) -> None:
    it = await a_round()
    await it.pass_by(6)
    it.source.fault = fault
    with caplog.at_level(logging.WARNING):
        await it.pass_by(1200)
    assert len(it.source.asked) <= 3 + 1200 / 30
    assert it.status().failing == str(fault)
    assert it.status().telling == 0
    assert len(caplog.records) <= 12
    it.source.fault = None
    await it.pass_by(600)
    assert it.status().telling == 3
    assert it.status().failing == ""


async def test_who_never_answers_does_not_keep_others_waiting() -> None:
    it = await a_round()
    told = it.source.positions

    async def but_for_one(holder: int) -> object:
        if holder == 0:
            it.source.asked.append(0)
            raise LATE
        return await told(holder)

    it.source.positions = but_for_one  # type: ignore[method-assign,assignment]
    await it.pass_by(900)
    assert it.status().telling == 2
    assert it.source.asked.count(1) >= 3


async def test_the_largest_are_asked_about_beside_the_listed_who_do_not_wait() -> None:
    alone, beside = await a_round(), await a_round(largest=100)
    listed: list[list[tuple[int, int]]] = [[], []]
    for it, seen in zip((alone, beside), listed, strict=True):
        for second in range(0, 900, 2):
            before = len(it.source.asked)
            await it.pass_by(2)
            seen += [(second, each) for each in it.source.asked[before:] if each < 3]
    assert listed[0] == listed[1]
    assert (beside.status().leading, beside.status().largest) == (100, 100)
    assert len(beside.source.asked) - len(listed[1]) == pytest.approx(3 * 100, abs=10)


async def test_while_the_venue_is_busy_the_listed_are_asked_about_and_the_largest_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    it = await a_round(largest=4)
    await it.asking.rank()
    busy = replace(it.hall.sources["okx"].condition, load=0.3)
    with monkeypatch.context() as patch:
        patch.setattr(FakeSource, "condition", property(lambda _: busy))
        await it.pass_by(60)
    assert it.source.asked == [0, 1, 2]
    await it.pass_by(60)
    assert it.source.asked == [0, 1, 2, 3, 4, 5, 6]


async def test_where_many_are_the_largest_it_takes_longer_and_counts_longer() -> None:
    it = await a_round(largest=200)
    await it.pass_by(1000)
    assert len(it.source.asked) <= 1000 // 2 + 4 * 3  # one in two seconds, beside the listed
    assert it.status().leading == 200
    it.source.fault = LATE
    await it.pass_by(3 * 400 - 2)
    assert it.status().leading > 0
    await it.pass_by(402)
    assert it.status().leading == 0


async def test_who_goes_on_being_asked_about_is_not_asked_about_anew() -> None:
    it = await a_round()
    it.asking.listed.enlist((0, 1))
    await it.pass_by(20)
    it.asking.listed.enlist((1, 2))
    await it.pass_by(260)
    assert it.source.asked == [0, 1, 2]
    await it.pass_by(60)
    assert it.source.asked == [0, 1, 2, 1, 2]


async def test_it_is_asked_once_a_day_who_the_largest_are() -> None:
    it = await a_round(largest=4)
    await it.pass_by(3600)
    assert it.source.ranked == 1
    it.hall.clock.step(timedelta(hours=23, minutes=1))
    await it.see()
    await it.pass_by(60)
    assert it.source.ranked == 2
    before = len(it.source.asked)
    await it.pass_by(300)
    assert set(it.source.asked[before:]) == {0, 1, 2, 4, 5, 6, 7}  # 3 is one of them no more
    assert (it.status().leading, it.status().largest) == (4, 4)


@pytest.mark.parametrize("fault", [LATE, SourceUnreadable("okx's leaderboard was cut short")])
async def test_where_that_fails_it_is_asked_an_hour_later_and_meanwhile_all_goes_on(
    fault: SourceError, caplog: pytest.LogCaptureFixture
) -> None:
    it = await a_round(largest=4)
    await it.pass_by(60)
    it.hall.clock.step(timedelta(days=1))
    await it.see()
    it.source.unranked = fault
    with caplog.at_level(logging.WARNING):
        await it.pass_by(3600)
    assert it.source.ranked == 2
    assert (it.status().telling, it.status().leading) == (3, 4)
    assert it.status().unranked == str(fault)
    assert it.status().failing == ""
    assert [each.why for each in caplog.records] == [str(fault)]  # type: ignore[attr-defined]
    it.source.unranked = None
    await it.pass_by(120)
    assert it.source.ranked == 3
    assert it.status().unranked == ""


async def test_a_ranking_that_takes_long_keeps_nobody_waiting() -> None:
    it = await a_round(largest=4)
    leaders, told = it.source.leaders, asyncio.Event()

    async def slowly() -> Leaders:
        await told.wait()
        return await leaders()

    it.source.leaders = slowly  # type: ignore[method-assign]
    ranking = asyncio.ensure_future(it.asking.rank())
    for _ in range(300):
        await it.asking.listed.ask()
        it.hall.clock.step(timedelta(seconds=2))
    assert it.source.asked == [0, 1, 2] * 2
    assert it.status().unranked == "its leaderboard has not been read yet"
    told.set()
    await soon(ranking)
    assert it.status().largest == 4


async def test_an_answer_about_who_left_meanwhile_is_nothing() -> None:
    it = await a_round(largest=2)
    await it.asking.rank()
    told, gate = it.source.positions, asyncio.Event()

    async def slowly(holder: int) -> tuple[Position, ...]:
        held = await told(holder)
        await gate.wait()
        if holder == 3:
            raise LATE
        return held

    it.source.positions = slowly  # type: ignore[method-assign]
    asking = asyncio.ensure_future(it.asking.largest.ask())
    await asyncio.sleep(0)
    it.hall.clock.step(timedelta(days=1, seconds=1))
    await it.see()
    await it.asking.rank()
    gate.set()
    await soon(asking)
    for _ in range(3):
        it.hall.clock.step(timedelta(seconds=30))
        await it.asking.largest.ask()
    assert it.source.asked == [3, 4, 5]


async def test_nobody_is_ranked_where_nobody_is_sought() -> None:
    source = FakePositions(SteppedClock(NOW), [[]])
    hall = FakeWorkshop(shown={"okx": source})
    async with JOBS["ask_positions"].open(hall.shop, Settings()):
        found = hall.markets.holdings.status("okx")
    assert found is not None
    assert (found.unranked, source.ranked) == ("", 0)


async def test_the_job_finds_and_asks_the_largest() -> None:
    source = FakePositions(SteppedClock(NOW), [], largest=2)
    hall = FakeWorkshop(shown={"okx": source})
    hall.markets.watch(hall.truth)
    for each in hall.truth:
        hall.markets.see(await hall.sources[each.venue].observe(each, hall.markets.memory.since_ms))
    async with JOBS["ask_positions"].open(hall.shop, Settings()):
        await until(lambda: source.ranked)
        await until(lambda: source.asked)
    assert source.ranked == 1
    assert source.asked[0] == 0


async def test_the_job_asks_where_somebody_is_listed() -> None:
    source = FakePositions(SteppedClock(NOW), [[]])
    hall = FakeWorkshop(shown={"okx": source})
    hall.markets.watch(hall.truth)
    for each in hall.truth:
        hall.markets.see(await hall.sources[each.venue].observe(each, hall.markets.memory.since_ms))
    async with JOBS["ask_positions"].open(hall.shop, Settings()):
        await soon(source.was_asked.wait())
    listed = {each.venue: each.holders for each in hall.markets.status().venues}
    assert listed["binance"] is None
    assert listed["okx"] is not None
    assert (listed["okx"].listed, listed["okx"].telling) == (1, 1)
