"""Find out what came of alerts, once their time is over, and which rules that speaks against."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from annotated_types import Interval

from liqbot.alerting.grading import Outcomes
from liqbot.alerting.score import unproven
from liqbot.errors import StorageError
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.job import Job, Workshop
from liqbot.live.grader import Grader, Past
from liqbot.market.archive import Archive
from liqbot.market.observation import Observation

_AFTER = timedelta(minutes=1)  # the start is busy enough
_PATIENCE = timedelta(hours=6)  # with venues that have not told yet what the bot missed
_MEMORY = timedelta(days=90)  # so that a rule that is muted is tried again

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How often, and from when on alerts are doubted.

    Price gets to most levels sooner or later, chosen or not, and no more than 30 cases leave a
    lift of 1.1 uncertain by a third. With a floor of 1 nearly every rule would begin as unproven,
    and a mark that all alerts bear tells nothing; at 0.8 it tells that nobody can say it is not
    a fifth worse than chance.
    """

    every: Annotated[
        timedelta,
        Interval(ge=timedelta(seconds=10), le=timedelta(hours=6)),
        "How long from one look for what can be graded to the next.",
    ] = timedelta(minutes=5)
    unproven_floor: Annotated[
        float,
        Interval(ge=0.1, le=10),
        "Lift over levels that nobody chose, below which a rule may be and is unproven.",
    ] = 0.8
    unproven_least: Annotated[
        int, Interval(ge=6, le=100_000), "How many alerts of a rule in a market it takes for that."
    ] = 30


class Grading:
    """Grades alerts, and tells the watcher which rules they speak against."""

    def __init__(self, workshop: Workshop, outcomes: Outcomes, settings: Settings) -> None:
        self._shop, self._outcomes, self._settings = workshop, outcomes, settings
        past = past_in(workshop.archive)
        self._grader = Grader(clock=workshop.clock, outcomes=outcomes, past=past)
        self._doubted_on: date | None = None

    async def run(self) -> None:
        """Grade what is due, or leave it to the next time.

        What was missed while the bot stood still is waited for: it may decide.
        """
        today, is_whole = self._shop.clock.now().date(), self._shop.markets.back_filling >= 1
        try:
            count = await self._grader.grade(timedelta(0) if is_whole else _PATIENCE)
            if count or today != self._doubted_on:
                await self._doubt()
                self._doubted_on = today
        except StorageError as error:
            _log.warning("nothing graded", extra={"why": str(error)})
            return
        if count:
            _log.info("graded", extra={"alerts": count})

    async def _doubt(self) -> None:
        if self._shop.watcher is None:
            return
        graded = await self._outcomes.graded(self._shop.clock.now() - _MEMORY)
        floor, least = self._settings.unproven_floor, self._settings.unproven_least
        doubts = await asyncio.to_thread(unproven, graded, floor=floor, least=least)
        self._shop.watcher.doubt(doubts)


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
    grading = Grading(workshop, outcomes, settings)
    async with Schedule() as schedule:
        schedule.every(settings.every, grading.run, name="grade", after=min(settings.every, _AFTER))
        yield


JOB = Job(
    name="grade_alerts",
    summary="Find out what came of alerts, once their time is over",
    settings=Settings,
    open=_open,
)
