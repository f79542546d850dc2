"""An archive that waits for its database."""

import asyncio
from dataclasses import replace

import pytest

from liqbot.errors import StorageError
from liqbot.live.keeping import PatientArchive
from liqbot.market.joining import joined
from liqbot.market.observation import Observation
from liqbot.market.units import HOUR_MS, moment_of
from tests.builders import START_MS, an_observation, same, some_candles
from tests.fakes.archive import FakeArchive


class Failing(FakeArchive):
    """Fails while it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.fails = True
        self.hangs: asyncio.Event | None = None

    async def keep(self, observation: Observation) -> None:
        if self.hangs is not None:
            await self.hangs.wait()
        if self.fails:
            raise StorageError("the disk is full")
        await super().keep(observation)


FIRST = an_observation(some_candles((100.0, 101.0)))
SECOND = replace(
    an_observation(some_candles((102.0,), start_ms=int(FIRST.candles.closed_ms[-1]))),
    observed_at=moment_of(START_MS + HOUR_MS),
)


async def kept(archive: PatientArchive) -> Observation:
    return await archive.read(FIRST.instrument, START_MS, START_MS + HOUR_MS)


async def test_what_cannot_be_kept_is_kept_with_the_next() -> None:
    database = Failing()
    archive = PatientArchive(database)
    await archive.keep(FIRST)
    await archive.keep(an_observation(venue="okx"))
    assert archive.unsaved == 2
    database.fails = False
    await archive.keep(SECOND)
    assert archive.unsaved == 1
    assert same((await kept(archive)).candles, joined(FIRST, SECOND).candles)


async def test_flushing_tries_once_more() -> None:
    database = Failing()
    archive = PatientArchive(database)
    await archive.keep(FIRST)
    await archive.flush()
    assert archive.unsaved == 1
    database.fails = False
    await archive.flush()
    assert archive.unsaved == 0
    assert await archive.known() == (FIRST.instrument,)


async def test_what_was_being_kept_when_it_was_broken_off_waits() -> None:
    database = Failing()
    database.fails, database.hangs = False, asyncio.Event()
    archive = PatientArchive(database)
    writing = asyncio.create_task(archive.keep(FIRST))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert archive.unsaved == 1
    database.hangs = None
    await archive.flush()
    assert len((await kept(archive)).candles) == 2


async def test_pruning_is_passed_on() -> None:
    assert await PatientArchive(FakeArchive()).prune(moment_of(START_MS)) == 0
