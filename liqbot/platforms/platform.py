"""What a platform is: where people ask, and where they are told."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from numpy.random import Generator

from liqbot.chat.message import Message
from liqbot.chat.messenger import Messenger
from liqbot.commands.command import Caller, Command, answer, apart
from liqbot.desk import Desk
from liqbot.errors import StorageError

Settings = TypeVar("Settings")

_LOG = logging.getLogger(__name__)
_BROKEN = "Something went wrong here, and it has been noted. The rest goes on; try again later."
_UNKEPT = "My database does not answer, so that could not be done. Try again in a minute."


class Secret(Protocol):
    """A text that shows itself only when asked to."""

    def reveal(self) -> str:
        """Return the text, to be handed on and never kept or printed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What a platform finds: who answers what is asked, and where it may keep files."""

    commands: Mapping[str, Command[Any]]
    desk: Desk
    folder: Path  # the bot's state folder
    chance: Generator  # of jitter alone
    secrets: Mapping[str, Secret] = field(default_factory=dict)  # by name, those it asks for

    async def answer(self, caller: Caller, line: str) -> Message:
        """Answer a line that was typed or a button that was pressed, whatever happens on the way.

        One answer that fails takes no other with it.
        """
        asked = answer(self.commands, self.desk, caller, line)
        return await _told(asked, caller, apart(line)[0])

    async def invoke(self, caller: Caller, name: str, words: Mapping[str, str]) -> Message:
        """Answer a command by its name, with words by the name of their slot, as `answer` does."""
        asked = self.commands[name].invoke(self.desk, caller, words)
        return await _told(asked, caller, name)


async def _told(asked: Awaitable[Message], caller: Caller, name: str) -> Message:
    try:
        return await asked
    except StorageError as error:
        facts = {"command": name[:32], "why": str(error)}
        _LOG.warning("an answer was not kept", extra=facts)
        return Message(text=((_UNKEPT,),), private=True)
    except Exception:  # noqa: BLE001 - whatever one answer fails of, the others go on
        facts = {"command": name[:32], "platform": caller.chat.platform}
        _LOG.exception("an answer failed", extra=facts)
        return Message(text=((_BROKEN,),), private=True)


class Connection(Messenger, Protocol):
    """A platform that is open: it can be written to, and listened to."""

    async def listen(self) -> None:
        """Answer what people ask until cancelled; return only where the operator says to stop."""
        ...


async def nothing_to_check(_: object, __: Mapping[str, Secret]) -> tuple[str, ...]:
    """Find everything in order."""
    return ("open",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform(Generic[Settings]):
    """Somewhere to talk. `name` is also what [NAME] sets."""

    name: str
    summary: str
    settings: type[Settings]  # a frozen dataclass; every field has a default
    open: Callable[[Settings, Reception], AbstractAsyncContextManager[Connection]]
    secrets: tuple[str, ...] = ()  # it cannot do without: "token", of a setting token_file
    # Asks whether it would let the bot in; tells what it found and how to invite the bot, or
    # raises ConfigError or DeliveryError.
    check: Callable[[Settings, Mapping[str, Secret]], Awaitable[tuple[str, ...]]] = nothing_to_check
