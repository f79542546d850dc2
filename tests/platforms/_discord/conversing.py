"""The golden conversation, as all of them saw it.

`uv run python -m tests.platforms._discord.conversing` writes it anew.
"""

import asyncio
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from liqbot.chat.message import Button, ChatId
from liqbot.chat.message import Message as Told
from liqbot.chat.richtext import Bold
from liqbot.commands import COMMANDS
from tests.fakes.discord.interaction import WILL_EDIT, Interaction
from tests.fakes.discord.messages import Message
from tests.fakes.discord.people import User
from tests.fakes.discord.places import Channel
from tests.platforms._discord.stage import Stage, chat_of, staged

FILE = Path(__file__).parent / "conversation.txt"

PLACES = ("Traders #alerts", "Traders #alerts › talk", "@ann", "@friends")
ASKED: dict[str, dict[str, Any]] = {  # what every command is asked, the options by their names
    "heatmap": {"market": "BTC", "range": "3d", "venue": "bybit"},
    "levels": {"market": "eth"},
    "delta": {"market": "BTC"},
    "tiers": {"market": "BTC"},
    "venues": {"market": "BTC"},
    "replay": {"market": "BTC"},
    "feed": {"market": "BTC"},
    "plan": {"market": "BTC"},
    "whatif": {"market": "BTC", "price": "62000"},
    "risk": {},
    "check": {"words": "BTC long 65000 25x"},
    "watch": {"words": "BTC long 65000 25x"},
    "unwatch": {"number": "all"},
    "subscribe": {"words": "BTC near"},
    "alerts": {},
    "unsubscribe": {"number": "all"},
    "mute": {"market": "BTC", "span": "2h"},
    "unmute": {"market": "BTC"},
    "quiet": {"hours": "23:00-07:00 Europe/Berlin"},
    "settings": {"theme": "light"},
    "channel": {},
    "why": {"answer": "abc"},
    "test": {"market": "BTC"},
    "accuracy": {},
    "export": {"market": "BTC"},
    "status": {},
    "help": {},
    "start": {},
}
ALERT = Told(
    text=((Bold("BTC · a cluster is near"),), ("65,780–66,170 · +1.2% · $49.7M",)),
    buttons=((Button("Why", "why 1f"), Button("Mute 1h", "mute BTC 1h")),),
)


@dataclass
class Talk:
    """Everybody, and which buttons have been pressed."""

    stage: Stage
    pressed: set[str] = field(default_factory=set)

    async def everything(self, who: User, place: Channel) -> None:
        """Let somebody ask every command; what is for who manages the server, such a one."""
        for name, given in ASKED.items():
            manages = COMMANDS[name].admin_only and place.guild is not None
            asking = self.stage.admin if manages else who
            told = await self.stage.server.slash(asking, place, name, **given)
            await self.press_all(told.answer, asking)

    async def press(self, on: Message, label: str, who: User) -> Interaction:
        """Press a button, and wait for what comes of it."""
        self.pressed.add(_kind(label))
        pressed = await self.stage.server.press(who, on, label)
        assert pressed.acknowledged == WILL_EDIT
        await self.stage.server.until(lambda: pressed.answers)
        return pressed

    async def press_all(self, on: Message, who: User) -> None:
        """Press every kind of button that was never pressed, those that come by it, too."""
        while fresh := [each for each in on.labels if _kind(each) not in self.pressed]:
            said = await self.press(on, fresh[0], who)
            if said.answer is not on:
                await self.press_all(said.answer, who)


async def conversation() -> str:
    """Let people talk with the bot wherever it can be asked; return what all of them saw."""
    with TemporaryDirectory() as folder:
        async with staged(Path(folder)) as stage, stage.open() as connection:
            talk, realm = Talk(stage), stage.server.realm
            await _in_a_channel(talk)
            await _alone(talk)
            await talk.everything(stage.ann, realm.thread(stage.channel, "talk"))
            cem = realm.user("cem", installed=True)
            await talk.everything(cem, realm.group(cem, "friends"))
            traders = realm.role(stage.guild, "traders", mentionable=True)
            loud = replace(ALERT, role=str(traders.id))
            sent = await connection.send(chat_of(stage.channel), loud)
            own = ChatId.private("discord", str(stage.ann.id))
            await connection.send(own, replace(ALERT, silent=True))
            over = replace(ALERT, text=((Bold("BTC · swept"),),), buttons=())
            await connection.edit(chat_of(stage.channel), sent, over)
            return realm.transcript.text().replace(traders.mention, "@traders")


async def _in_a_channel(talk: Talk) -> None:
    stage = talk.stage
    await stage.server.autocomplete(stage.ann, stage.channel, "heatmap", "market", "bt")
    drawn = await stage.ask("heatmap", market="BTC")
    await talk.press(drawn.answer, "3d", stage.admin)
    await talk.press(drawn.answer, "Levels", stage.ann)
    await stage.ask("heatmap", market="DOGE")
    await talk.everything(stage.ann, stage.channel)


async def _alone(talk: Talk) -> None:
    """Let Ann ask alone, and choose what she wants to hear of."""
    stage = talk.stage
    own = stage.alone(stage.ann)
    guided = await stage.server.slash(stage.ann, own, "subscribe")
    await talk.press_all(guided.answer, stage.ann)
    listed = await stage.server.slash(stage.ann, own, "alerts")
    await talk.press(listed.answer, listed.answer.labels[0], stage.ann)
    await talk.everything(stage.ann, own)


def asked_in(place: str, text: str) -> set[str]:
    """Return the names of the commands that were asked somewhere, as a conversation tells."""
    parts = (each.partition("\n") for each in re.split("^── ", text, flags=re.MULTILINE))
    told = "".join(said for where, _, said in parts if where == place)
    return set(re.findall(r"^\w+: /(\w+)", told, re.MULTILINE))


def _kind(label: str) -> str:
    """Return what a button is, whatever number it bears: Stop #1, Stop #2; 2%, 3%."""
    return re.sub(r"#\d+|[\d.]+(?=[%:]|$)", "N", label)


def main() -> None:
    """Write the golden conversation."""
    FILE.write_text(asyncio.run(conversation()), "utf-8")


if __name__ == "__main__":
    main()
