"""What a command is, who asks it, and how one is invoked from raw words."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from liqbot.alerting.speaking import hinting, spoken
from liqbot.alerting.subscription import Recipient
from liqbot.charts.chart import RANGES, View
from liqbot.chat.arguments import Known, Slot, fill, slots
from liqbot.chat.message import LONGEST_WORDS, Button, ChatId, Message
from liqbot.desk import Desk
from liqbot.errors import CommandError, UnknownName, nearest
from liqbot.tracing.trace import Trace

Arguments = TypeVar("Arguments")

_ADMIN = "Only an administrator may do that."
_EARLY = "No market is known yet: the exchanges are being asked. Try again in a few seconds."


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
    trace: Callable[[Desk, Caller, Arguments], Awaitable[Trace]] | None = None  # of its numbers

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
            return _aside(_ADMIN)
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

    async def explain(self, desk: Desk, caller: Caller, words: str) -> Trace:
        """Say how the numbers are made that it answers some words with, to whoever may ask it.

        Raise CommandError, and StorageError as `invoke` does.
        """
        if self.trace is None:
            raise CommandError(f"/{self.name} has no numbers that are made of others.")
        if self.admin_only and not caller.rules_here:
            raise CommandError(_ADMIN)
        return await self.trace(
            desk, caller, fill(self.arguments, words, Known(desk.markets.known()))
        )


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
