"""/channel — what a shared chat is told, as its administrators want it."""

from dataclasses import dataclass, replace
from typing import Annotated

from liqbot.alerting.speaking import ACTIONS, MINE, buttons
from liqbot.chat.arguments import LINE, Word
from liqbot.chat.message import Button, Message
from liqbot.chat.richtext import Bold, Code, Line
from liqbot.commands import COMMANDS
from liqbot.commands.command import Caller, Command, apart
from liqbot.desk import Desk
from liqbot.errors import UnknownName

_EXAMPLES = (
    ("add cascade BTC role @traders", "tell this chat; a role is called if you name one"),
    ("list", "what it is told"),
    ("remove 3", "tell it that no more"),
    ("pause 3", "not for now; also resume, extend, follow"),
    ("mute BTC 2h", "nothing of a market for a while; unmute ends that"),
    ("settings Europe/Berlin light", "how it reads times, figures and pictures"),
    ("quiet 23:00-07:00 Europe/Berlin", "nothing in the night"),
    ("test", "a sample of an alert"),
)
_OFFERED = (("+ New", "subscribe"), ("List", "alerts"), ("Settings", "settings"), ("Test", "test"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What to do for the chat, in words; "" = show what there is."""

    words: Annotated[
        str, Word(_EXAMPLES[0][0], lambda text, _: text.strip(), lambda _: ACTIONS), LINE
    ] = ""


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    chat = caller.chat
    if chat.user is not None:
        return _instead()
    action, words = apart(asked.words)
    if not action:
        return Message(text=_guide(), buttons=(buttons(chat, *_OFFERED),), in_place=True)
    if action not in ACTIONS:
        raise UnknownName("word after /channel", action, ACTIONS)
    name, _, first = ACTIONS[action].partition(" ")
    speaker = replace(caller, speaks_for=chat)
    return await COMMANDS[name].invoke(desk, speaker, f"{first} {words}".strip())


def _instead() -> Message:
    """Say what there is where nobody else reads."""
    text: Line = ("This chat is yours alone: ", Code("/subscribe"), " tells you, ")
    text += (Code("/alerts"), " lists it. ", Code("/channel"), " is for groups and channels.")
    return Message(text=(text,), buttons=((Button(MINE, "/alerts"),),), private=True)


def _guide() -> tuple[Line, ...]:
    return (
        (Bold("What this chat is told"), ", for its administrators to say:"),
        *((Code(f"/channel {words}"), f" {meant}") for words, meant in _EXAMPLES),
    )


COMMAND = Command(
    name="channel",
    summary="Say what this group or channel is told; for its administrators",
    arguments=Arguments,
    run=_run,
    admin_only=True,
)
