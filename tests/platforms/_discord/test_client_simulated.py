"""The same client in another's Discord, in the same process: a second opinion."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import discord
import pytest
import simcord

from liqbot.platforms._discord.access import Access
from liqbot.platforms._discord.answering import Answering
from liqbot.platforms._discord.client import Client
from tests.fakes.desk import PNG, a_reception


@dataclass
class Simulated:
    """Somebody in a channel, and an administrator."""

    env: simcord.Env
    channel: simcord.ChannelHandle
    ann: simcord.MemberActor
    admin: simcord.MemberActor


@asynccontextmanager
async def simulated(folder: Path) -> AsyncIterator[Simulated]:
    reception = a_reception(folder)
    client = Client(reception, Answering(reception, Access()))
    async with simcord.run(client, shard_count=1) as env:
        guild = env.create_guild()
        mods = guild.create_role("mods", permissions=discord.Permissions(manage_guild=True))
        yield Simulated(
            env,
            guild.create_text_channel("alerts"),
            guild.add_member(env.create_user("ann")),
            guild.add_member(env.create_user("admin"), roles=[mods]),
        )


async def test_a_picture_is_answered_in_an_embed_and_changed_by_its_buttons(tmp_path: Path) -> None:
    async with simulated(tmp_path) as here:
        told = await here.ann.slash(here.channel, "heatmap", market="BTC")
        assert told.acknowledged
        message = here.channel.last_message
        assert message is not None
        (embed,), (file,) = message.embeds, message.attachments
        assert (embed.description or "").startswith("**BTC liquidation heatmap · 24h**")
        assert embed.image.url == f"attachment://{file.filename}"
        assert "The heatmap of BTC" in (file.description or "")
        assert file.size == len(PNG)
        pressed = await here.admin.click(message, label="3d")
        assert pressed.acknowledged


async def test_what_is_personal_is_seen_by_who_asked(tmp_path: Path) -> None:
    async with simulated(tmp_path) as here:
        told = await here.ann.slash(here.channel, "subscribe", words="BTC near")
        assert told.ephemeral
        assert here.channel.history(viewer=here.admin) == []


async def test_words_are_completed(tmp_path: Path) -> None:
    async with simulated(tmp_path) as here:
        told = await here.ann.autocomplete(here.channel, "heatmap", "market", "e")
        assert "ETH" in str(told)


@pytest.mark.parametrize("name", ["status", "help", "start", "alerts", "levels"])
async def test_commands_are_answered(tmp_path: Path, name: str) -> None:
    given = {"market": "BTC"} if name == "levels" else {}
    async with simulated(tmp_path) as here:
        told = await here.admin.slash(here.channel, name, **given)
        assert told.response is not None
