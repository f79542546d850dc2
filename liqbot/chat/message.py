"""What liqbot says, and to whom."""

from dataclasses import dataclass

from liqbot.chat.richtext import RichText


@dataclass(frozen=True, slots=True)
class ChatId:
    """One conversation on one platform."""

    platform: str  # the platform's file stem: "telegram"
    address: str  # as the platform numbers it; a forum topic is part of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A picture or a file that goes with a text."""

    name: str  # "btc-heatmap.png"
    content: bytes
    alt: str = ""  # the same facts in words, for pictures


@dataclass(frozen=True, slots=True)
class Button:
    """A canned command: pressing it is the same as typing it."""

    label: str
    words: str  # "heatmap BTC 3d"; at most 64 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One answer or alert."""

    text: RichText
    picture: Attachment | None = None
    document: Attachment | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()  # rows
    private: bool = False  # for the caller's eyes alone, where the platform can
