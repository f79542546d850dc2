"""Menus, forms, lost answers and lost connections, through plain discord.py."""

from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from tests.fakes.discord.faults import Fault, Kind
from tests.fakes.discord.messages import Message
from tests.fakes.discord.oracle import needs_openapi
from tests.fakes.discord.people import User
from tests.fakes.discord.places import Channel
from tests.fakes.discord.pointing import running
from tests.fakes.discord.sample_bot import SampleBot
from tests.fakes.discord.server import DiscordServer

pytestmark = needs_openapi
SEND = "POST /channels/{channel_id}/messages"


class Form(discord.ui.Modal, title="Threshold"):
    usd: discord.ui.TextInput["Form"] = discord.ui.TextInput(label="USD", custom_id="usd")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content=f"from ${self.usd.value}")


class Guided(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Site", url="https://example.org"))
        self.add_item(discord.ui.Button(label="Gone", custom_id="gone", disabled=True))

    @discord.ui.select(
        custom_id="rule", options=[discord.SelectOption(label="Thin book", value="thin_book")]
    )
    async def rule(
        self, interaction: discord.Interaction, menu: discord.ui.Select["Guided"]
    ) -> None:
        await interaction.response.edit_message(content=f"rule {menu.values[0]}")

    @discord.ui.button(label="Threshold", custom_id="threshold")
    async def ask(self, interaction: discord.Interaction, _: discord.ui.Button["Guided"]) -> None:
        await interaction.response.send_modal(Form())


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer(pace=0.02, checking=True) as server:
        yield server
        assert server.violations == []


@pytest.fixture
def general(server: DiscordServer) -> Channel:
    return server.realm.channel(server.realm.guild("Traders"), "general")


@pytest.fixture
def ann(server: DiscordServer, general: Channel) -> User:
    ann = server.realm.user("ann")
    assert general.guild is not None
    server.realm.member(general.guild, ann)
    return ann


@pytest.fixture
async def bot(server: DiscordServer, general: Channel) -> AsyncIterator[SampleBot]:
    bot = SampleBot()
    async with running(server, bot):
        await bot.wait_until_ready()
        yield bot


@pytest.fixture
async def guided(bot: SampleBot, general: Channel) -> Message:
    bot.add_view(Guided())
    await bot.get_partial_messageable(general.id).send("choose", view=Guided())
    return general.messages[-1]


async def test_a_menu_is_chosen_from(server: DiscordServer, ann: User, guided: Message) -> None:
    await server.choose(ann, guided, "rule", ["thin_book"])
    assert guided.content == "rule thin_book"
    with pytest.raises(LookupError, match="does not offer"):
        await server.choose(ann, guided, "rule", ["thick_book"])


async def test_a_form_is_filled_in(server: DiscordServer, ann: User, guided: Message) -> None:
    opened = await server.press(ann, guided, "Threshold")
    assert opened.form is not None
    assert opened.form["title"] == "Threshold"
    await server.submit(opened, usd="5000000")
    assert guided.content == "from $5000000"


async def test_nobody_presses_what_they_cannot(
    server: DiscordServer, ann: User, guided: Message
) -> None:
    for word in ("Site", "Gone", "Nothing"):
        with pytest.raises(LookupError):
            await server.press(ann, guided, word)
    with pytest.raises(LookupError, match="does not see"):
        await server.press(server.realm.user("bob"), guided, "Threshold")
    server.delete_message(guided)
    with pytest.raises(LookupError, match="does not see"):
        await server.press(ann, guided, "Threshold")


async def test_what_people_say_is_not_read(
    server: DiscordServer, bot: SampleBot, ann: User, general: Channel
) -> None:
    said = server.say(ann, general, "a secret")
    read = await bot.get_partial_messageable(general.id).fetch_message(said.id)
    assert (read.author.name, read.content) == ("ann", "")


@pytest.mark.parametrize("kind", ["garbage", "html", "refused", "429 cloudflare"])
async def test_answers_go_wrong(
    server: DiscordServer, bot: SampleBot, general: Channel, kind: Kind
) -> None:
    server.faults.add(Fault(kind=kind, on=SEND))
    channel = bot.get_partial_messageable(general.id)
    with pytest.raises((discord.HTTPException, aiohttp.ClientError, TypeError)):
        await channel.send("first")
    await channel.send("second")
    accepted = ["first"] if kind in {"garbage", "html"} else []
    assert [each.content for each in general.messages] == [*accepted, "second"]


async def test_an_answer_may_be_slow(
    server: DiscordServer, bot: SampleBot, general: Channel
) -> None:
    server.faults.add(Fault(kind="slow", on=SEND, seconds=0.1))
    await bot.get_partial_messageable(general.id).send("late")
    assert [each.content for each in general.messages] == ["late"]


async def test_discord_goes_away_and_comes_back(
    server: DiscordServer, bot: SampleBot, ann: User, general: Channel
) -> None:
    await server.stop()
    await server.start()
    await server.connected(seconds=15)  # discord.py waits a random while
    talk = await server.slash(ann, general, "heatmap", market="BTC")
    assert talk.answer.embeds[0]["title"] == "BTC"


async def test_what_an_edit_takes_away_is_not_shown_any_more(
    server: DiscordServer, bot: SampleBot, ann: User, general: Channel
) -> None:
    message = (await server.slash(ann, general, "heatmap", market="BTC")).answer
    sent = bot.get_partial_messageable(general.id).get_partial_message(message.id)
    await sent.edit(attachments=[])
    assert server.violations == ["an edit took away day.png, which the embed still shows"]
    server.violations.clear()


async def test_guilds_fall_silent_and_roles_gain_rights(
    server: DiscordServer, bot: SampleBot, general: Channel
) -> None:
    (guild,) = bot.guilds
    assert general.guild is not None
    assert not guild.me.guild_permissions.mention_everyone
    server.empower(general.guild, general.guild.roles[-1], "mention_everyone")
    await server.until(lambda: guild.me.guild_permissions.mention_everyone)
    server.outage(general.guild)
    await server.until(lambda: guild.unavailable)
    assert bot.gone == []


async def test_a_heart_beats_and_one_that_does_not_is_given_up(server: DiscordServer) -> None:
    server.gateway.heartbeat_s = 0.05
    async with running(server, SampleBot()):
        line = server.gateway.sessions[0].line
        assert line is not None
        await server.until(lambda: line.heartbeats >= 3)
        assert server.gateway.connected == 1
    server.gateway.silence_s = 0.1
    url = f"{server.gateway_url}/?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as silent:
        await silent.receive()
        await silent.receive()
        assert silent.close_code == 4009
    assert server.violations == ["gateway: no heartbeat for two intervals"]
    server.violations.clear()
