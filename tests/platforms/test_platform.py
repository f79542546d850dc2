import logging
from pathlib import Path

import pytest

from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from liqbot.platforms.platform import Reception
from tests.fakes.desk import CALLER, a_desk


async def test_a_line_is_answered_by_the_commands(tmp_path: Path) -> None:
    reception = Reception(commands=COMMANDS, desk=a_desk()[0], folder=tmp_path)
    found = await reception.answer(CALLER, "/heatmap btc")
    assert plain(found.text).startswith("BTC liquidation heatmap")


async def test_an_answer_that_fails_is_noted_and_told_without_saying_what(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk, markets, _ = a_desk()
    markets.histories = {"BTC": None}  # type: ignore[dict-item]
    reception = Reception(commands=COMMANDS, desk=desk, folder=tmp_path)
    with caplog.at_level(logging.ERROR):
        found = await reception.answer(CALLER, "heatmap btc")
    assert plain(found.text).startswith("Something went wrong here, and it has been noted.")
    assert found.private
    (record,) = caplog.records
    assert (record.__dict__["command"], record.__dict__["platform"]) == ("heatmap", "console")
    assert record.exc_info is not None
