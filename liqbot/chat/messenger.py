"""Port: how a message reaches a chat."""

from typing import Protocol

from liqbot.chat.message import ChatId, Message


class Messenger(Protocol):
    """One platform, as it can be written to.

    Both raise DeliveryDelayed, DeliveryRefused or ChatMoved and nothing else.
    """

    async def send(self, chat: ChatId, message: Message) -> str:
        """Send a message; return the platform's name for it, for `edit`."""
        ...

    async def edit(self, chat: ChatId, sent: str, message: Message) -> None:
        """Put another message in the place of one that was sent."""
        ...
