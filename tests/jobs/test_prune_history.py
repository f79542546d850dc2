"""What is old is forgotten."""

import logging
from datetime import datetime, timedelta

import pytest

from liqbot.errors import StorageError
from liqbot.jobs import JOBS, prune_history
from liqbot.jobs.prune_history import Settings, prune
from liqbot.market.units import DAY_MS, moment_of
from tests.builders import START_MS, an_observation
from tests.fakes.archive import FakeArchive
from tests.fakes.workshop import FakeWorkshop
from tests.waiting import until


class Locked(FakeArchive):
    async def prune(self, at: datetime) -> int:
        raise StorageError("the database is locked")


async def test_the_archive_forgets_what_is_old_by_the_clock() -> None:
    hall = FakeWorkshop(at=moment_of(START_MS + 101 * DAY_MS))
    seen = an_observation()
    await hall.database.keep(seen)
    await prune(hall.shop)
    assert await hall.database.known() == ()


async def test_a_database_that_cannot_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        await prune(FakeWorkshop(archive=Locked()).shop)
    assert [each.message for each in caplog.records] == ["nothing forgotten"]


async def test_the_job_prunes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune_history, "_AFTER", timedelta(0))
    hall = FakeWorkshop(at=moment_of(START_MS + 101 * DAY_MS))
    await hall.database.keep(an_observation())

    async def is_empty() -> bool:
        return not await hall.database.known()

    async with JOBS["prune_history"].open(hall.shop, Settings()):
        await until(is_empty)
    assert await hall.database.known() == ()
