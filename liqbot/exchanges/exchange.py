"""What an exchange is: settings, and how it is opened."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

from numpy.random import Generator

from liqbot.clock import Clock
from liqbot.market.source import MarketSource, TapeSource

Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True)
class Opened:
    """One exchange, ready to be asked, and to be listened to where it has a public tape."""

    source: MarketSource
    tape: TapeSource | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange(Generic[Settings]):
    """A venue that liqbot can ask. `name` is what users type and what [exchanges.NAME] sets."""

    name: str
    summary: str
    settings: type[Settings]  # a frozen dataclass; every field has a default and a bound
    open: Callable[[Settings, Clock, Generator], AbstractAsyncContextManager[Opened]]
    completeness: float | None  # share of forced orders that its tape tells; None: no public tape
