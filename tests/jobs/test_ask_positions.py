"""Positions that venues show, from the venue to the picture's edge."""

import logging
from datetime import timedelta

import pytest

from liqbot.clock import SteppedClock
from liqbot.errors import SourceDelayed, SourceError, SourceRefused, SourceUnreadable
from liqbot.jobs import JOBS
from liqbot.jobs.ask_positions import Asking, Settings
from liqbot.market.status import HoldersStatus
from tests.fakes.positions import FakePositions, a_position
from tests.fakes.workshop import NOW, FakeWorkshop
from tests.waiting import soon

EVERY = timedelta(minutes=5)
LATE = SourceDelayed("okx did not answer in time", kind="timeout")


class Round:
    """A workshop, and a venue that shows what three hold."""

    def __init__(self, holders: int = 3) -> None:
        self.hall = FakeWorkshop()
        mark = self.hall.sources["okx"].price(self.hall.instrument("okx"))
        held = [[a_position(mark * 0.9 - each, mark=mark)] for each in range(holders)]
        self.source = FakePositions(self.hall.clock, held)
        self.asking = Asking(self.hall.shop, Settings(every=EVERY))
        self.asking.enlist("okx", self.source)

    async def see(self) -> None:
        self.hall.markets.watch(self.hall.truth)
        for each in self.hall.truth:
            since_ms = self.hall.markets.memory.since_ms
            self.hall.markets.see(await self.hall.sources[each.venue].observe(each, since_ms))

    async def pass_by(self, seconds: int) -> None:
        """Let time pass as the schedule does, a look every two seconds."""
        for _ in range(seconds // 2):
            await self.asking.ask("okx", self.source)
            self.hall.clock.step(timedelta(seconds=2))

    def status(self) -> HoldersStatus:
        found = self.hall.markets.holdings.status("okx")
        assert found is not None
        return found


async def a_round(holders: int = 3) -> Round:
    found = Round(holders)
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
    it = Round()
    await it.pass_by(20)
    assert it.source.asked == []
    await it.see()
    await it.pass_by(6)
    assert it.status().positions == 3


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
