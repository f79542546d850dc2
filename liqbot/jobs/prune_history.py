"""Forget what is older than it is kept for."""

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

_AFTER = timedelta(minutes=5)  # the start is busy enough

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How often."""

    every: Annotated[
        timedelta,
        Interval(ge=timedelta(minutes=1), le=timedelta(days=7)),
        "How long from one clearing to the next.",
    ] = timedelta(hours=1)


async def prune(workshop: Workshop) -> None:
    """Let the archive forget what is old, or leave it to the next time."""
    try:
        count = await workshop.archive.prune(workshop.clock.now())
    except StorageError as error:
        _log.warning("nothing forgotten", extra={"why": str(error)})
    else:
        _log.info("forgotten", extra={"rows": count})


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    async def run() -> None:
        await prune(workshop)

    async with Schedule() as schedule:
        schedule.every(settings.every, run, name="prune", after=_AFTER)
        yield


JOB = Job(
    name="prune_history",
    summary="Forget what is older than it is kept for",
    settings=Settings,
    open=_open,
)
