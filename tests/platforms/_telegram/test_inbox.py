import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from liqbot.platforms._telegram import inbox
from liqbot.platforms._telegram.inbox import Inbox

AT = datetime(2026, 1, 7, 2, 0, 4, tzinfo=UTC)


def an_update(number: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"text": "/help é"}}


def test_what_is_not_done_waits_for_the_next_start(tmp_path: Path) -> None:
    first = Inbox(tmp_path / "inbox")
    first.take(an_update(1), AT)
    first.take(an_update(2), AT + timedelta(seconds=1))
    first.done(1)
    # killed: nobody closes it
    again = Inbox(tmp_path / "inbox")
    assert again.waiting == ((an_update(2), AT + timedelta(seconds=1)),)
    assert 1 in again
    assert 2 in again
    assert 3 not in again
    for each in (first, again):
        each.close()


def test_a_line_that_was_cut_short_is_as_if_it_had_not_been(tmp_path: Path) -> None:
    path = tmp_path / "inbox"
    first = Inbox(path)
    first.take(an_update(1), AT)
    first.done(1)
    first.close()
    path.write_bytes(path.read_bytes() + b'{"came": {"update_id": 2, "mess\xff')
    again = Inbox(path)
    assert again.waiting == ()
    assert 1 in again
    assert 2 not in again
    again.take(an_update(2), AT)
    again.close()
    assert Inbox(path).waiting == ((an_update(2), AT),)


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "deeper" / "inbox"
    path.parent.mkdir()
    path.write_text("[]\n42\n{}\n")
    path.chmod(0o644)
    Inbox(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "_REMEMBERED", 10)
    monkeypatch.setattr(inbox, "_LONGEST", 50)
    path = tmp_path / "inbox"
    kept = Inbox(path)
    for i in range(500):
        kept.take(an_update(i), AT)
        kept.done(i)
    assert len(path.read_bytes().splitlines()) <= 51
    assert 499 in kept
    assert 480 not in kept
    kept.close()


def test_a_full_disk_is_told_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int, __: bytes) -> int:
        raise OSError(28, "No space left on device")

    kept = Inbox(tmp_path / "inbox")
    monkeypatch.setattr(os, "write", full)
    with caplog.at_level(logging.WARNING):
        kept.take(an_update(1), AT)
    assert 1 in kept
    assert caplog.records[0].__dict__["why"] == "No space left on device"
    kept.close()
