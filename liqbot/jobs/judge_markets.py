"""Look at the maps by the rules, again and again, and settle what chats are owed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval

from liqbot.jobs._schedule import Schedule
from liqbot.jobs.job import Job, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How often."""

    every: Annotated[
        timedelta,
        Interval(ge=timedelta(seconds=5), le=timedelta(minutes=5)),
        "How long from one look to the next; two in a row tell that price is near something.",
    ] = timedelta(seconds=15)


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    watcher = workshop.watcher
    if watcher is None:
        yield
        return

    async def run() -> None:
        await watcher.judge()

    await watcher.remember()
    async with Schedule() as schedule:
        schedule.every(settings.every, run, name="judge", after=settings.every)
        yield


JOB = Job(
    name="judge_markets",
    summary="Look at the maps by the rules, and settle what chats are owed",
    settings=Settings,
    open=_open,
)
