"""Everything that the Bot API remembers, and what tests read of it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from liqbot.clock import Clock
from tests.fakes.faults import Json
from tests.fakes.telegram.chats import Chat, User
from tests.fakes.telegram.files import Files
from tests.fakes.telegram.limits import Limits, Troubles
from tests.fakes.telegram.messages import Message, Query
from tests.fakes.telegram.refusal import Refused
from tests.fakes.telegram.transcript import Transcript
from tests.fakes.telegram.updates import Updates
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from tests.fakes.telegram.spec import Spec


class Call(NamedTuple):
    """One request, and how it was answered."""

    method: str
    words: dict[str, Json]
    status: int
    at: float  # Unix s
    why: str = ""  # of a refusal


class Action(NamedTuple):
    """What the bot was shown to be doing."""

    chat: Chat
    action: str
    thread: int | None


@dataclass
class Settings:
    """What the bot says of itself, by language; commands by scope and language."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    rights: dict[bool, Json] = field(default_factory=dict)  # by: for channels
    menu: Json = field(default_factory=lambda: {"type": "commands"})


class Telegram:
    """Chats, people, messages, files, updates: the state behind the methods."""

    def __init__(self, spec: "Spec", token: str, username: str, clock: Clock) -> None:
        self.spec, self.token, self._clock = spec, token, clock
        self.bot = User(int(token.split(":", maxsplit=1)[0]), "liqbot", username, None, is_bot=True)
        self.reads_all = False  # privacy mode is off
        self.chats: dict[int, Chat] = {}
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.queries: dict[str, Query] = {}
        self.query_life_s = 60.0
        self.actions: list[Action] = []
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.files, self.settings = Files(), Settings()
        self._changed = asyncio.Event()
        self.updates = Updates(spec.updates, self._changed)
        self.limits, self.troubles = Limits(self.now), Troubles()
        self.story = Transcript(self.bot)
        self._since: Counter[int] = Counter()

    def now(self) -> float:
        """Return Unix s."""
        return self._clock.now().timestamp()

    # what methods do

    def chat(self, named: int | str) -> Chat:
        """Return a chat by its id or @name; raise Refused for none."""
        for each in [self.chats.get(named)] if isinstance(named, int) else self.chats.values():
            if each and (each.id == named or (each.username and f"@{each.username}" == named)):
                return each
        raise Refused(400, "chat not found")

    def post(self, message: Message) -> Message:
        """Put a message into its chat."""
        message.chat.messages[message.id] = message
        self.story.said(message)
        return message

    def next_id(self, chat: Chat) -> int:
        """Return the id of a chat's next message."""
        return len(chat.messages) + 1

    def tell(self, kind: str, told: Json) -> None:
        """Tell the bot something, as the official types say it."""
        self.violations += [
            f"the server itself: {each}"
            for each in self.spec.wrong_value("Update", {"update_id": 1, kind: told})
        ]
        self.updates.put(kind, told)

    def note(self, call: Call) -> None:
        """Remember a request, and wake whoever waits for what it changed."""
        self.calls.append(call)
        self._changed.set()

    # what tests read

    def messages(self, chat: Chat) -> list[Message]:
        """Return what the bot has sent to a chat, without what it deleted."""
        return [
            each for each in chat.messages.values() if each.author is self.bot and not each.deleted
        ]

    def count(self, method: str, status: int | None = None) -> int:
        """Count the calls of a method, with one status if named."""
        return sum(each.method == method and status in {None, each.status} for each in self.calls)

    @property
    def refusals(self) -> list[Call]:
        """The calls that were not answered with 200, violations among them."""
        return [each for each in self.calls if each.status != 200]

    @property
    def transcript(self) -> str:
        """Who said what, and what the bot sent and edited."""
        return self.story.text

    async def until(self, holds: Callable[[], object], within: float = PATIENCE_S) -> None:
        """Wait until something holds; AssertionError, with the story so far, if it never does."""
        try:
            async with asyncio.timeout(within):
                while not holds():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            recent = [f"{each.method} {each.status} {each.why}" for each in self.calls[-8:]]
            told = "\n".join((self.transcript, *recent, *self.violations))
            raise AssertionError(f"it did not happen within {within} s:\n{told}") from None

    async def answered(
        self, chat: Chat, count: int = 1, within: float = PATIENCE_S
    ) -> list[Message]:
        """Wait for so many messages since somebody last spoke here; return them."""

        def since() -> list[Message]:
            return [each for each in self.messages(chat) if each.id > self._since[chat.id]]

        await self.until(lambda: len(since()) >= count, within)
        return since()

    async def edited(self, message: Message, times: int = 1, within: float = PATIENCE_S) -> None:
        """Wait until the bot has edited a message so often in all."""
        await self.until(lambda: message.edits >= times, within)

    async def settled(self, query: Query, within: float = PATIENCE_S) -> Query:
        """Wait until the bot has answered a press."""
        await self.until(lambda: query.answered, within)
        return query
