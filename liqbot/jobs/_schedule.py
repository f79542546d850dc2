"""What is to be done again and again: APScheduler, behind one door.

Each is done by one at a time: what takes longer than its period is done again the time after it
is finished. Times that were missed are made up for once, or not at all when they are long past.
Nothing is remembered between starts.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta
from types import TracebackType
from typing import Self

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

from liqbot.clock import SystemClock

_DRAIN_S = 2.5  # what has begun may take so long when the bot stops, which may take 5
_JITTER = 0.05  # of the period, so that what began together does not stay together

_log = logging.getLogger(__name__)


class Schedule:
    """Does things again and again while it is open."""

    def __init__(self, *, drain_s: float = _DRAIN_S) -> None:
        """Have what has begun so many seconds to finish in; 0: it can be broken off anywhere."""
        self._clock, self._drain_s = SystemClock(), drain_s  # APScheduler knows no other
        logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of every run
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._running: dict[str, asyncio.Task[object]] = {}

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
        """Begin nothing more, wait a while for what has begun, and break off the rest."""
        self._scheduler.remove_all_jobs()
        if self._running and self._drain_s:
            await asyncio.wait(self._running.values(), timeout=self._drain_s)
            if self._running:
                _log.info("broken off", extra={"what": ", ".join(self._running)})
        late = list(self._running.values())
        for task in late:
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
            if task is None or name in self._running:
                return
            self._running[name] = task
            try:
                await run()
            except asyncio.CancelledError:
                pass  # APScheduler takes it for a fault
            finally:
                del self._running[name]

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
            max_instances=2,  # of which the second finds the first, and leaves it alone
            replace_existing=True,
        )

    def stop(self, name: str) -> None:
        """Do something no longer; what has begun goes on."""
        if self._scheduler.get_job(name) is not None:
            self._scheduler.remove_job(name)
