from pathlib import Path

from liqbot.chat.message import Message
from tests.platforms._discord.stage import says, staged

HELLO = Message(text=(("Hello",),))


async def test_who_still_sees_a_command_that_is_gone_is_told_to_look_again(tmp_path: Path) -> None:
    async with staged(tmp_path, commands=says(HELLO)) as stage, stage.open():
        (command,) = stage.server.realm.commands[None]
        stage.server.realm.commands[None] = [command, {**command, "name": "gone", "id": "5"}]
        told = await stage.ask("gone")
    assert told.answer.content == "That command is another now. Reload Discord and try again."
    assert told.answer.ephemeral


async def test_nothing_is_completed_for_a_command_that_is_gone(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.open():
        known = {each["name"]: each for each in stage.server.realm.commands[None]}
        gone = {**known["heatmap"], "name": "gone", "id": "5"}
        stage.server.realm.commands[None] = [gone]
        stage.server.ack_s = 0.1
        try:
            await stage.server.autocomplete(stage.ann, stage.channel, "gone", "market", "b")
        except TimeoutError as error:
            assert "did not respond" in str(error)  # noqa: PT017 - and nothing else went wrong
