"""Discord is told the commands where they have changed, and only there."""

from datetime import timedelta
from pathlib import Path

import pytest

from liqbot.chat.message import Message
from liqbot.clock import SteppedClock
from tests.fakes.desk import AT
from tests.fakes.discord.faults import Fault
from tests.fakes.discord.server import DiscordServer
from tests.platforms._discord.stage import says, staged

PUT = "PUT /applications/{application_id}/commands"
HELLO = Message(text=(("Hello",),))


async def test_the_commands_are_told_once_and_again_when_one_is_another(tmp_path: Path) -> None:
    async with staged(tmp_path, commands=says(HELLO)) as stage:
        for _ in range(2):
            async with stage.open():
                assert stage.server.count(PUT) == 1
    async with staged(tmp_path, commands=says(HELLO, admin_only=True)) as stage, stage.open():
        assert stage.server.count(PUT) == 1


async def test_another_application_is_told_too(tmp_path: Path) -> None:
    for i in range(2):
        server = DiscordServer(SteppedClock(AT + timedelta(days=i)), pace=0.02)
        async with staged(tmp_path, commands=says(HELLO), server=server) as stage, stage.open():
            assert stage.server.count(PUT) == 1


async def test_where_discord_does_not_take_them_the_next_start_tries_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path, commands=says(HELLO)) as stage:
        stage.server.faults.add(Fault(kind="503", on=PUT))
        async with stage.open():
            assert stage.server.realm.commands == {}
        assert caplog.records[0].getMessage() == "the commands are not up to date at Discord"
        async with stage.open():
            assert [each["name"] for each in stage.server.realm.commands[None]] == ["say"]
