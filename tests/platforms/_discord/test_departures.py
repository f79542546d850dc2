"""Where a channel is gone or closed, whoever was told there is told nothing more."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from discord.state import AutoShardedConnectionState

from liqbot.alerting.subscription import Subscription, Wish, subscribed
from liqbot.chat.message import ChatId
from liqbot.platforms._discord.client import Client
from tests.fakes.desk import AT
from tests.fakes.discord.places import Channel
from tests.platforms._discord.stage import Stage, chat_of, staged
from tests.waiting import soon, until


async def subscribe(stage: Stage, *channels: Channel) -> None:
    """Let somebody want to hear of something in some channels."""
    for each in channels:
        wish = Wish(rule="cluster_approach", base="BTC")
        made: Subscription = subscribed(wish, chat_of(each), str(stage.admin.id), AT, ())
        await stage.desk.ledger.subscriptions.add(made, {})


async def ended(stage: Stage, chat: ChatId) -> str:
    """Return why a chat is told nothing more, once it is not."""

    async def why() -> str:
        return (await stage.desk.ledger.recipients.get(chat)).disabled

    return await until(why)


async def told_again(stage: Stage, chat: ChatId) -> None:
    """Wait until a chat is told again."""

    async def is_told() -> bool:
        return not (await stage.desk.ledger.recipients.get(chat)).disabled

    assert await until(is_told)


def happens(what: str, stage: Stage) -> None:
    """Let something happen to the channel."""
    server, realm, guild = stage.server, stage.server.realm, stage.guild
    everyone, own = guild.roles[0], guild.members[realm.bot.id].roles[0]
    match what:
        case "delete" | "delete parent":
            server.delete_channel(stage.channel)
        case "kick":
            server.kick(guild)
        case "forbid":
            server.forbid(stage.channel, "send_messages")
        case "hide":
            server.forbid(stage.channel, "view_channel")
        case "role":
            server.empower(guild, everyone)
        case "role deleted":
            server.empower(guild, own, "view_channel", "send_messages", "embed_links")
            server.empower(guild, everyone)
            told = {"guild_id": str(guild.id), "role_id": str(own.id)}
            realm.tell("GUILD_ROLE_DELETE", told, guild.id)
        case "role lost":
            server.allow(stage.channel, "send_messages", whom=own)
            server.forbid(stage.channel, "send_messages", whom=everyone)
            guild.members[realm.bot.id].roles.clear()
            me = guild.members[realm.bot.id].payload() | {"guild_id": str(guild.id)}
            realm.tell("GUILD_MEMBER_UPDATE", me, guild.id)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("delete", "the channel is gone"),
        ("delete parent", "the channel is gone"),
        ("kick", "liqbot is not in that server any more"),
        ("forbid", "liqbot may not write there any more"),
        ("hide", "liqbot may not write there any more"),
        ("role", "liqbot may not write there any more"),
        ("role deleted", "liqbot may not write there any more"),
        ("role lost", "liqbot may not write there any more"),
    ],
)
async def test_a_channel_that_is_gone_or_closed_ends(tmp_path: Path, what: str, why: str) -> None:
    async with staged(tmp_path) as stage, stage.open():
        server = stage.server
        thread = server.realm.thread(stage.channel, "btc")
        place = thread if what == "delete parent" else stage.channel
        await subscribe(stage, place)
        happens(what, stage)
        name = "btc" if what == "delete parent" else "alerts"
        assert await ended(stage, chat_of(place)) == f"{why} (#{name} in Traders)"


async def test_a_channel_that_may_be_written_in_again_is_told_again(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open():
        await subscribe(stage, stage.channel)
        happens("forbid", stage)
        assert await ended(stage, chat_of(stage.channel))
        stage.server.allow(stage.channel, "send_messages")
        await told_again(stage, chat_of(stage.channel))


async def test_a_server_that_lets_the_bot_in_again_is_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = asyncio.Event()

    async def on_ready(_: Client) -> None:
        ready.set()

    monkeypatch.setattr(Client, "on_ready", on_ready, raising=False)

    def quick(**options: Any) -> AutoShardedConnectionState[Any]:  # noqa: ANN401
        return AutoShardedConnectionState(guild_ready_timeout=0.02, **options)

    monkeypatch.setattr("discord.shard.AutoShardedConnectionState", quick)
    async with staged(tmp_path) as stage, stage.open():
        await subscribe(stage, stage.channel)
        await soon(ready.wait())
        happens("kick", stage)
        assert await ended(stage, chat_of(stage.channel))
        stage.server.realm.invite(stage.guild)
        await told_again(stage, chat_of(stage.channel))


async def test_others_are_told_as_before_and_nothing_is_kept_of_who_was_told_nothing(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path) as stage, stage.open():
        server = stage.server
        other, quiet = (server.realm.channel(stage.guild, name) for name in ("other", "quiet"))
        await subscribe(stage, stage.channel, other)
        server.delete_channel(quiet)
        server.delete_channel(stage.channel)
        assert await ended(stage, chat_of(stage.channel))
        kept = await stage.desk.ledger.recipients.listed()
    assert [each.chat for each in kept] == [chat_of(stage.channel)]


async def test_an_outage_is_no_end(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open():
        other = stage.server.realm.channel(stage.guild, "other")
        await subscribe(stage, stage.channel, other)
        stage.server.outage(stage.guild)
        away = replace(stage, guild=stage.server.realm.guild("Second"))
        last = stage.server.realm.channel(away.guild, "last")
        await subscribe(away, last)
        stage.server.delete_channel(last)
        assert await ended(stage, chat_of(last))
        recipient = await stage.desk.ledger.recipients.get(chat_of(stage.channel))
    assert recipient.disabled == ""
