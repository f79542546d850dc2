"""Deliver what chats are owed."""

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
from liqbot.live.courier import Courier

_DRAIN_S = 2.0  # for what has begun when the bot stops

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How often."""

    every: Annotated[
        timedelta,
        Interval(ge=timedelta(milliseconds=200), le=timedelta(minutes=1)),
        "How long from one look into the outbox to the next.",
    ] = timedelta(seconds=1)


async def deliver(courier: Courier) -> None:
    """Deliver what is due, or leave it to the next time."""
    try:
        await courier.deliver()
    except StorageError as error:
        _log.warning("nothing delivered", extra={"why": str(error)})


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    courier = workshop.courier
    if courier is None:
        yield
        return

    async def run() -> None:
        await deliver(courier)

    try:
        async with Schedule() as schedule:
            schedule.every(settings.every, run, name="deliver")
            yield
    finally:
        await courier.stop(_DRAIN_S)


JOB = Job(
    name="deliver_alerts",
    summary="Deliver what chats are owed",
    settings=Settings,
    open=_open,
)
