"""Find out what came of alerts, once their time is over."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval

from liqbot.errors import StorageError
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.job import Job, Workshop
from liqbot.live.grader import Grader, Past
from liqbot.market.archive import Archive
from liqbot.market.observation import Observation

_AFTER = timedelta(minutes=1)  # the start is busy enough
_PATIENCE = timedelta(hours=6)  # with venues that have not told yet what the bot missed

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How often."""

    every: Annotated[
        timedelta,
        Interval(ge=timedelta(seconds=10), le=timedelta(hours=6)),
        "How long from one look for what can be graded to the next.",
    ] = timedelta(minutes=5)


async def grade(workshop: Workshop, grader: Grader) -> None:
    """Grade what is due, or leave it to the next time.

    What was missed while the bot stood still is waited for: it may decide.
    """
    is_whole = workshop.markets.back_filling >= 1
    try:
        count = await grader.grade(timedelta(0) if is_whole else _PATIENCE)
    except StorageError as error:
        _log.warning("nothing graded", extra={"why": str(error)})
        return
    if count:
        _log.info("graded", extra={"alerts": count})


def past_in(archive: Archive) -> Past:
    """Return what tells of a base all that an archive has of it."""

    async def past(base: str, from_ms: int, to_ms: int) -> list[Observation]:
        there = [each for each in await archive.known() if each.base == base]
        return [await archive.read(each, from_ms, to_ms) for each in there]

    return past


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    outcomes = workshop.outcomes
    if outcomes is None:
        yield
        return
    grader = Grader(clock=workshop.clock, outcomes=outcomes, past=past_in(workshop.archive))

    async def run() -> None:
        await grade(workshop, grader)

    async with Schedule() as schedule:
        schedule.every(settings.every, run, name="grade", after=min(settings.every, _AFTER))
        yield


JOB = Job(
    name="grade_alerts",
    summary="Find out what came of alerts, once their time is over",
    settings=Settings,
    open=_open,
)
