"""The golden conversation, as all of them saw it.

`uv run python -m tests.platforms._discord.conversing` writes it anew.
"""

import asyncio
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from liqbot.chat.message import Button, ChatId, Message
from liqbot.chat.richtext import Bold
from tests.fakes.discord.interaction import WILL_EDIT, Interaction
from tests.platforms._discord.stage import Stage, chat_of, staged

FILE = Path(__file__).parent / "conversation.txt"
ALERT = Message(
    text=((Bold("BTC · a cluster is near"),), ("65,780–66,170 · +1.2% · $49.7M",)),
    buttons=((Button("Why", "why 1f"), Button("Mute 1h", "mute BTC 1h")),),
)


async def conversation() -> str:
    """Let two people talk with the bot, in a channel and alone; return what all of them saw."""
    with TemporaryDirectory() as folder:
        async with staged(Path(folder)) as stage, stage.open() as connection:
            await _in_a_channel(stage)
            await _alone(stage)
            traders = stage.server.realm.role(stage.guild, "traders", mentionable=True)
            loud = replace(ALERT, role=str(traders.id))
            sent = await connection.send(chat_of(stage.channel), loud)
            own = ChatId.private("discord", str(stage.ann.id))
            await connection.send(own, replace(ALERT, silent=True))
            over = replace(ALERT, text=((Bold("BTC · swept"),),), buttons=())
            await connection.edit(chat_of(stage.channel), sent, over)
            said = stage.server.realm.transcript.text()
            return said.replace(traders.mention, "@traders")


async def _in_a_channel(stage: Stage) -> None:
    await stage.server.autocomplete(stage.ann, stage.channel, "heatmap", "market", "bt")
    drawn = await stage.ask("heatmap", market="BTC")
    await _pressed(stage, drawn, "3d")
    await _pressed(stage, drawn, "Levels")
    await stage.ask("heatmap", market="DOGE")
    await stage.ask("status", stage.admin)
    await stage.ask("subscribe", words="BTC near")


async def _alone(stage: Stage) -> None:
    own = stage.alone(stage.ann)
    guided = await stage.server.slash(stage.ann, own, "subscribe")
    await _pressed(stage, guided, "ETH")
    listed = await stage.server.slash(stage.ann, own, "alerts")
    await _pressed(stage, listed, "Stop #1")
    await stage.server.slash(stage.ann, own, "mute", market="BTC", span="2h")


async def _pressed(stage: Stage, on: Interaction, label: str) -> None:
    """Press a button and wait for what comes of it."""
    pressed = await stage.server.press(stage.ann, on.answer, label)
    assert pressed.acknowledged == WILL_EDIT
    await stage.server.until(lambda: pressed.answers)


def main() -> None:
    """Write the golden conversation."""
    FILE.write_text(asyncio.run(conversation()), "utf-8")


if __name__ == "__main__":
    main()
