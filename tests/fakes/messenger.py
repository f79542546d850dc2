"""A platform that remembers what was sent, and refuses on request."""

from dataclasses import dataclass, field

from liqbot.chat.message import ChatId, Message
from liqbot.errors import DeliveryError


@dataclass
class FakeMessenger:
    """Keeps messages by the name it gave them; raises what it is told to, once each."""

    shown: dict[tuple[ChatId, str], Message] = field(default_factory=dict)
    sent: list[tuple[ChatId, Message]] = field(default_factory=list)
    edited: list[tuple[ChatId, str, Message]] = field(default_factory=list)
    troubles: list[DeliveryError] = field(default_factory=list)

    async def send(self, chat: ChatId, message: Message) -> str:
        self._falter()
        self.sent.append((chat, message))
        name = str(len(self.sent))
        self.shown[chat, name] = message
        return name

    async def edit(self, chat: ChatId, sent: str, message: Message) -> None:
        self._falter()
        self.edited.append((chat, sent, message))
        self.shown[chat, sent] = message

    def _falter(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
