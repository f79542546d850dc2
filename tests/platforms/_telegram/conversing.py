"""The golden conversation, as all of them saw it.

`uv run python -m tests.platforms._telegram.conversing` writes it anew.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from liqbot.alerting.delivery import next_step
from liqbot.alerting.wording import message
from liqbot.live.watcher import Watcher
from liqbot.platforms.platform import Connection
from tests.alerting.stage import NUMBERS
from tests.charts.histories import a_history
from tests.commands.conversation import Conversation, a_conversation, a_map
from tests.fakes.telegram.chats import Chat, Topic
from tests.fakes.telegram.messages import Message
from tests.fakes.telegram.server import TelegramServer
from tests.platforms.telegrams import Painter, talking

FILE = Path(__file__).parent / "conversation.txt"

PLACES = ("Ann", "Traders", "Forum / Alerts", "Signals")  # alone, a group, a topic, a channel
ALONE = (  # every command; below what is answered, each kind of button is pressed once
    "/start hello",
    "/help",
    "/help subscribe",
    "/heatmap BTC",
    "levels btc 3d bybit",
    "/delta BTC",
    "/tiers BTC",
    "/venues BTC",
    "/feed BTC 1h",
    "/plan BTC",
    "/replay BTC",
    "/whatif BTC 62000",
    "/risk",
    "/export BTC 7d",
    "/status",
    "/accuracy",
    "/subscribe",
    "/subscribe BTC within 2% of a long cluster",
    "/alerts",
    "/alerts",
    "/check BTC long 65000 25x",
    "/watch BTC long 65000 25x",
    "/unwatch all",
    "/why 0123",
    "/mute ETH 2h",
    "/unmute",
    "/quiet 23:00-07:00 Europe/Berlin",
    "/unsubscribe all",
    "/test",
    "/channel",
    "/settings",
    "/settings forget",
    "/heatmap DOGE",
    "heatmpa eth",
)
SHARED = (  # every command: what others read, and what is for whoever asks alone
    "/heatmap BTC",
    "/levels ETH",
    "/delta BTC",
    "/tiers BTC",
    "/venues BTC",
    "/feed BTC",
    "/plan BTC",
    "/replay BTC",
    "/whatif BTC 62000",
    "/risk",
    "/export BTC",
    "/status",
    "/accuracy",
    "/start",
    "/help",
    "/why 0123",
    "/test",
    "/check BTC long 65000 25x",
    "/watch BTC long 65000 25x",
    "/unwatch all",
    "/subscribe ETH cascade",
    "/alerts",
    "/mute ETH 1h",
    "/unmute all",
    "/quiet 22:00-06:00",
    "/settings light",
    "/unsubscribe all",
    "/channel",
    "/channel add cascade BTC",
)
RULED = (  # what administrators say for all who read there
    "/channel",
    "/channel add cascade BTC",
    "/channel list",
    "/channel mute BTC 2h",
    "/channel unmute BTC",
    "/channel quiet 23:00-07:00 Europe/Berlin",
    "/channel settings light",
    "/channel test",
    "/channel remove 3",
)


@dataclass
class Talk:
    """Everybody, the bot, and which buttons have been pressed."""

    server: TelegramServer
    connection: Connection
    there: Conversation
    pressed: set[str] = field(default_factory=set)

    async def said(
        self, chat: Chat, who: Chat, line: str, topic: Topic | None = None
    ) -> list[Message]:
        """Let somebody write; return what the bot wrote there once all is said."""
        before = len(self.server.messages(chat))
        if chat.type == "channel":
            await self._over(lambda: self.server.post_in_channel(chat, who, line))
        else:
            await self._over(lambda: self.server.say(chat, who, line, thread=topic))
        return self.server.messages(chat)[before:]

    async def press(self, shown: Message, label: str, who: Chat) -> None:
        """Let somebody press a button, and wait until all is said."""
        self.pressed.add(_kind(label))
        await self._over(lambda: self.server.press(shown, label, who))

    async def press_old(self, shown: Message, label: str, words: str, who: Chat) -> None:
        """Let somebody press a button that was there, as slow clients let them."""
        self.pressed.add(_kind(label))
        await self._over(lambda: self.server.forge(shown, words, who))

    async def press_all(self, shown: Message, who: Chat) -> None:
        """Press every kind of button that was never pressed, those that come by it, too."""
        while fresh := [each for each in _labels(shown) if _kind(each) not in self.pressed]:
            await self.press(shown, fresh[0], who)

    async def _over(self, act: Callable[[], object]) -> None:
        """Let somebody do something, and wait until the bot has said all that it says."""
        before = self._answers
        self.there.clock.step(timedelta(seconds=1))
        act()
        await self.server.until(lambda: self._answers > before)
        while tasks := self.connection._tasks:  # type: ignore[attr-defined]
            await asyncio.wait(tasks)

    @property
    def _answers(self) -> int:
        return sum(each.method.startswith(("send", "edit")) for each in self.server.calls)

    async def alert(self, near: str) -> None:
        """Bring price near what somebody waits for, and send all that is owed for it."""
        desk, clock = self.there.desk, self.there.clock
        watcher = desk.alerts
        assert isinstance(watcher, Watcher)
        self.there.markets.histories[near] = a_map(near, near=True)
        for _ in range(3):
            clock.step(timedelta(seconds=20))
            await watcher.look()
        for post in await desk.ledger.outbox.claim_due(clock.now(), 9):
            told = message(post, NUMBERS, clock.now())
            sent = await self.connection.send(post.chat, told)
            await desk.ledger.outbox.finish(next_step(post, sent, clock.now(), 0.5))


async def conversation() -> str:
    """Let people talk with the bot alone, in a group, a topic and a channel; return it all."""
    there = a_conversation((a_history(), a_history(base="ETH", price=3_000.0)))
    desk = replace(there.desk, studio=Painter())
    with TemporaryDirectory() as folder:
        async with (
            TelegramServer(clock=there.clock) as server,
            talking(server, Path(folder), desk=desk) as connection,
        ):
            talk = Talk(server, connection, there)
            ann = server.user(7, "Ann")
            await _alone(talk, ann)
            await _in_a_group(talk, ann)
            await _in_a_topic(talk, ann)
            await _in_a_channel(talk, ann)
            return server.transcript


async def _alone(talk: Talk, ann: Chat) -> None:
    (guide,) = await talk.said(ann, ann, "/subscribe BTC")
    for each in [each for row in guide.keyboard for each in row]:
        await talk.press_old(guide, each.label, str(each.data), ann)
    for line in ALONE:
        for shown in await talk.said(ann, ann, line):
            await talk.press_all(shown, ann)
    talk.there.markets.histories |= {base: a_map(base) for base in ("BTC", "ETH")}
    await talk.said(ann, ann, "/subscribe BTC near")
    await talk.alert("BTC")
    await talk.press_all(talk.server.messages(ann)[-1], ann)


async def _in_a_group(talk: Talk, ann: Chat) -> None:
    """Let a member, a founder and a stranger ask."""
    server = talk.server
    bea, cem = server.user(8, "Bea"), server.user(9, "Cem")
    group = server.supergroup("Traders", bea, ann, cem)
    server.add_bot(group)
    for line in SHARED:
        await talk.said(group, ann, line)
    (shown,) = await talk.said(group, ann, "/heatmap BTC")
    await talk.press(shown, "3d", cem)
    await talk.said(group, cem, "/alerts")
    for line in RULED:
        await talk.said(group, bea, line)
    talk.there.markets.histories["BTC"] = a_map()
    await talk.said(group, bea, "/channel add BTC near")
    await talk.alert("BTC")
    alert = server.messages(group)[-1]
    await talk.press(alert, "Why", ann)
    await talk.press(alert, "Mute 15m", ann)
    await talk.press(alert, "Mute 15m", bea)


async def _in_a_topic(talk: Talk, ann: Chat) -> None:
    """Let the one who founded a forum set up one topic."""
    server = talk.server
    forum = server.supergroup("Forum", ann, topics=("General talk", "Alerts"))
    server.add_bot(forum)
    assert forum.topics is not None
    topic = [*forum.topics.values()][-1]
    for line in (*SHARED, "/channel add ETH near", "/channel list"):
        await talk.said(forum, ann, line, topic)
    await talk.alert("ETH")


async def _in_a_channel(talk: Talk, ann: Chat) -> None:
    """Let a channel ask by what is posted there, and a reader press what is below."""
    server = talk.server
    channel = server.channel("Signals", ann)
    server.add_bot(channel, "administrator", "can_post_messages", "can_edit_messages")
    (shown,) = await talk.said(channel, ann, "/heatmap BTC")
    reader = server.user(12, "Rea", started=True)
    await talk.press(shown, "Levels", reader)
    await talk.press(shown, "7d", ann)
    for line in (*(each for each in SHARED if each not in RULED), *RULED):
        await talk.said(channel, ann, line)


def _labels(shown: Message) -> list[str]:
    return [each.label for row in shown.keyboard for each in row if each.data]


def _kind(label: str) -> str:
    """Return what a button is, whatever number it bears: Stop #1, Stop #2; 2%, 3%."""
    return re.sub(r"#\d+|[\d.]+(?=[%:]|$)", "N", label)


def asked_in(place: str, text: str) -> set[str]:
    """Return the names of the commands that were typed somewhere, as a conversation tells."""
    typed = rf"^\[{re.escape(place)}\] (?!liqbot)\S+ #\d+\n +/?(\w+)"
    return set(re.findall(typed, text, re.MULTILINE))


def main() -> None:
    """Write the golden conversation."""
    FILE.write_text(asyncio.run(conversation()), "utf-8")


if __name__ == "__main__":
    main()
