"""What is to be done again and again: APScheduler, behind one door.

Each is done by one at a time; times that were missed are made up for once, or not at all when
they are long past. Nothing is remembered between starts.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, timedelta
from types import TracebackType
from typing import Self

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

from liqbot.clock import SystemClock

_DRAIN_S = 5.0  # what has begun may take so long when the bot stops
_JITTER = 0.05  # of the period, so that what began together does not stay together

_log = logging.getLogger(__name__)


class Schedule:
    """Does things again and again while it is open."""

    def __init__(self, *, drain_s: float = _DRAIN_S) -> None:
        self._clock, self._drain_s = SystemClock(), drain_s  # APScheduler knows no other
        logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of every run
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._running: set[asyncio.Task[object]] = set()

    async def __aenter__(self) -> Self:
        """Begin."""
        self._scheduler.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Begin nothing more, wait up to 5 s for what has begun, and break off the rest."""
        self._scheduler.remove_all_jobs()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=self._drain_s)
            for task in late:
                _log.warning("broken off", extra={"task": task.get_name()})
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._scheduler.shutdown(wait=False)

    def every(
        self,
        period: timedelta,
        run: Callable[[], Awaitable[None]],
        *,
        name: str,
        after: timedelta = timedelta(0),
    ) -> None:
        """Do something every so often, first after a while; in place of what had that name.

        What it raises is logged, and it is done again the next time.
        """

        async def tracked() -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 - a coroutine runs in a task
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            with suppress(asyncio.CancelledError):  # APScheduler takes it for a fault
                await run()

        seconds = period.total_seconds()
        self._scheduler.add_job(
            tracked,
            IntervalTrigger(
                seconds=seconds * (1 - _JITTER), timezone=UTC, jitter=2 * seconds * _JITTER
            ),
            id=name,
            name=name,
            next_run_time=self._clock.now() + after,
            misfire_grace_time=max(int(seconds), 1),
            coalesce=True,
            max_instances=1,
            replace_existing=True,
        )

    def stop(self, name: str) -> None:
        """Do something no longer; what has begun goes on."""
        if self._scheduler.get_job(name) is not None:
            self._scheduler.remove_job(name)
