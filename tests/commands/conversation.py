"""Several people who talk with one bot."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from liqbot.chat.message import ChatId, Message
from liqbot.chat.richtext import plain
from liqbot.clock import SteppedClock
from liqbot.commands import COMMANDS
from liqbot.commands.command import Caller, answer
from liqbot.desk import Desk
from liqbot.heatmap.history import History
from tests.fakes.desk import FakeMarkets, a_desk
from tests.rules.scenes import a_long, a_scene

HOME, GROUP = ChatId.private("telegram", "ann"), ChatId("telegram", "-100")
ANN = Caller(chat=HOME, user="ann", is_admin=False)  # at home
BOB = Caller(chat=GROUP, user="bob", is_admin=False)
CAT = Caller(chat=GROUP, user="cat", is_admin=False)
DAN = Caller(chat=GROUP, user="dan", is_admin=True)
NEAR, FAR = a_long(-0.015), a_long(-0.045)


def a_map(base: str = "BTC", *, near: bool = False) -> History:
    """Return a map with longs 1.5 % below the price, or 4.5 %."""
    return a_scene(NEAR if near else FAR, base=base).history


@dataclass
class Conversation:
    """A desk whose markets a test moves, and whoever asks."""

    desk: Desk
    markets: FakeMarkets
    clock: SteppedClock = field(init=False)

    def __post_init__(self) -> None:
        assert isinstance(self.desk.clock, SteppedClock)
        self.clock = self.desk.clock

    async def ask(self, line: str, caller: Caller = ANN) -> Message:
        return await answer(COMMANDS, self.desk, caller, line)

    async def said(self, line: str, caller: Caller = ANN) -> str:
        """Ask, and return the words of the answer."""
        return plain((await self.ask(line, caller)).text)

    async def numbers(self, caller: Caller = ANN) -> list[int]:
        """Return the numbers of what is told to the chat that a caller means."""
        listed = await self.desk.ledger.subscriptions.listed(caller.home)
        return [each.id for each in listed]


def a_conversation(maps: Iterable[History] = (), **settings: Any) -> Conversation:  # noqa: ANN401
    """Return a conversation about BTC and ETH, or about some maps."""
    desk, markets, _ = a_desk(*(tuple(maps) or (a_map(), a_map("ETH"))), **settings)
    return Conversation(desk, markets)


def words(message: Message) -> list[str]:
    """Return what the buttons say when pressed."""
    return [each.words for row in message.buttons for each in row]
