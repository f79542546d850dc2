"""A thousand hostile interactions through the whole bot: answered or ignored by rule, no leak."""

import asyncio
import json
import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from numpy.random import default_rng

from liqbot.chat.message import ChatId
from liqbot.commands import COMMANDS
from liqbot.commands.command import apart
from liqbot.desk import Desk
from liqbot.platforms._discord.dressing import words_of
from tests.commands.conversation import a_conversation, a_map
from tests.fakes.discord.interaction import (
    COMMAND,
    COMPLETES,
    COMPLETION,
    COMPONENT,
    FORM,
    Interaction,
)
from tests.fakes.discord.messages import Message
from tests.fakes.discord.people import User
from tests.fakes.discord.places import DIRECT, Channel
from tests.fakes.discord.server import DiscordServer
from tests.ledgers import a_delivery, owing
from tests.platforms._discord.forging import Forged, Forger, Rule
from tests.platforms._discord.stage import Stage, chat_of, staged
from tests.platforms.telegrams import Painter
from tests.waiting import PATIENCE_S

AT_ONCE = 100
COUNTS = {
    (COMMAND, Rule.ANSWERED): 459,
    (COMMAND, Rule.CHANGED): 91,
    (COMPLETION, Rule.OFFERED): 150,
    (COMPLETION, Rule.UNKNOWN): 40,
    (COMPONENT, Rule.ANSWERED): 215,
    (COMPONENT, Rule.FOREIGN): 75,
    (FORM, Rule.FORMLESS): 20,
}
MARKS = ("41.3579M", "Kathmandu", "01:17-01:18")  # what Ann alone has said
INSIDE = ("Traceback", "Error(", 'File "', ".py", "site-packages", "sqlalchemy")
CALLS = re.compile(r"(?<!\\)(?:@everyone|@here|<[@#t]|\|\||\[[^]]*\]\(http)")  # or spoils, or links
BROKEN = "Something went wrong"
GONE = "That command is another now. Reload Discord and try again."


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody asks, and a message of the bot's there whose buttons they press."""

    eve: User
    channel: Channel
    message: Message


async def has_begun(stage: Stage) -> str:
    """Let Ann and the server want something, and Ann be told of it; return a message's name."""
    await stage.ask("subscribe", stage.ann, words="BTC near at least $41.3579M")
    await stage.ask("settings", stage.ann, zone="Asia/Kathmandu")
    await stage.ask("quiet", stage.ann, hours="01:17-01:18")
    await stage.ask("watch", stage.ann, words="BTC long 65000 25x")
    await stage.ask("channel", stage.admin, words="add BTC cascade")
    owed = a_delivery("e1e1", subscription=1, chat=home(stage), message="m-ann")
    await stage.desk.ledger.watch.settle(owing(owed))
    return owed.alert_id


def home(stage: Stage) -> ChatId:
    return ChatId.private("discord", str(stage.ann.id))


async def kept(desk: Desk, *chats: ChatId) -> list[object]:
    """Return all that is kept of some chats."""
    found: list[object] = []
    for each in chats:
        found += [await desk.ledger.subscriptions.listed(each)]
        found += [await desk.ledger.recipients.get(each)]
    return found


def told_alone(stage: Stage) -> list[str]:
    """Return what nobody but Ann and the administrator sees."""
    own = {stage.ann, stage.admin}
    return [said(each) for each in stage.channel.messages if each.seen_by in own]


async def places(stage: Stage) -> list[Place]:
    """Let people be wherever the bot can be asked; two places they brought it to themselves."""
    realm = stage.server.realm
    eves = [realm.user(f"eve{i}", installed=i > 2) for i in range(5)]
    elsewhere = realm.guild("Elsewhere", bot=False)
    for eve in eves:
        realm.member(stage.guild, eve)
        realm.member(elsewhere, eve)
    channels = (
        stage.channel,
        realm.thread(stage.channel, "talk"),
        realm.direct(eves[2]),
        realm.group(eves[3], "friends"),
        realm.channel(elsewhere, "chat"),
    )
    asked = [
        await stage.server.slash(eve, where, "help")
        for eve, where in zip(eves, channels, strict=True)
    ]
    first = await stage.ask("heatmap", stage.ann, market="BTC")
    shown = [first.answer, *(each.answer for each in asked[1:])]
    return [Place(*each) for each in zip(eves, channels, shown, strict=True)]


async def judge(it: Interaction, forged: Forged) -> None:
    """Wait for what an interaction has to come to; it is in words, and for whom it should be."""
    if forged.rule is Rule.OFFERED:
        await it.until_answered(ack_s=PATIENCE_S, answer_s=PATIENCE_S)
        assert it.acknowledged == COMPLETES
    if forged.rule not in {Rule.ANSWERED, Rule.CHANGED}:
        return
    await it.until_answered(ack_s=PATIENCE_S, answer_s=PATIENCE_S)
    shown = it.answers[-1]
    assert (shown.content == GONE) == (forged.rule is Rule.CHANGED), said(shown)
    words = shown.content or shown.embeds[0]["description"]
    assert words
    assert not CALLS.search(words), words
    assert (shown.pings.everyone, shown.pings.users, shown.pings.roles) == (False, (), ())
    command = COMMANDS.get(named(forged))
    if it.channel.kind != DIRECT and command is not None and command.personal:
        assert shown.seen_by is it.user, said(shown)


def named(forged: Forged) -> str:
    """Return the name of the command that is asked for, if it is one."""
    if forged.kind == COMMAND:
        return str(forged.data["name"])
    return apart(words_of(forged.data["custom_id"]) or "")[0]


def said(message: Message) -> str:
    """Return all that can be read of a message, as it is and as it was."""
    told = json.dumps([message.embeds, message.components], ensure_ascii=False)
    files = [f"{each.name} {each.description}" for each in message.files]
    return "\n".join([message.content, told, *files, *map(said, message.versions)])


async def send(server: DiscordServer, forged: Sequence[Forged], there: Sequence[Place]) -> None:
    """Send many at once and judge them; see that those to be ignored were."""
    sent: list[tuple[Interaction, Forged]] = []
    for start in range(0, len(forged), AT_ONCE):
        for i, each in enumerate(forged[start : start + AT_ONCE]):
            place = there[i % len(there)]
            on = place.message if each.kind in {COMPONENT, FORM} else None
            sent.append((server.forge(each.kind, place.eve, place.channel, each.data, on), each))
        await asyncio.gather(*(judge(*each) for each in sent[start:]))
    await server.slash(there[0].eve, there[0].channel, "help")  # which comes after all of them
    ignored = {Rule.UNKNOWN, Rule.FOREIGN, Rule.FORMLESS}
    assert [each for it, each in sent if it.acknowledged and each.rule in ignored] == []


async def test_a_thousand_hostile_interactions(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    talk = a_conversation([a_map(near=True), a_map("ETH")])
    server = DiscordServer(talk.clock, pace=0.02)
    desk = replace(talk.desk, studio=Painter())
    with caplog.at_level(logging.DEBUG, "liqbot"):
        async with staged(tmp_path, desk, server=server) as stage, stage.open():
            alert = await has_begun(stage)
            there = await places(stage)
            chats = home(stage), chat_of(stage.channel)
            before, told = await kept(desk, *chats), told_alone(stage)
            others = (str(stage.ann.id), f"user:{stage.ann.id}", "1", "2", "all", alert)
            forged = Forger(default_rng(5), server.realm.commands[None], others).all()
            await send(server, forged, there)
            assert (await kept(desk, *chats), told_alone(stage)) == (before, told)
            seen = "".join(
                said(each)
                for place in there
                for each in server.seen(place.eve, place.channel)
                if each.author is server.realm.bot
            )
    assert Counter((each.kind, each.rule) for each in forged) == COUNTS
    assert sum(COUNTS.values()) >= 1_000
    secret = (*MARKS, *INSIDE, BROKEN, server.realm.token, str(tmp_path))
    assert [each for each in secret if each in seen] == []
    unheard = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert [each for each in unheard if "exception in autocomplete" not in each] == []
    assert server.realm.token not in "".join(str(vars(each)) for each in caplog.records)
