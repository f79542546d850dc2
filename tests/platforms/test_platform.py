import logging
from pathlib import Path

import pytest

from liqbot.chat.message import Message
from liqbot.chat.richtext import plain
from liqbot.commands.command import Caller, Command, NoArguments
from liqbot.desk import Desk
from liqbot.errors import StorageError
from tests.fakes.desk import CALLER, a_desk, a_reception


async def test_a_line_is_answered_by_the_commands(tmp_path: Path) -> None:
    reception = a_reception(tmp_path)
    found = await reception.answer(CALLER, "/heatmap btc")
    assert plain(found.text).startswith("BTC liquidation heatmap")


async def test_words_by_the_name_of_their_slot_are_answered_as_a_line_is(tmp_path: Path) -> None:
    reception = a_reception(tmp_path)
    found = await reception.invoke(CALLER, "heatmap", {"market": "btc", "range": "3d"})
    assert found == await reception.answer(CALLER, "heatmap btc 3d")


async def test_an_answer_that_fails_is_noted_and_told_without_saying_what(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk, markets, _ = a_desk()
    markets.histories = {"BTC": None}  # type: ignore[dict-item]
    reception = a_reception(tmp_path, desk)
    with caplog.at_level(logging.ERROR):
        found = await reception.answer(CALLER, "heatmap btc")
    assert plain(found.text).startswith("Something went wrong here, and it has been noted.")
    assert found.private
    (record,) = caplog.records
    assert (record.__dict__["command"], record.__dict__["platform"]) == ("heatmap", "console")
    assert record.exc_info is not None


async def _lost(_: Desk, __: Caller, ___: NoArguments) -> Message:
    raise StorageError("the disk is full; make room")


async def test_a_database_that_does_not_answer_is_told_kindly_and_to_the_operator(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lost = Command(name="lost", summary="Lose", arguments=NoArguments, run=_lost)
    reception = a_reception(tmp_path, commands={"lost": lost})
    with caplog.at_level(logging.WARNING):
        found = await reception.invoke(CALLER, "lost", {})
    assert plain(found.text).startswith("My database does not answer")
    assert "disk" not in plain(found.text)
    (record,) = caplog.records
    assert record.__dict__["why"] == "the disk is full; make room"
    assert record.exc_info is None
