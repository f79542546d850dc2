"""What an exchange is: settings, and how it is opened."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

from numpy.random import Generator

from liqbot.clock import Clock
from liqbot.market.source import MarketSource, PositionSource, TapeSource

Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One venue, ready to be asked, and to be listened to where it has a public tape."""

    source: MarketSource
    tape: TapeSource | None
    completeness: float | None  # share of forced orders that its tape tells; None: nobody knows
    positions: PositionSource | None = None  # None: nobody is asked about


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange(Generic[Settings]):
    """Something to ask. `name` is the venue that users type and what [exchanges.NAME] sets.

    Opening gives that venue alone, or, of a recording or a simulation, every venue in it.
    """

    name: str
    summary: str
    settings: type[Settings]  # a frozen dataclass; every field has a default and a bound
    open: Callable[[Settings, Clock, Generator], AbstractAsyncContextManager[tuple[Opened, ...]]]
