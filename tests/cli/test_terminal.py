"""What is shown where people look."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from liqbot.cli import terminal

CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def on_a_terminal(*arguments: object, **environment: str) -> str:
    """What a terminal of 80 columns gets to see."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "liqbot", *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={"PATH": "", "TERM": "xterm-256color", "COLUMNS": "80", **environment},
    ):
        os.close(theirs)
        seen = b""
        with os.fdopen(ours, "rb", buffering=0) as stream:
            while part := _read(stream.fileno()):
                seen += part
    return seen.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # how Linux says that the other end is gone
        return b""


def test_a_terminal_gets_colours_and_sees_that_something_goes_on(recording: Path) -> None:
    seen = on_a_terminal("levels", "BTC", "--recording", recording)
    assert "Working out the map" in seen
    assert re.search(r"\x1b\[1;38[^m]*m▲ SHORT", seen)


def test_no_color_is_respected(recording: Path) -> None:
    seen = on_a_terminal("levels", "BTC", "--recording", recording, NO_COLOR="1")
    colours = [each for each in CONTROL.findall(seen) if re.search(r"\[.*(38|48|3[0-7])[;m]", each)]
    assert colours == []
    assert "▲ SHORT" in seen


def test_an_error_is_red_on_a_terminal(tmp_path: Path) -> None:
    seen = on_a_terminal("levels", "BTC", "--recording", tmp_path / "nowhere")
    assert f"\x1b[31m{tmp_path / 'nowhere'}: there is no such folder\x1b[0m" in seen
    assert "Traceback" not in seen


def test_elsewhere_there_are_no_control_codes_and_one_line_of_how_long_it_took(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with terminal.progress("Thinking") as tell:
        tell(0.5)
    told = capsys.readouterr()
    assert told.out == ""
    assert re.fullmatch(r"Thinking: \d+\.\d s\n", told.err)


def test_what_is_not_to_be_told_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.working():
        pass
    assert capsys.readouterr().err == ""


def test_what_fails_is_not_told_to_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no"), terminal.progress("Thinking"):
        raise ValueError("no")
    assert capsys.readouterr().err == ""


def test_a_long_line_is_not_broken_and_no_markup_is_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = "[bold]" + "x" * 200 + ":smile:"
    terminal.fail(text)
    terminal.note(text)
    assert capsys.readouterr().err == f"{text}\n{text}\n"
