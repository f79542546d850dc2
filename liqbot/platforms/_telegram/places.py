"""Chats, as liqbot and as Telegram number them."""

import re
from dataclasses import dataclass

from liqbot.chat.message import ChatId
from liqbot.errors import DeliveryRefused, excerpt

PLATFORM = "telegram"

_SHARED = re.compile(r"(-\d{1,18})(?:/(\d{1,18}))?")
_USER = re.compile(r"\d{1,18}")


@dataclass(frozen=True, slots=True)
class Place:
    """A chat, or one topic of a forum. Users are numbered above zero, groups and channels below."""

    chat: int
    topic: int | None = None

    @property
    def is_shared(self) -> bool:
        """Whether others than one user read it."""
        return self.chat < 0

    @property
    def id(self) -> ChatId:
        """What liqbot calls it: user:7, -1001234, -1001234/17."""
        if not self.is_shared:
            return ChatId.private(PLATFORM, str(self.chat))
        return ChatId(PLATFORM, f"{self.chat}/{self.topic}" if self.topic else str(self.chat))


def place_of(chat: ChatId) -> Place:
    """Return where a chat is; raise DeliveryRefused for what is no address."""
    if chat.user is not None and _USER.fullmatch(chat.user):
        return Place(int(chat.user))
    if (found := _SHARED.fullmatch(chat.address)) is not None:
        return Place(int(found[1]), int(found[2]) if found[2] else None)
    raise DeliveryRefused(f"“{excerpt(chat.address)}” is no chat of Telegram.")
