"""Slash commands and buttons, and who sees the answers."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from liqbot.chat.message import Attachment, Button, Message
from liqbot.commands.command import Caller, Command, NoArguments
from liqbot.desk import Desk
from liqbot.platforms._discord import connection
from tests.fakes.desk import PNG
from tests.fakes.discord.faults import Fault
from tests.fakes.discord.interaction import COMPONENT, THINKS, WILL_EDIT
from tests.platforms._discord.stage import says, staged, words
from tests.waiting import PATIENCE_S

HELLO = Message(text=(("Hello",),))
AGAIN = replace(HELLO, buttons=((Button("Again", "say"),),))


async def test_a_picture_comes_in_an_embed_with_its_facts_in_words(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open():
        told = await stage.ask("heatmap", market="btc")
    (file,) = told.answer.files
    assert (file.name, file.data) == ("btc-heatmap-20260107-0200.png", PNG)
    assert file.description == "The heatmap of BTC, in one sentence. Estimate, not a forecast."
    assert told.answer.embeds[0]["image"]["url"] == file.url
    assert words(told.answer).startswith("**BTC liquidation heatmap · 24h**\n**65,000**")
    assert told.answer.content == ""
    assert told.answer.labels[-2:] == ["↻ Refresh", "Where from?"]
    assert told.acknowledged == THINKS


async def test_it_is_said_at_once_that_an_answer_will_come(tmp_path: Path) -> None:
    may_end = asyncio.Event()

    async def slow(*_: object) -> Message:
        await may_end.wait()
        return HELLO

    commands = {"say": replace(says(HELLO)["say"], run=slow)}
    async with staged(tmp_path, commands=commands) as stage, stage.open():
        asking = asyncio.create_task(stage.ask("say"))
        await stage.server.until(lambda: stage.channel.messages)
        assert stage.channel.messages[0].loading
        may_end.set()
        assert words((await asking).answer) == "Hello"


@pytest.mark.parametrize(
    ("private", "personal", "hidden"),
    [(False, False, False), (True, False, True), (False, True, True), (True, True, True)],
)
async def test_what_is_for_the_caller_is_seen_by_nobody_else(
    tmp_path: Path, private: bool, personal: bool, hidden: bool
) -> None:
    commands = says(replace(AGAIN, private=private), personal=personal)
    async with staged(tmp_path, commands=commands) as stage, stage.open():
        asked = await stage.ask("say")
        assert words(asked.answer) == "Hello"
        assert asked.answer.ephemeral == hidden
        assert len(stage.server.seen(stage.admin, stage.channel)) == (0 if hidden else 1)
        pressed = await stage.server.press(stage.ann, asked.answer, "Again")
        await stage.server.until(lambda: pressed.answers)
        assert (pressed.answer.ephemeral, pressed.edited) == (hidden, False)
        alone = await stage.server.slash(stage.ann, stage.alone(stage.ann), "say")
        assert not alone.answer.ephemeral  # there it would be gone when Discord is restarted


@pytest.mark.parametrize("private", [False, True])
async def test_an_answer_goes_where_its_button_was(tmp_path: Path, private: bool) -> None:
    drawn = Attachment(name="a b.png", content=PNG, alt="Two")
    asked_for = replace(AGAIN, picture=drawn, in_place=True, private=private)
    commands = says(replace(AGAIN, private=private)) | says(asked_for, "draw")
    commands["say"] = replace(
        commands["say"],
        run=says(
            Message(text=(("First",),), buttons=((Button("Draw", "draw"),),), private=private)
        )["say"].run,
    )
    async with staged(tmp_path, commands=commands) as stage, stage.open():
        first = (await stage.ask("say")).answer
        pressed = await stage.server.press(stage.ann, first, "Draw")
        await stage.server.until(lambda: pressed.edited)
    assert pressed.acknowledged == WILL_EDIT
    assert words(first) == "Hello"
    assert [each.name for each in first.files] == ["a_b.png"]
    assert first.labels == ["Again"]
    assert pressed.followups == []


async def test_what_is_private_never_replaces_what_others_see(tmp_path: Path) -> None:
    mine = Message(text=(("Mine",),), in_place=True, private=True)
    commands = says(replace(HELLO, buttons=((Button("Mine", "mine"),),))) | says(mine, "mine")
    async with staged(tmp_path, commands=commands) as stage, stage.open():
        first = (await stage.ask("say")).answer
        pressed = await stage.server.press(stage.admin, first, "Mine")
        await stage.server.until(lambda: pressed.answers)
    assert words(first) == "Hello"
    assert (words(pressed.answer), pressed.answer.seen_by) == ("Mine", stage.admin)


async def test_buttons_work_after_a_restart_and_for_whoever_presses_them(tmp_path: Path) -> None:
    async def whom(_: Desk, caller: Caller, __: NoArguments) -> Message:
        return replace(AGAIN, text=((caller.user, " admin" if caller.is_admin else ""),))

    commands = {"say": replace(says(HELLO)["say"], run=whom)}
    async with staged(tmp_path, commands=commands) as stage:
        async with stage.open():
            first = (await stage.ask("say")).answer
        async with stage.open():
            pressed = await stage.server.press(stage.admin, first, "Again")
            await stage.server.until(lambda: pressed.answers)
    assert words(first) == str(stage.ann.id)
    assert words(pressed.answer) == f"{stage.admin.id} admin"


async def test_forged_buttons_are_answered_as_if_they_were_typed_or_not_at_all(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path) as stage, stage.open():
        first = (await stage.ask("help")).answer
        button = first.buttons[0]
        button["custom_id"] = "liqbot:0:drop table"
        pressed = await stage.server.press(stage.ann, first, button["custom_id"])
        await stage.server.until(lambda: pressed.answers)
        assert words(pressed.answer).startswith("There is no command “drop”")
        assert pressed.answer.ephemeral
        button["custom_id"] = "somebody else's"
        data = {"custom_id": button["custom_id"], "component_type": 2, "id": 1}
        ignored = stage.server.forge(COMPONENT, stage.ann, stage.channel, data, first)
        await stage.ask("help")  # which comes after it
        assert ignored.acknowledged is None


async def test_words_are_completed_for_who_may_ask(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        async with stage.open():
            offered = await stage.server.autocomplete(
                stage.ann, stage.channel, "heatmap", "market", "bT"
            )
        async with stage.open(allow=(1,)):
            nothing = await stage.server.autocomplete(
                stage.ann, stage.channel, "heatmap", "market", "bT"
            )
    assert [each.value for each in offered][:2] == ["BTC", "binance:BTC"]
    assert nothing == []


async def test_an_answer_that_cannot_be_shown_is_noted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path, commands=says(HELLO)) as stage, stage.open():
        where = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
        stage.server.faults.add(Fault(kind="429 cloudflare", on=where))
        with caplog.at_level(logging.WARNING):
            asking = asyncio.create_task(stage.ask("say"))
            await stage.server.until(lambda: stage.server.count(where))
            await stage.server.until(lambda: caplog.records)
            asking.cancel()
    assert caplog.records[0].getMessage() == "an answer was not shown"
    assert caplog.records[0].__dict__["why"].startswith("Discord asks to wait")


async def test_what_was_not_heard_in_time_is_not_done(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[object] = []

    async def note(*asked: object) -> Message:
        done.append(asked)
        return HELLO

    noting = Command(name="say", summary="Say it", arguments=NoArguments, run=note)
    async with staged(tmp_path, commands={"say": noting}) as stage, stage.open():
        where = "POST /interactions/{interaction_id}/{interaction_token}/callback"
        stage.server.faults.add(Fault(kind="429 cloudflare", on=where))
        with caplog.at_level(logging.WARNING):
            asking = asyncio.create_task(stage.ask("say"))
            await stage.server.until(lambda: caplog.records)
            asking.cancel()
    assert done == []
    assert caplog.records[0].getMessage() == "a question was not heard in time"


async def test_an_answer_that_was_begun_is_finished_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_PATIENCE_S", PATIENCE_S)
    may_end = asyncio.Event()

    async def slow(*_: object) -> Message:
        await may_end.wait()
        return HELLO

    commands = {"say": replace(says(HELLO)["say"], run=slow)}
    async with staged(tmp_path, commands=commands) as stage:
        async with stage.open():
            asking = asyncio.create_task(stage.ask("say"))
            await stage.server.until(lambda: stage.channel.messages)
            asyncio.get_running_loop().call_later(0.05, may_end.set)
        assert words((await asking).answer) == "Hello"
