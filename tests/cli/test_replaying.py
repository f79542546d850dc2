"""What is ordered to be replayed."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from liqbot.chat.message import ChatId, Message
from liqbot.cli.replaying import Transcript, ordered
from liqbot.clock import SteppedClock
from liqbot.errors import OutOfRange, UnknownName
from liqbot.market.units import moment_of
from tests.walks import QUICK

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_without_words_all_of_a_recording_is_replayed(recording: Path, tmp_path: Path) -> None:
    order = ordered(recording, tmp_path, QUICK)
    assert order.bases == ("BTC", "ETH")
    assert [len(each.observations) for each in order.markets] == [2, 1]
    assert moment_of(order.to_ms) == datetime(2026, 1, 3, tzinfo=UTC)


def test_a_part_of_it_can_be_chosen(recording: Path, tmp_path: Path) -> None:
    order = ordered(
        recording, tmp_path, QUICK, bases=["ETH"], from_="2026-01-02", to="2026-01-02T12:00"
    )
    assert order.bases == ("ETH",)
    assert (order.to_ms - order.from_ms) / 3_600_000 == 12


def test_what_is_not_there_is_refused(recording: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="ETHW"):
        ordered(recording, tmp_path, QUICK, bases=["ETHW"])
    with pytest.raises(OutOfRange, match="before"):
        ordered(recording, tmp_path, QUICK, from_="2026-01-02", to="2026-01-02")


async def test_a_transcript_says_when_each_message_was_told(tmp_path: Path) -> None:
    clock, told = SteppedClock(AT), StringIO()
    transcript = Transcript(clock, tmp_path, told, count=7)
    sent = await transcript.send(ChatId("console", "here"), Message(text=(("BTC moved",),)))
    assert sent == "8"
    assert told.getvalue() == "── 2026-01-02 03:04:05 UTC\nBTC moved\n\n"
