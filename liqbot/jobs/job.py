"""What a job is, and the ports it may use."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

from numpy.random import Generator

from liqbot.clock import Clock
from liqbot.market.archive import Archive
from liqbot.market.instrument import MarketQuery
from liqbot.market.source import MarketSource, TapeSource

Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Everything that a job may use."""

    clock: Clock
    chance: Generator
    queries: tuple[MarketQuery, ...]  # the markets to watch, as configured
    sources: Mapping[str, MarketSource]  # by venue, in the order configured
    tapes: Mapping[str, TapeSource]  # by venue; those that have a public tape
    archive: Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Generic[Settings]):
    """Something that happens by itself while it is open. `name` is what [jobs.NAME] sets."""

    name: str
    summary: str
    settings: type[Settings]  # a frozen dataclass; every field has a default and a bound
    open: Callable[[Workshop, Settings], AbstractAsyncContextManager[None]]
