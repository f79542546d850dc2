import logging
from pathlib import Path

import pytest

from liqbot.chat.message import Message
from tests.fakes.discord.interaction import COMMAND, COMPLETION
from tests.platforms._discord.stage import says, staged
from tests.waiting import PATIENCE_S

HELLO = Message(text=(("Hello",),))


async def test_who_still_sees_a_command_that_is_gone_is_told_to_look_again(tmp_path: Path) -> None:
    async with staged(tmp_path, commands=says(HELLO)) as stage, stage.open():
        (command,) = stage.server.realm.commands[None]
        stage.server.realm.commands[None] = [command, {**command, "name": "gone", "id": "5"}]
        told = await stage.ask("gone")
    assert told.answer.content == "That command is another now. Reload Discord and try again."
    assert told.answer.ephemeral


@pytest.mark.parametrize("given", [[], [{"name": "answer", "type": 4, "value": 7}]])
async def test_who_still_sees_other_words_of_a_command_is_told_to_look_again(
    tmp_path: Path, given: list[object]
) -> None:
    data = {"id": "5", "name": "why", "type": 1, "options": given}
    async with staged(tmp_path) as stage, stage.open():
        told = stage.server.forge(COMMAND, stage.ann, stage.channel, data)
        await told.until_answered(ack_s=PATIENCE_S, answer_s=PATIENCE_S)
    assert told.answer.content.startswith("That command is another now.")
    assert told.answer.ephemeral


async def test_nothing_is_completed_for_a_command_that_is_gone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path) as stage, stage.open():
        data = {"id": "5", "name": "gone", "type": 1, "options": []}
        typed = stage.server.forge(COMPLETION, stage.ann, stage.channel, data)
        await stage.server.slash(stage.ann, stage.channel, "help")  # which comes after it
    assert typed.acknowledged is None
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []
