"""What came of alerts is found out by itself."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.alerting.grading import LOOK_BACK_MS, Pending
from liqbot.alerting.outcome import Kind
from liqbot.errors import StorageError
from liqbot.jobs import JOBS
from liqbot.jobs.grade_alerts import Settings, grade, past_in
from liqbot.live.grader import Grader
from liqbot.market.units import DAY_MS, moment_of
from tests.alerting.levels import a_level, a_pending
from tests.builders import START_MS, same
from tests.fakes.outcomes import FakeOutcomes
from tests.fakes.workshop import FakeWorkshop

SOON = Settings(every=timedelta(milliseconds=10))
EVER = moment_of(0)


class Hall(FakeWorkshop):
    """A workshop with an alert that can be graded, and the candles for it."""

    def __init__(self) -> None:
        super().__init__(bases=("BTC", "ETH"))
        self.outcomes = FakeOutcomes()
        self.shop = replace(self.shop, outcomes=self.outcomes)
        self.markets.back_filling = 1.0
        self.pending = a_pending(a_level(near=0.9, at_ms=START_MS + DAY_MS), name="1")
        self.grader = Grader(
            clock=self.clock, outcomes=self.outcomes, past=past_in(self.shop.archive)
        )

    async def fill(self, pending: Pending | None = None) -> None:
        for seen in self.truth.values():
            await self.shop.archive.keep(seen)
        await self.outcomes.add(pending or self.pending)

    async def kinds(self) -> list[Kind]:
        return [each.kind for each in await self.outcomes.graded(EVER)]


async def test_what_is_due_is_graded_by_the_archive() -> None:
    hall = Hall()
    await hall.fill()
    async with JOBS["grade_alerts"].open(hall.shop, SOON):
        for _ in range(100):
            await asyncio.sleep(0.01)
            if await hall.kinds():
                break
    assert await hall.kinds() == [Kind.IGNORED]


async def test_the_past_of_a_base_is_all_that_the_archive_has_of_it() -> None:
    hall = Hall()
    await hall.fill()
    level = hall.pending.level
    span = level.at_ms - LOOK_BACK_MS, level.until_ms
    found = await past_in(hall.shop.archive)("BTC", *span)
    assert [each.instrument for each in found] == [
        hall.instrument(each) for each in ("binance", "bybit", "okx")
    ]
    whole = hall.truth[hall.instrument("okx")]
    assert same(found[2].candles, whole.candles.since(span[0]).until(span[1]))


async def test_what_was_missed_is_waited_for_six_hours_at_most() -> None:
    hall = Hall()
    await hall.fill()
    hall.markets.back_filling = 0.5
    hall.clock.at = hall.pending.due_at + timedelta(hours=5, minutes=59)
    await grade(hall.shop, hall.grader)
    assert await hall.kinds() == []
    hall.clock.step(timedelta(minutes=1))
    await grade(hall.shop, hall.grader)
    assert len(await hall.kinds()) == 1


async def test_a_database_that_cannot_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def locked(*_: object) -> None:
        raise StorageError("the database is locked")

    hall = Hall()
    await hall.fill()
    with monkeypatch.context() as broken, caplog.at_level(logging.INFO):
        broken.setattr(hall.database, "read", locked)
        await grade(hall.shop, hall.grader)
        assert [each.message for each in caplog.records] == ["nothing graded"]
    await grade(hall.shop, hall.grader)
    assert len(await hall.kinds()) == 1


async def test_where_nobody_is_told_nothing_is_graded() -> None:
    hall = Hall()
    await hall.fill()
    async with JOBS["grade_alerts"].open(replace(hall.shop, outcomes=None), SOON):
        await asyncio.sleep(0.03)
    assert await hall.kinds() == []
