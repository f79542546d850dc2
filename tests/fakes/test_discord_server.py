"""Plain discord.py talks to the fake as to the real Discord, and is told off where it would be."""

import io
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from tests.fakes.discord.faults import Fault
from tests.fakes.discord.oracle import needs_openapi
from tests.fakes.discord.people import User
from tests.fakes.discord.places import Channel
from tests.fakes.discord.pointing import running
from tests.fakes.discord.sample_bot import PNG, SampleBot
from tests.fakes.discord.server import DiscordServer

pytestmark = needs_openapi
SEND = "POST /channels/{channel_id}/messages"
SYNC = "PUT /applications/{application_id}/commands"


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer(pace=0.02, checking=True) as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def bot(server: DiscordServer) -> AsyncIterator[SampleBot]:
    bot = SampleBot()
    server.realm.channel(server.realm.guild("Traders"), "general")
    async with running(server, bot):
        await bot.wait_until_ready()
        yield bot


@pytest.fixture
def general(server: DiscordServer, bot: SampleBot) -> Channel:
    return next(each for each in server.realm.channels.values() if each.name == "general")


@pytest.fixture
def ann(server: DiscordServer, general: Channel) -> User:
    ann = server.realm.user("ann")
    assert general.guild is not None
    server.realm.member(general.guild, ann)
    return ann


async def test_a_bot_connects_and_finds_its_guilds(server: DiscordServer, bot: SampleBot) -> None:
    assert [guild.name for guild in bot.guilds] == ["Traders"]
    assert [each.name for each in bot.guilds[0].text_channels] == ["general"]
    assert bot.guilds[0].me.guild_permissions.attach_files
    assert server.gateway.identified[0]["intents"] == 1


async def test_commands_are_known_once_they_are_synced(
    server: DiscordServer, bot: SampleBot
) -> None:
    assert server.count(SYNC) == 1
    (command,) = server.realm.commands[None]
    assert command["name"] == "heatmap"
    assert [each["name"] for each in command["options"]] == ["market", "quiet"]
    assert [each.name for each in await bot.tree.fetch_commands()] == ["heatmap"]


async def test_an_answer_that_was_deferred_comes_with_its_file(
    server: DiscordServer, general: Channel, ann: User
) -> None:
    talk = await server.slash(ann, general, "heatmap", market="BTC")
    (file,) = talk.answer.files
    assert (file.data, file.description) == (PNG, "longs below, shorts above")
    assert talk.answer.embeds[0]["image"]["url"] == file.url
    assert talk.answer.labels == ["7 d"]
    assert not talk.answer.ephemeral
    assert talk.acknowledged_after is not None
    assert talk.answered_after is not None
    assert talk.acknowledged_after < talk.answered_after
    assert talk.answer.versions == []


async def test_an_answer_for_one_is_seen_by_one(
    server: DiscordServer, general: Channel, ann: User
) -> None:
    talk = await server.slash(ann, general, "heatmap", market="BTC", quiet=True)
    assert talk.answer.ephemeral
    assert server.seen(ann, general) == [talk.answer]
    assert server.seen(server.realm.owner, general) == []


async def test_a_button_changes_the_picture_in_its_place(
    server: DiscordServer, general: Channel, ann: User
) -> None:
    message = (await server.slash(ann, general, "heatmap", market="BTC")).answer
    talk = await server.press(ann, message, "7 d")
    assert talk.answer is message
    assert [each.name for each in message.files] == ["week.png"]
    assert [each.files[0].name for each in message.versions] == ["day.png"]


async def test_an_option_is_completed(server: DiscordServer, general: Channel, ann: User) -> None:
    offered = await server.autocomplete(ann, general, "heatmap", focused="market", value="b")
    assert [each.value for each in offered] == ["BTC", "BNB"]


async def test_a_stranger_uses_it_in_direct_messages(server: DiscordServer, bot: SampleBot) -> None:
    bob = server.realm.user("bob", installed=True)
    talk = await server.slash(bob, server.realm.direct(bob), "heatmap", market="ETH")
    assert talk.answer.embeds[0]["title"] == "ETH"
    await (await bot.fetch_user(bob.id)).send("hello")
    assert [each.content for each in server.realm.direct(bob).messages] == ["", "hello"]


async def test_who_takes_no_messages_gets_none(
    server: DiscordServer, bot: SampleBot, ann: User
) -> None:
    ann.reachable = False
    with pytest.raises(discord.Forbidden) as refused:
        await (await bot.fetch_user(ann.id)).send("hello")
    assert refused.value.code == 50007


async def test_a_lost_session_is_resumed_with_all_that_was_missed(
    server: DiscordServer, bot: SampleBot, general: Channel
) -> None:
    await server.gateway.drop()
    server.delete_channel(general)
    await server.until(lambda: bot.gone == ["general"])
    assert server.gateway.sessions[0].resumed == 1
    assert len(server.gateway.identified) == 1


async def test_a_session_that_is_over_begins_again(server: DiscordServer, bot: SampleBot) -> None:
    server.gateway.reconnect()
    await server.until(lambda: server.gateway.sessions[0].resumed)
    server.gateway.invalidate()
    await server.until(lambda: len(server.gateway.identified) == 2)
    await server.connected()


async def test_a_limit_is_waited_for(
    server: DiscordServer, bot: SampleBot, general: Channel
) -> None:
    server.faults.add(Fault(kind="429", on=SEND, retry_after=0.03))
    server.faults.add(Fault(kind="429 global", on=SEND, retry_after=0.03))
    channel = bot.get_partial_messageable(general.id)
    for number in range(7):
        await channel.send(str(number))
    assert [each.content for each in general.messages] == list("0123456")
    assert server.count(SEND, 429) == 2


async def test_who_does_not_wait_is_refused(server: DiscordServer, general: Channel) -> None:
    url = f"{server.api_url}/channels/{general.id}/messages"
    headers = {"Authorization": f"Bot {server.realm.token}"}
    server.buckets.time = lambda: 7.0
    async with aiohttp.ClientSession(headers=headers) as session:
        for _ in range(5):
            async with session.post(url, json={"content": "x"}) as answer:
                assert answer.status == 200
        async with session.post(url, json={"content": "x"}) as answer:
            assert answer.status == 429
            assert (await answer.json())["retry_after"] == 0.1


async def test_an_error_of_the_server_is_tried_again(
    server: DiscordServer, bot: SampleBot, general: Channel
) -> None:
    server.faults.add(Fault(kind="502", on=SEND))
    await bot.get_partial_messageable(general.id).send("after a second")
    assert server.count(SEND, 200) == 1


async def test_what_was_accepted_may_be_lost_on_the_way_back(
    server: DiscordServer, bot: SampleBot, general: Channel
) -> None:
    server.faults.add(Fault(kind="dropped", on=SEND))
    with pytest.raises(aiohttp.ClientError):
        await bot.get_partial_messageable(general.id).send("sent")
    assert [each.content for each in general.messages] == ["sent"]


async def test_places_are_taken_away(
    server: DiscordServer, bot: SampleBot, general: Channel
) -> None:
    guild, channel = general.guild, bot.get_partial_messageable(general.id)
    assert guild is not None
    for taken, code in ((("send_messages",), 50013), (("view_channel",), 50001)):
        server.forbid(general, *taken)
        with pytest.raises(discord.Forbidden) as refused:
            await channel.send("hello")
        assert refused.value.code == code
    server.delete_channel(general)
    with pytest.raises(discord.NotFound) as missing:
        await channel.send("hello")
    assert missing.value.code == 10003
    server.kick(guild)
    await server.until(lambda: bot.gone == ["general", "Traders"])


async def test_a_wrong_token_is_not_let_in(server: DiscordServer) -> None:
    bot = SampleBot()
    with pytest.raises(discord.LoginFailure):
        async with running(server, bot, "wrong") as running_bot:
            await running_bot


async def test_shards_hear_of_their_own_guilds(server: DiscordServer) -> None:
    for name in ("even", "odd"):
        server.realm.channel(server.realm.guild(name), "general")
    server.gateway.shards = 2
    bot = SampleBot()
    async with running(server, bot):
        await bot.wait_until_ready()
        assert sorted(bot.shards) == [0, 1]
        assert {guild.name: guild.shard_id for guild in bot.guilds}.keys() == {"even", "odd"}
        assert len({guild.shard_id for guild in bot.guilds}) == 2


async def test_who_installed_it_uses_it_where_it_is_not(
    server: DiscordServer, bot: SampleBot
) -> None:
    bob = server.realm.user("bob", installed=True)
    elsewhere = server.realm.guild("Elsewhere", bot=False)
    server.realm.member(elsewhere, bob)
    for place in (server.realm.channel(elsewhere, "talk"), server.realm.group(bob, "friends")):
        talk = await server.slash(bob, place, "heatmap", market="ETH")
        assert talk.answer.embeds[0]["title"] == "ETH"
        with pytest.raises(discord.Forbidden) as refused:
            await bot.get_partial_messageable(place.id).send("uninvited")
        assert refused.value.code == 50001


async def test_a_thread_is_a_place_too(
    server: DiscordServer, bot: SampleBot, general: Channel, ann: User
) -> None:
    thread = server.realm.thread(general, "btc")
    message = (await server.slash(ann, thread, "heatmap", market="BTC")).answer
    await server.press(ann, message, "7 d")
    assert message.embeds[0]["title"] == "a week"
    assert message in thread.messages


async def test_a_transcript_tells_what_was_seen(
    server: DiscordServer, general: Channel, ann: User
) -> None:
    message = (await server.slash(ann, general, "heatmap", market="BTC", quiet=True)).answer
    await server.press(ann, message, "7 d")
    assert server.transcript() == (
        "── Traders #general\n"
        "ann: /heatmap market:BTC quiet:True\n"
        "liqbot (only ann sees it):\n"
        "    # BTC\n"
        "    a day\n"
        "    [picture day.png]\n"
        "    [file day.png] longs below, shorts above\n"
        "    [7 d]\n"
        "ann: [7 d]\n"
        "liqbot edits (only ann sees it):\n"
        "    # a week\n"
        "    [picture week.png]\n"
        "    [file week.png]\n"
        "    [7 d]\n"
    )


async def test_files_are_served(server: DiscordServer, bot: SampleBot, general: Channel) -> None:
    file = discord.File(io.BytesIO(PNG), "day.png", description="a day")
    sent = await bot.get_partial_messageable(general.id).send(file=file)
    (attachment,) = sent.attachments
    assert await attachment.read() == PNG
    assert (attachment.width, attachment.height, attachment.description) == (640, 480, "a day")
