"""What commands may use: the ports, and the desk on which they lie."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from liqbot.alerting.ledger import Ledger
from liqbot.alerting.roster import Terms
from liqbot.alerting.score import Axis, Row
from liqbot.alerting.subscription import Caps, Subscription
from liqbot.charts.chart import Film, Picture, View
from liqbot.chat.message import ChatId
from liqbot.clock import Clock
from liqbot.heatmap.history import History
from liqbot.heatmap.model import ModelArchive
from liqbot.market.calendar import Event
from liqbot.market.instrument import Instrument, MarketQuery
from liqbot.market.status import Status
from liqbot.market.tape import Tape
from liqbot.rules.rule import Finding, Scene

Shot = TypeVar("Shot")


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

    def tapes(self, query: MarketQuery) -> Mapping[str, Tape]:
        """Return the forced orders that are remembered of a market, by venue; raise UnknownName."""
        ...

    def status(self) -> Status:
        """Return what is seen, and what is not and why."""
        ...


class Past(Protocol):
    """Markets as they were, as far back as anything is kept of them."""

    async def history(
        self, query: MarketQuery, window: timedelta, at: datetime, age: timedelta | None = None
    ) -> History:
        """Return a market's history up to a moment, of what was known by then.

        Raise UnknownName, OutOfRange where nothing is kept of that time, Busy while another one
        is asked for, and StorageError.
        """
        ...


class Studio(Protocol):
    """Draws pictures without holding anyone up."""

    async def draw(self, chart: str, history: History, view: View) -> Picture:
        """Return a picture; raise UnknownName for a chart, Busy while too many are waiting."""
        ...

    async def make(self, key: Hashable, draw: Callable[[], Picture]) -> Picture:
        """Return what a function draws, once for all who ask by the same key; raise Busy."""
        ...

    async def film(
        self,
        key: Hashable,
        shots: Sequence[Callable[[], Shot]],
        cut: Callable[[Sequence[Shot]], Film],
    ) -> Film:
        """Return what is cut of shots, once for all who ask by the same key.

        Other pictures get their turn between two shots. Raise Busy while another film is made.
        """
        ...


class Scenes(Protocol):
    """The markets, as rules look at them."""

    async def scene(self, base: str, at: datetime) -> Scene | None:
        """Return a market with what is usual in it at a moment; None before its first map."""
        ...


class Alerts(Protocol):
    """Who watches for people, as commands may ask for it."""

    @property
    def terms(self) -> Terms:
        """The rules that run, and how."""
        ...

    async def subscribe(self, wanted: Subscription) -> tuple[Subscription, list[Finding]]:
        """Keep a new subscription; return it numbered, and what is true of it already.

        Raise StorageError.
        """
        ...

    async def forget(self, chat: ChatId) -> tuple[int, ...]:
        """Erase all that is kept of a user; return their alerts' numbers. Raise StorageError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A market's map, clusters and tape as files in a .zip."""

    name: str
    content: bytes
    span: timedelta  # of what was asked for
    since: datetime  # what is known begins
    rows: Mapping[str, int]  # by table
    simulated: bool


class Exports(Protocol):
    """Makes files of what is known."""

    async def make(self, query: MarketQuery, span: timedelta, form: str, most: int) -> Export:
        """Return an export of a span, or of as much of it as fits into so many bytes.

        Raise UnknownName, Blind, OutOfRange where not even an hour fits, and Busy while another
        one is made.
        """
        ...


class Scores(Protocol):
    """How alerts did, as commands may ask for it."""

    async def rows(
        self, bases: Collection[str], span: timedelta, by: Collection[Axis] = (Axis.RULE,)
    ) -> tuple[Row, ...]:
        """Return rows of what came of alerts in a span, told apart by axes; raise StorageError."""
        ...


class Pictures(Protocol):
    """Counts the pictures that users ask for."""

    def take(self, who: str) -> None:
        """Give a user one; raise Busy for one too many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that a command may use."""

    clock: Clock
    markets: Markets
    past: Past
    studio: Studio
    scenes: Scenes
    alerts: Alerts
    ledger: Ledger  # who wants to hear of what, and what was told
    scores: Scores  # of what was told
    models: ModelArchive  # that markets went by
    exports: Exports
    caps: Caps = field(default_factory=Caps)
    pictures: Pictures
    view: View  # how pictures look where nobody says otherwise
    calendar: tuple[Event, ...] = ()  # of releases that move markets
