"""Fit the markets' models anew each night, and keep the better ones."""

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from annotated_types import Interval

from liqbot.calibration.refit import Refit, refit
from liqbot.errors import LiqbotError, StorageError
from liqbot.heatmap.model import ModelArchive
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.job import Job, Workshop
from liqbot.market.units import ms_of

_LOOK = timedelta(minutes=1)  # how often it is looked whether it is time
_NICE = 10  # how far answers and alerts go before it

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """When, and to how much."""

    after: Annotated[
        timedelta,
        Interval(ge=timedelta(0), lt=timedelta(days=1)),
        "How long after midnight UTC it begins.",
    ] = timedelta(minutes=30)
    past: Annotated[
        timedelta,
        Interval(ge=timedelta(days=14), le=timedelta(days=365)),
        "How much of what is kept a model is fitted to.",
    ] = timedelta(days=60)


class Fitting:
    """Fits a model to each market, one after the other, and lets it go by it if it is better."""

    def __init__(
        self, workshop: Workshop, kept: ModelArchive, settings: Settings, threads: Executor
    ) -> None:
        self._shop, self._kept, self._settings, self._threads = workshop, kept, settings, threads
        self._stopped = threading.Event()
        self._next = self._night_after(workshop.clock.now())

    async def remember(self) -> None:
        """Take the models that were kept, before the first maps are made."""
        shop = self._shop
        try:
            for base in dict.fromkeys(each.base for each in await shop.archive.known()):
                model = await self._kept.newest_model(base, shop.clock.now())
                if model is not None:
                    shop.markets.models.take(base, model)
        except StorageError as error:
            _log.warning("models not remembered", extra={"why": str(error)})

    async def fit(self) -> None:
        """Fit all once it is time; what cannot be fitted goes on as before."""
        now = self._shop.clock.now()
        if now < self._next:
            return
        self._next = self._night_after(now)
        for base in dict.fromkeys(each.base for each in self._shop.markets.known()):
            try:
                await self._fit(base, now)
            except LiqbotError as error:
                _log.info("no new model", extra={"market": base, "why": str(error)})

    async def _fit(self, base: str, now: datetime) -> None:
        shop, models = self._shop, self._shop.markets.models
        to_ms, from_ms = ms_of(now), ms_of(now - self._settings.past)
        there = [each for each in shop.markets.known() if each.base == base]
        seen = [await shop.archive.read(each, from_ms, to_ms) for each in there]
        found: Refit = await asyncio.get_running_loop().run_in_executor(
            self._threads, refit, base, seen, models.of(base), models.usual, self._go_on
        )
        facts = {"market": base, "skill": found.skill, "before": found.before}
        if not found.is_better:
            _log.info("the model before is better", extra=facts)
            return
        await self._kept.keep_model(base, found.model, now)
        models.take(base, found.model)
        _log.info("a new model", extra=facts)
        await shop.markets.evaluate(base)

    def stop(self) -> None:
        """Break off a fit soon: no thread may outlive the bot by more than a moment."""
        self._stopped.set()

    def _go_on(self, _: float) -> None:
        if self._stopped.is_set():
            raise asyncio.CancelledError

    def _night_after(self, at: datetime) -> datetime:
        due = datetime.combine(at.astimezone(UTC).date(), time(tzinfo=UTC)) + self._settings.after
        return due if due > at else due + timedelta(days=1)


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    if workshop.models is None:
        yield
        return
    with ThreadPoolExecutor(1, "fit", initializer=_step_back) as threads:
        fitting = Fitting(workshop, workshop.models, settings, threads)
        await fitting.remember()
        async with Schedule() as schedule:
            schedule.every(_LOOK, fitting.fit, name="fit", after=_LOOK)
            try:
                yield
            finally:
                fitting.stop()


def _step_back() -> None:
    """Let this thread run when no other wants to, where the system knows of such."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


JOB = Job(
    name="fit_models",
    summary="Fit the markets' models anew each night, and keep the better ones",
    settings=Settings,
    open=_open,
)
