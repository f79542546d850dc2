"""Every command and every button, in private and in a group, held to the protocol."""

from pathlib import Path

import pytest

from liqbot.commands import COMMANDS
from tests.fakes.telegram.server import TelegramServer
from tests.platforms.telegrams import desk_of_today, talking

WORDS = {
    "subscribe": "BTC near",
    "unsubscribe": "all",
    "mute": "BTC 2h",
    "unmute": "all",
    "quiet": "23:00-07:00 Europe/Berlin",
    "why": "3",
    "help": "heatmap",
    "check": "BTC long 65000 25x",
}


def words_of(name: str) -> str:
    takes = [slot for slot in COMMANDS[name].slots if slot.required]
    return WORDS.get(name, "BTC" if takes else "")


@pytest.mark.parametrize("name", COMMANDS)
async def test_a_command_is_answered_and_so_is_every_button_below(
    name: str, tmp_path: Path
) -> None:
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        async with talking(server, tmp_path, desk=desk_of_today()):
            server.say(ann, text=f"/{name} {words_of(name)}")
            (shown, *_) = await server.answered(ann)
            for label in [each.label for row in shown.keyboard for each in row if each.data]:
                if label in {each.label for row in shown.keyboard for each in row}:
                    query = server.press(shown, label)
                    await server.settled(query)
        assert "Something went wrong" not in server.transcript
        asked = 1 + len(server.queries)
        sends = [each for each in server.calls if each.method.startswith(("send", "edit"))]
        assert len(sends) >= asked


async def test_a_group_may_ask_for_everything(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        ann = server.user(7, "Ann", started=True)
        group = server.supergroup("Traders", ann)
        server.add_bot(group)
        async with talking(server, tmp_path):
            for name in COMMANDS:
                server.say(group, ann, f"/{name}@liqbot_test_bot {words_of(name)}")
                await server.answered(group)
        assert "Something went wrong" not in server.transcript


async def test_what_is_no_command_is_met_with_one_that_is(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        async with talking(server, tmp_path):
            server.say(ann, text="heatmpa btc")
            (answer,) = await server.answered(ann)
            assert "Did you mean heatmap?" in answer.said.text
            server.press(answer, "heatmap btc")
            (picture,) = await server.answered(ann)
            assert picture.photo is not None
            assert picture.caption is not None
            assert "ESTIMATE" in picture.caption
