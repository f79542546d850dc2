"""How words say for which chat they act: a caller's own, or the shared one that they stand in.

/mute is about whoever says it. What is told to a shared chat is its administrators' to say, after
/channel.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from liqbot.chat.message import LONGEST_WORDS, Button, ChatId, Message
from liqbot.chat.richtext import Span, letters

CHANNEL = "channel"
MINE, THEIRS = "My alerts", "Alerts here"  # what a button to a list says, of one and of a chat
ACTIONS: Mapping[str, str] = MappingProxyType(  # after /channel: what each says of one's own
    {
        "add": "subscribe",
        "list": "alerts",
        "remove": "unsubscribe",
        "pause": "alerts pause",
        "resume": "alerts resume",
        "extend": "alerts extend",
        "follow": "alerts follow",
        "mute": "mute",
        "unmute": "unmute",
        "quiet": "quiet",
        "settings": "settings",
        "test": "test",
    }
)

_BY_WORDS = {said: action for action, said in ACTIONS.items()}
_LONGEST_FIRST = "|".join(sorted(_BY_WORDS, key=len, reverse=True))
_PERSONAL = re.compile(rf"({_LONGEST_FIRST})(?![\w-])")
_SLASHED = re.compile(rf"/({_LONGEST_FIRST})(?![\w-])")


def acting(chat: ChatId, words: str) -> str:
    """Return words that do for a chat what some do for whoever says them."""
    found = _PERSONAL.match(words)
    if chat.user is not None or found is None:
        return words
    return f"{CHANNEL} {_BY_WORDS[found[1]]}{words[found.end() :]}"


def hinting(chat: ChatId, sentence: str) -> str:
    """Return a sentence whose hints, such as /mute, act for a chat."""
    if chat.user is not None:
        return sentence
    return _SLASHED.sub(lambda found: f"/{CHANNEL} {_BY_WORDS[found[1]]}", sentence)


def spoken(chat: ChatId, message: Message) -> Message:
    """Return a message whose hints and buttons act for a chat; all there may read it."""
    return replace(
        message,
        text=tuple(tuple(_hinted(chat, span) for span in line) for line in message.text),
        buttons=tuple(
            row
            for said in message.buttons
            if (row := buttons(chat, *((each.label, each.words) for each in said)))
        ),
        private=False,
    )


def _hinted(chat: ChatId, span: Span) -> Span:
    said = hinting(chat, letters(span))
    return said if isinstance(span, str) else replace(span, text=said)


def buttons(chat: ChatId, *offered: tuple[str, str]) -> tuple[Button, ...]:
    """Return a row of buttons, of labels and words that act for a chat; those that can be."""
    shared = {MINE: THEIRS} if chat.user is None else {}
    said = [(shared.get(label, label), acting(chat, words)) for label, words in offered]
    return tuple(
        Button(label, words) for label, words in said if len(words.encode()) <= LONGEST_WORDS
    )
