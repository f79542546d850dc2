"""Forget what is older than it is kept for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval

from liqbot.jobs.job import Job, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How often."""

    every: Annotated[
        timedelta,
        Interval(ge=timedelta(minutes=1), le=timedelta(days=7)),
        "How long from one clearing to the next.",
    ] = timedelta(hours=1)


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    yield


JOB = Job(
    name="prune_history",
    summary="Forget what is older than it is kept for",
    settings=Settings,
    open=_open,
)
