"""What came of alerts is found out by itself."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from liqbot.alerting.alert import Doubt
from liqbot.alerting.grading import LOOK_BACK_MS, Pending
from liqbot.alerting.outcome import Kind
from liqbot.errors import StorageError
from liqbot.jobs import JOBS
from liqbot.jobs.grade_alerts import Grading, Settings, past_in
from liqbot.live.watcher import Watcher
from liqbot.market.units import DAY_MS, moment_of
from liqbot.rules.rule import Scene
from tests.alerting.levels import a_level, a_pending, an_outcome
from tests.alerting.stage import TERMS
from tests.builders import START_MS, same
from tests.fakes.ledger import a_ledger
from tests.fakes.outcomes import FakeOutcomes
from tests.fakes.workshop import FakeWorkshop
from tests.waiting import until

SOON = Settings(every=timedelta(milliseconds=10))
EVER = moment_of(0)


async def seen(_: datetime) -> Mapping[str, Scene]:
    return {}


class Hall(FakeWorkshop):
    """A workshop with an alert that can be graded, and the candles for it."""

    def __init__(self) -> None:
        super().__init__(bases=("BTC", "ETH"))
        self.outcomes = FakeOutcomes()
        self.shop = replace(self.shop, outcomes=self.outcomes)
        self.markets.back_filling = 1.0
        self.pending = a_pending(a_level(near=0.9, at_ms=START_MS + DAY_MS), name="1")
        self.watcher = Watcher(self.clock, a_ledger(), TERMS, seen)
        self.shop = replace(self.shop, watcher=self.watcher)
        self.grading = Grading(self.shop, self.outcomes, Settings())

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
        await until(hall.kinds)
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
    await hall.grading.run()
    assert await hall.kinds() == []
    hall.clock.step(timedelta(minutes=1))
    await hall.grading.run()
    assert len(await hall.kinds()) == 1


async def test_a_rule_whose_alerts_did_no_better_than_chance_is_doubted_where_it_did_not() -> None:
    hall = Hall()
    for day, came in enumerate("xx.." * 10):
        kind = Kind.REJECTED if came == "x" else Kind.IGNORED
        fate = an_outcome(kind, hours=24.0 * day, mirror=Kind.REJECTED, moments=())
        await hall.outcomes.add(fate.pending)
        await hall.outcomes.finish(fate)
    hall.clock.at = moment_of(START_MS + 40 * DAY_MS)
    await hall.grading.run()
    assert hall.watcher.terms.unproven == {("cluster_approach", "BTC"): Doubt(40, 0.5)}
    hall.clock.step(timedelta(days=65))
    await hall.grading.run()
    assert hall.watcher.terms.unproven == {}
    patient = Settings(unproven_least=41)
    hall.clock.at = moment_of(START_MS + 40 * DAY_MS)
    await Grading(hall.shop, hall.outcomes, patient).run()
    assert hall.watcher.terms.unproven == {}


async def test_doubts_are_told_anew_with_what_is_graded() -> None:
    hall = Hall()
    await hall.grading.run()
    hall.watcher.doubt({("x", "BTC"): Doubt(1, 1.0)})
    await hall.grading.run()
    assert hall.watcher.terms.unproven
    await hall.fill()
    await hall.grading.run()
    assert not hall.watcher.terms.unproven


async def test_a_database_that_cannot_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def locked(*_: object) -> None:
        raise StorageError("the database is locked")

    hall = Hall()
    await hall.fill()
    with monkeypatch.context() as broken, caplog.at_level(logging.INFO):
        broken.setattr(hall.database, "read", locked)
        await hall.grading.run()
        assert [each.message for each in caplog.records] == ["nothing graded"]
    await hall.grading.run()
    assert len(await hall.kinds()) == 1


async def test_where_nobody_is_told_nothing_is_graded() -> None:
    hall = Hall()
    await hall.fill()
    async with JOBS["grade_alerts"].open(replace(hall.shop, outcomes=None), SOON):
        await asyncio.sleep(0.03)
    assert await hall.kinds() == []
