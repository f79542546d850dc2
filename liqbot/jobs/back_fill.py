"""Ask the venues for the past that the archive lacks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval

from liqbot.jobs.job import Job, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much at a time."""

    chunk: Annotated[
        timedelta,
        Interval(ge=timedelta(hours=1), le=timedelta(days=7)),
        "How much of a market's past is asked for at once, the newest first.",
    ] = timedelta(days=1)


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    yield


JOB = Job(
    name="back_fill",
    summary="Ask the venues for the past that the archive lacks",
    settings=Settings,
    open=_open,
)
