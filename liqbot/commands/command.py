"""What a command is, the ports it may use, and how one is invoked from raw words."""

from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from liqbot.alerting.ledger import Ledger
from liqbot.alerting.roster import Terms
from liqbot.alerting.score import Axis, Row
from liqbot.alerting.speaking import hinting, spoken
from liqbot.alerting.subscription import Caps, Recipient, Subscription
from liqbot.charts.chart import RANGES, Film, Picture, View
from liqbot.chat.arguments import Known, Slot, fill, slots
from liqbot.chat.message import LONGEST_WORDS, Button, ChatId, Message
from liqbot.clock import Clock
from liqbot.errors import CommandError, UnknownName, nearest
from liqbot.heatmap.history import History
from liqbot.heatmap.model import ModelArchive
from liqbot.market.calendar import Event
from liqbot.market.instrument import Instrument, MarketQuery
from liqbot.market.status import Status
from liqbot.market.tape import Tape
from liqbot.rules.rule import Finding, Scene

Arguments = TypeVar("Arguments")
Shot = TypeVar("Shot")

_EARLY = "No market is known yet: the exchanges are being asked. Try again in a few seconds."


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, and where."""

    chat: ChatId
    user: str  # as the platform numbers them
    is_admin: bool  # of this chat, as the platform says
    is_allowed: bool = True  # as the operator says …
    is_owner: bool = False  # … who counts no pictures of theirs
    speaks_for: ChatId | None = None  # the chat whose alerts are meant; None: the caller's own

    @property
    def home(self) -> ChatId:
        """The chat whose alerts and settings are meant."""
        return self.speaks_for or ChatId.private(self.chat.platform, self.user)

    @property
    def rules_here(self) -> bool:
        """Whether what is set for this chat is theirs to set."""
        return self.is_admin or self.chat == ChatId.private(self.chat.platform, self.user)


def view_of(usual: View, recipient: Recipient) -> View:
    """Return how things look to a chat: as it said, else as usual.

    What it once said and is there no more counts for nothing.
    """
    view = usual
    for name in ("zone", "locale", "theme", "colours", "size"):
        look: dict[str, Any] = {name: getattr(recipient, name)}
        with suppress(UnknownName):
            view = replace(view, **look) if look[name] else view
    length = RANGES[recipient.range].length if recipient.range in RANGES else view.range
    return replace(view, range=length)


@dataclass(frozen=True, slots=True)
class NoArguments:
    """What a command takes that takes no words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Generic[Arguments]):
    """Something that people can ask, the same on every platform."""

    name: str
    summary: str
    arguments: type[Arguments]
    run: Callable[[Desk, Caller, Arguments], Awaitable[Message]]
    admin_only: bool = False
    personal: bool = False  # is about the caller alone, and answered for their eyes
    draws: bool = False  # takes one of the pictures that a user may have in a minute

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The words it takes, in order."""
        return slots(self.arguments)

    @property
    def usage(self) -> str:
        """How it is written: heatmap MARKET [range]."""
        return " ".join([self.name, *(each.usage for each in self.slots)])

    async def invoke(self, desk: Desk, caller: Caller, words: str | Mapping[str, str]) -> Message:
        """Check, read and run; what the user got wrong becomes an ordinary answer.

        `words` are as typed, or by the name of their slot. Raise StorageError where what it needs
        cannot be kept or found.
        """
        if not caller.is_allowed:
            return _aside(f"This bot is private. Ask its operator to let you in: {caller.user}.")
        chat = caller.speaks_for
        if (self.admin_only or chat) and not caller.rules_here:
            return _aside("Only an administrator may do that.")
        try:
            known = Known(desk.markets.known())
            asked = fill(self.arguments, words, known)
            if self.draws and not caller.is_owner:
                desk.pictures.take(f"{caller.chat.platform}:{caller.user}")
            said = await self.run(desk, caller, asked)
        except CommandError as mistake:
            is_early = isinstance(mistake, UnknownName) and not desk.markets.known()
            hint = _EARLY if is_early else str(mistake)
            return _aside(hinting(chat, hint) if chat else hint)
        return spoken(chat, said) if chat else said


def apart(line: str) -> tuple[str, str]:
    """Return the name and the words of a command: "/Heatmap@liqbot btc 3d" → heatmap, btc 3d."""
    name, _, words = line.strip().partition(" ")
    return name.removeprefix("/").partition("@")[0].lower(), words.strip()


async def answer(
    commands: Mapping[str, Command[Any]], desk: Desk, caller: Caller, line: str
) -> Message:
    """Answer a line that was typed or a button that was pressed; suggest a command for no other.

    What begins with a slash is answered below, and takes no message's place.
    """
    name, words = apart(line)
    if name in commands:
        said = await commands[name].invoke(desk, caller, words)
        return replace(said, in_place=False) if line.lstrip().startswith("/") else said
    near = nearest(name, commands)
    meant = f"{near} {words}".strip()
    is_sayable = near is not None and meant.isprintable()  # half a character is not
    fits = is_sayable and len(meant.encode()) <= LONGEST_WORDS
    return Message(
        text=((str(UnknownName("command", name, commands)),),),
        buttons=((Button(meant[:32], meant),),) if fits else (),
        private=True,
    )


def _aside(text: str) -> Message:
    return Message(text=((text,),), private=True)
