from dataclasses import replace

import pytest

from liqbot.chat.message import Message
from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from liqbot.market.status import HoldersStatus
from tests.charts.histories import a_history
from tests.fakes.desk import CALLER, FakeMarkets, a_desk, a_status


async def ask(words: str = "", markets: FakeMarkets | None = None) -> Message:
    desk, known, _ = a_desk(a_history(base="SOL"))
    if markets:
        known.histories = markets.histories
    return await COMMANDS["help"].invoke(desk, CALLER, words)


async def test_every_command_is_listed_in_order_with_what_it_needs() -> None:
    lines = plain((await ask()).text).splitlines()
    named = [line.split()[0].removeprefix("/") for line in lines if line.startswith("/")]
    assert named == list(COMMANDS)
    assert lines[0].startswith("/heatmap MARKET … Draw where")
    assert "/status Tell what is seen, and what is not and why" in lines


async def test_what_it_offers_to_try_is_there() -> None:
    assert [each.words for each in (await ask()).buttons[0]] == [
        "/heatmap SOL",
        "/levels SOL",
        "/status",
    ]
    (row,) = (await ask(markets=FakeMarkets({}))).buttons
    assert [each.words for each in row] == ["/status"]


@pytest.mark.parametrize("words", ["heatmap", "/Heatmap", "command=heatmap"])
async def test_one_command_is_explained_word_by_word(words: str) -> None:
    lines = plain((await ask(words)).text).splitlines()
    assert lines[0] == "/heatmap Draw where leveraged positions would be liquidated"
    assert lines[1].startswith("/heatmap MARKET [range] [venue]")
    assert "range 12h, 24h, 3d, 7d, 30d, 90d" in lines
    assert [line.split()[0] for line in lines[2:]] == [s.name for s in COMMANDS["heatmap"].slots]


async def test_an_unknown_command_is_answered_with_the_nearest() -> None:
    found = await ask("levls")
    assert plain(found.text) == "There is no command “levls”. Did you mean levels?"


async def test_what_the_diamond_is_is_said_where_somebody_is_listed() -> None:
    held = HoldersStatus(listed=1, telling=1, age_s=1.0, positions=1, dropped={}, failing="")
    status = a_status()
    listed = replace(status, venues=(replace(status.venues[0], holders=held),))
    for known, is_said in ((status, False), (listed, True)):
        found = await COMMANDS["help"].invoke(a_desk(status=known)[0], CALLER, "")
        assert ("◆ marks what is measured" in plain(found.text)) is is_said
