"""Ask every venue about every market, again and again."""

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
        Interval(ge=timedelta(seconds=5), le=timedelta(minutes=5)),
        "How long from one question about a market to the next.",
    ] = timedelta(seconds=30)


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    yield


JOB = Job(
    name="watch_markets",
    summary="Ask every venue about every market, again and again",
    settings=Settings,
    open=_open,
)
