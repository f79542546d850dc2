"""The member: opened as the bot opens it."""

import logging
from pathlib import Path

import pytest

from liqbot.chat.message import ChatId, Message
from liqbot.commands import COMMANDS
from liqbot.errors import ConfigError, DeliveryDelayed
from tests.fakes.discord.faults import Fault
from tests.fakes.discord.interaction import THINKS
from tests.platforms._discord.conversing import ASKED, FILE, PLACES, asked_in, conversation
from tests.platforms._discord.stage import PLATFORM, Token, staged


async def test_every_command_is_answered(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open():
        for name in COMMANDS:
            told = await stage.ask(name, stage.admin, **ASKED[name])
            said = told.answer.embeds[0]["description"]
            assert "Something went wrong" not in said, name
            assert told.answer.ephemeral or not COMMANDS[name].personal
            assert told.acknowledged == THINKS


async def test_every_button_that_is_offered_leads_somewhere(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open():
        start = (await stage.ask("start", stage.admin)).answer
        for label in start.labels:
            pressed = await stage.server.press(stage.admin, start, label)
            await stage.server.until(lambda pressed=pressed: pressed.answers)  # type: ignore[misc]
            assert "Something went wrong" not in str(pressed.answer.embeds)


async def test_a_wrong_token_stops_the_bot_before_it_starts(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        stage.reception.secrets["token"]._text = "MTAw.wrong"  # type: ignore[attr-defined]
        with pytest.raises(ConfigError, match="does not know this token") as raised:
            async with PLATFORM.open(stage.settings(), stage.reception):
                pass
    assert "MTAw" not in str(raised.value)


async def test_no_line_of_a_log_shows_the_token(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with staged(tmp_path) as stage, stage.open() as connection:
            await stage.ask("heatmap", market="BTC")
            stage.server.faults.add(Fault(kind="503"))
            with pytest.raises(DeliveryDelayed):
                await connection.send(ChatId("discord", "1"), Message(text=(("x",),)))
            token = stage.server.realm.token
            assert token not in repr(connection) + repr(stage.reception)
    assert len(caplog.records) > 20
    assert all(token not in str(vars(each)) for each in caplog.records)


async def test_the_check_says_who_it_is_and_how_it_is_invited(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        told = await PLATFORM.check(stage.settings(), {"token": Token(stage.server.realm.token)})
        assert told[0].startswith("open as liqbot")
        assert f"client_id={stage.server.realm.application_id}&scope=bot" in told[1]
        assert len(told) == 3
        with pytest.raises(ConfigError):
            await PLATFORM.check(stage.settings(), {"token": Token("wrong")})
        stage.server.faults.add(Fault(kind="503"))
        with pytest.raises(Exception, match="Discord says 503"):
            await PLATFORM.check(stage.settings(), {"token": Token(stage.server.realm.token)})


async def test_what_two_ask_for_themselves_neither_sees_of_the_other(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open():
        await stage.ask("subscribe", stage.ann, words="BTC near")
        await stage.ask("alerts", stage.ann)
        assert stage.server.seen(stage.admin, stage.channel) == []
        own = ChatId.private("discord", str(stage.ann.id))
        kept = await stage.desk.ledger.subscriptions.listed(user=str(stage.ann.id))
        assert {each.chat for each in kept} == {own}


async def test_a_conversation_is_as_it_was() -> None:
    assert await conversation() == FILE.read_text("utf-8")


@pytest.mark.parametrize("place", PLACES)
def test_every_command_is_in_the_conversation_wherever_people_talk(place: str) -> None:
    assert set(COMMANDS) - asked_in(place, FILE.read_text("utf-8")) == set()
