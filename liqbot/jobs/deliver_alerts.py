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
    """Deliver all that is due, or leave it to the next time."""
    try:
        while await courier.deliver():
            pass
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

    async with Schedule() as schedule:
        schedule.every(settings.every, run, name="deliver")
        yield


JOB = Job(
    name="deliver_alerts",
    summary="Deliver what chats are owed",
    settings=Settings,
    open=_open,
)
