"""What is ordered to be replayed."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from liqbot.chat.message import ChatId, Message
from liqbot.cli.replaying import Transcript, ordered, told_since
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
    assert told.getvalue() == "── 2026-01-02 03:04:05 UTC · message 8\nBTC moved\n\n"


def test_what_was_told_since_a_moment_is_read_without_buttons(tmp_path: Path) -> None:
    told = (
        "── 2026-01-02 03:04:05 UTC · message 1\nBTC moved\n"
        "[btc.png] a map\n[Stop: unsubscribe 1]\n\n"
        "── 2026-01-02 03:09:05 UTC\nInstead of message 1:\nIt is over\n\n"
    )
    (tmp_path / "transcript.txt").write_text(told, "utf-8")
    assert told_since(tmp_path, AT) == [
        "2026-01-02 03:04:05 UTC · message 1\nBTC moved\n[btc.png]",
        "2026-01-02 03:09:05 UTC\nInstead of message 1:\nIt is over",
    ]
    assert len(told_since(tmp_path, AT + timedelta(seconds=1))) == 1
