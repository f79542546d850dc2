"""Listen to forced orders as they happen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Ge, Gt, Interval

from liqbot.jobs.job import Job, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a burst is: a minute that is large, and many times the market's normal one."""

    batch: Annotated[
        timedelta,
        Interval(ge=timedelta(seconds=1), le=timedelta(minutes=1)),
        "How long prints are gathered before they are kept.",
    ] = timedelta(seconds=1)
    burst_usd: Annotated[float, Gt(0), "A burst's least dollars in a minute, over all venues."] = (
        250_000.0
    )
    burst_prints: Annotated[int, Ge(1), "A burst's least forced orders in a minute."] = 5
    burst_multiple: Annotated[
        float, Ge(1), "How many times the market's own mean minute a burst is."
    ] = 10.0


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    yield


JOB = Job(
    name="listen_tape",
    summary="Listen to forced orders as they happen",
    settings=Settings,
    open=_open,
)
