"""What is sent, what is changed, and what goes wrong on the way."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from liqbot.chat.message import Attachment, Button, ChatId, Message
from liqbot.errors import DeliveryDelayed, DeliveryRefused
from liqbot.platforms._discord.client import Client
from tests.fakes.desk import PNG
from tests.fakes.discord.faults import Fault, Kind
from tests.fakes.discord.messages import SILENT
from tests.platforms._discord.stage import PLATFORM, chat_of, says, staged, words

SEND = "POST /channels/{channel_id}/messages"
DRAWN = Attachment(name="btc.png", content=PNG, alt="A map")
ALERT = Message(
    text=(("BTC near A",),), picture=DRAWN, buttons=((Button("Why", "why 1"),),), role=""
)


async def test_an_alert_comes_with_its_picture_and_calls_its_role_alone(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open() as connection:
        traders = stage.server.realm.role(stage.guild, "traders", mentionable=True)
        loud = replace(ALERT, role=str(traders.id), text=((f"@everyone <@{stage.ann.id}>",),))
        await connection.send(chat_of(stage.channel), loud)
        await connection.send(chat_of(stage.channel), replace(ALERT, silent=True))
    first, second = stage.channel.messages
    assert (first.pings.roles, first.pings.users, first.pings.everyone) == (("traders",), (), False)
    assert first.content == traders.mention
    assert first.embeds[0]["image"]["url"] == first.files[0].url
    assert first.labels == ["Why"]
    assert second.flags & SILENT
    assert not first.flags & SILENT


async def test_a_message_is_changed_and_its_picture_stays(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open() as connection:
        chat = chat_of(stage.channel)
        sent = await connection.send(chat, ALERT)
        await connection.edit(chat, sent, Message(text=(("Over",),)))
        (there,) = stage.channel.messages
        assert (words(there), there.labels) == ("Over", [])
        assert there.embeds[0]["image"]["url"] == there.files[0].url
        await connection.edit(chat, sent, replace(ALERT, picture=replace(DRAWN, name="eth.png")))
        assert [each.name for each in there.files] == ["eth.png"]
        plain = await connection.send(chat, Message(text=(("No picture",),)))
        assert plain.isdigit()
        await connection.edit(chat, plain, Message(text=(("None either",),)))


async def test_users_are_written_to_alone_over_one_channel(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open() as connection:
        chat = ChatId.private("discord", str(stage.ann.id))
        await connection.send(chat, Message(text=(("One",),)))
        sent = await connection.send(chat, Message(text=(("Two",),)))
        await connection.edit(chat, sent, Message(text=(("Three",),)))
        assert stage.server.count("POST /users/@me/channels") == 1
        assert [words(each) for each in stage.alone(stage.ann).messages] == ["One", "Three"]
        stage.admin.reachable = False
        closed = ChatId.private("discord", str(stage.admin.id))
        with pytest.raises(DeliveryRefused, match="no direct messages"):
            await connection.send(closed, Message(text=(("x",),)))


async def test_threads_are_written_to(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open() as connection:
        thread = stage.server.realm.thread(stage.channel, "btc")
        await connection.send(chat_of(thread), ALERT)
    assert len(thread.messages) == 1


async def test_what_will_never_arrive_is_refused(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open() as connection:
        chat = chat_of(stage.channel)
        sent = await connection.send(chat, ALERT)
        stage.server.delete_message(stage.channel.messages[0])
        with pytest.raises(DeliveryRefused, match="message is gone"):
            await connection.edit(chat, sent, ALERT)
        stage.server.forbid(stage.channel, "send_messages")
        with pytest.raises(DeliveryRefused, match="may not write"):
            await connection.send(chat, ALERT)
        stage.server.delete_channel(stage.channel)
        with pytest.raises(DeliveryRefused, match="channel is gone"):
            await connection.send(chat, ALERT)


@pytest.mark.parametrize("kind", ["503", "429 cloudflare", "garbage", "html", "dropped", "refused"])
async def test_what_cannot_be_sent_now_is_delayed(tmp_path: Path, kind: Kind) -> None:
    async with staged(tmp_path) as stage, stage.open() as connection:
        stage.server.faults.add(Fault(kind=kind, on=SEND))
        with pytest.raises(DeliveryDelayed):
            await connection.send(chat_of(stage.channel), ALERT)
        await connection.send(chat_of(stage.channel), ALERT)  # the fault was not the chat's


async def test_a_short_wait_is_waited_and_a_long_one_is_told(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open() as connection:
        chat = chat_of(stage.channel)
        stage.server.faults.add(Fault(kind="429", on=SEND, retry_after=0.05))
        await connection.send(chat, ALERT)
        assert stage.server.count(SEND) == 2
        stage.server.faults.add(Fault(kind="429", on=SEND, retry_after=60.0))
        with pytest.raises(DeliveryDelayed) as raised:
            await connection.send(chat, replace(ALERT, text=(("Other",),)))
    assert raised.value.retry_at is not None
    waits = raised.value.retry_at - stage.desk.clock.now()
    assert waits.total_seconds() == 60.0


async def test_a_message_is_known_again_that_was_sent_but_not_confirmed(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open() as connection:
        for each in (ALERT, ALERT, replace(ALERT, text=(("Other",),))):
            await connection.send(chat_of(stage.channel), each)
        asked = [each.body for each in stage.server.requests if each.operation == SEND]
    assert all(each["enforce_nonce"] for each in asked)
    nonces = [each["nonce"] for each in asked]
    assert nonces[0] == nonces[1] != nonces[2]


async def test_a_connection_that_drops_is_resumed(tmp_path: Path) -> None:
    async with staged(tmp_path, commands=says(ALERT)) as stage, stage.open():
        await stage.server.gateway.drop(4000)
        await stage.server.until(lambda: stage.server.gateway.sessions[0].resumed)
        assert words((await stage.ask("say")).answer) == "BTC near A"
        assert len(stage.server.gateway.identified) == 1


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let shards follow each other at once; discord.py waits 5 s between them."""

    async def at_once(*_: object, **__: object) -> None: ...

    monkeypatch.setattr(Client, "before_identify_hook", at_once)


@pytest.mark.usefixtures("hasty")
async def test_many_servers_are_heard_over_as_many_shards_as_discord_says(tmp_path: Path) -> None:
    async with staged(tmp_path, commands=says(ALERT)) as stage:
        stage.server.gateway.shards, stage.server.gateway.max_concurrency = 2, 2
        async with stage.open():
            shards = [each["shard"] for each in stage.server.gateway.identified]
            assert shards == [[0, 2], [1, 2]]
            assert words((await stage.ask("say")).answer) == "BTC near A"


async def test_only_servers_are_listened_to_and_nothing_privileged(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open():
        assert stage.server.gateway.identified[0]["intents"] == 1


async def test_where_discord_is_not_reached_the_bot_runs_until_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path, commands=says(ALERT)) as stage:
        stage.server.faults.add(Fault(kind="503", on="GET /users/@me"))
        async with PLATFORM.open(stage.settings(), stage.reception) as connection:
            with pytest.raises(DeliveryDelayed, match="not reached"):
                await connection.send(chat_of(stage.channel), ALERT)
            listening = asyncio.create_task(connection.listen())
            await stage.server.connected()
            await connection.send(chat_of(stage.channel), ALERT)
            listening.cancel()
    assert caplog.records[0].getMessage() == "Discord is not reached"


@pytest.mark.usefixtures("hasty")
async def test_a_token_that_is_withdrawn_is_told_and_does_not_stop_the_bot(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path) as stage, stage.open():
        token, stage.server.realm.token = stage.server.realm.token, "another"
        with caplog.at_level(logging.ERROR, "liqbot"):
            stage.server.gateway.invalidate()
            await stage.server.until(lambda: "Discord is not heard" in caplog.text)
    assert token not in caplog.text
