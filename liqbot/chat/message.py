"""What liqbot says, and to whom."""

from dataclasses import dataclass

from liqbot.chat.richtext import RichText

LONGEST_WORDS = 64  # bytes that Telegram carries with a button

_OWN = "user:"


@dataclass(frozen=True, slots=True)
class ChatId:
    """One conversation on one platform."""

    platform: str  # the platform's file stem: "telegram"
    address: str  # as the platform numbers it; a forum topic is part of it

    @classmethod
    def private(cls, platform: str, user: str) -> "ChatId":
        """Return the chat of a user with the bot alone."""
        return cls(platform, f"{_OWN}{user}")

    @property
    def user(self) -> str | None:
        """Whose chat with the bot alone it is; None where others read it too."""
        return self.address.removeprefix(_OWN) if self.address.startswith(_OWN) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A picture or a file that goes with a text."""

    name: str  # "btc-heatmap-20261121-1205.png"
    content: bytes
    alt: str = ""  # the same facts in words, for pictures

    @property
    def is_animation(self) -> bool:
        """Whether it is a picture that moves."""
        return self.name.endswith(".gif")


@dataclass(frozen=True, slots=True)
class Button:
    """A canned command: pressing it is the same as typing it.

    Words that begin with a slash are answered by a message of its own, whatever their answer.
    """

    label: str
    words: str  # "heatmap BTC 3d"; at most LONGEST_WORDS bytes

    def __post_init__(self) -> None:
        """Raise ValueError for words that no platform would carry."""
        if not 0 < len(self.words.encode()) <= LONGEST_WORDS:
            raise ValueError(f"{self.words!r} is not 1 to {LONGEST_WORDS} bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One answer or alert."""

    text: RichText
    picture: Attachment | None = None
    document: Attachment | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()  # rows
    private: bool = False  # for the caller's eyes alone
    in_place: bool = False  # goes where the message was whose button asked for it
    silent: bool = False  # makes no sound
    role: str = ""  # whom a channel's alert calls, as the platform numbers them
