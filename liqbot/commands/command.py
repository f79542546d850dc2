"""What a command is, the ports it may use, and how one is invoked from raw words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from liqbot.charts.chart import Picture, View
from liqbot.chat.message import ChatId, Message
from liqbot.clock import Clock
from liqbot.heatmap.history import History
from liqbot.market.instrument import Instrument, MarketQuery
from liqbot.market.status import Status

Arguments = TypeVar("Arguments")


class Markets(Protocol):
    """The live markets, as commands may ask for them."""

    def known(self) -> tuple[Instrument, ...]:
        """Return the instruments that are watched."""
        ...

    async def history(
        self, query: MarketQuery, window: timedelta, age: timedelta | None = None
    ) -> History:
        """Return a market's history up to now; raise UnknownName, or Blind."""
        ...

    def status(self) -> Status:
        """Return what is seen, and what is not and why."""
        ...


class Studio(Protocol):
    """Draws pictures without holding anyone up."""

    async def draw(self, chart: str, history: History, view: View) -> Picture:
        """Return a picture; raise UnknownName for a chart, Busy while too many are waiting."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that a command may use."""

    clock: Clock
    markets: Markets
    studio: Studio
    view: View  # how pictures look where nobody says otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, and where."""

    chat: ChatId
    user: str  # as the platform numbers them
    is_admin: bool  # of this chat, as the platform says


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Generic[Arguments]):
    """Something that people can ask, the same on every platform."""

    name: str
    summary: str
    arguments: type[Arguments]
    run: Callable[[Desk, Caller, Arguments], Awaitable[Message]]
    admin_only: bool = False
