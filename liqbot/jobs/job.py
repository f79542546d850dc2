"""What a job is, and what it may use."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from numpy.random import Generator

from liqbot.alerting.grading import Outcomes
from liqbot.clock import Clock
from liqbot.heatmap.model import ModelArchive
from liqbot.live.courier import Courier
from liqbot.live.keeping import PatientArchive
from liqbot.live.markets import LiveMarkets
from liqbot.live.watcher import Watcher
from liqbot.market.archive import MarginArchive
from liqbot.market.instrument import MarketQuery

Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Everything that a job may use."""

    clock: Clock
    chance: Generator
    queries: tuple[MarketQuery, ...]  # the markets to watch, as configured
    archive: PatientArchive
    markets: LiveMarkets  # and the venues that can be asked
    watcher: Watcher | None = None  # judges what is seen; None where nobody is told of it
    courier: Courier | None = None  # likewise
    outcomes: Outcomes | None = None  # of what is told, likewise
    margins: MarginArchive | None = None  # None where no map is made
    models: ModelArchive | None = None  # likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Generic[Settings]):
    """Something that happens by itself while it is open. `name` is what [jobs.NAME] sets."""

    name: str
    summary: str
    settings: type[Settings]  # a frozen dataclass; every field has a default and a bound
    open: Callable[[Workshop, Settings], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def at_work(jobs: Iterable[AbstractAsyncContextManager[None]]) -> AsyncIterator[None]:
    """Open jobs in turn, and close all at once: each may take its time to finish."""
    opened: list[AsyncExitStack] = []
    try:
        for each in jobs:
            opened.append(AsyncExitStack())
            await opened[-1].enter_async_context(each)
        yield
    finally:
        closed = await asyncio.gather(*(each.aclose() for each in opened), return_exceptions=True)
        for error in closed:
            if isinstance(error, BaseException):
                raise error
