"""The bot on recorded time, from the command line."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from liqbot.market.recording.writer import write_recording
from tests.cli.conftest import Liqbot
from tests.fakes.source import truths

FROM, TO = "2026-01-06T06:00", "2026-01-06T14:00"
_PATIENCE_S = 60.0


def arguments(wandering: Path, out: Path) -> list[str]:
    span = ["--from", FROM, "--to", TO]
    return ["replay", "--recording", str(wandering), *span, "--out", str(out)]


def transcript(folder: Path) -> list[str]:
    """What was told, message by message, but for the numbers of messages."""
    text = (folder / "transcript.txt").read_text("utf-8")
    return re.sub(r"message \d+", "message", text).split("── ")[1:]


@pytest.fixture(scope="module")
def wandering(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six days and more of BTC on three venues."""
    folder = tmp_path_factory.mktemp("recordings") / "wandering"
    truth = truths(("BTC",), ("binance", "bybit", "okx"), bars=288 * 6)
    write_recording(folder, list(truth.values()), simulated=True)
    return folder


@pytest.fixture(scope="module")
def alone(wandering: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A replay that was left alone."""
    out = tmp_path_factory.mktemp("replays") / "alone"
    program = [sys.executable, "-m", "liqbot", *arguments(wandering, out)]
    subprocess.run(program, check=True, capture_output=True, env={"PATH": "", "COLUMNS": "80"})
    return out


def test_it_tells_what_the_bot_would_have_told(alone: Path) -> None:
    messages = transcript(alone)
    assert len(messages) >= 3
    assert all(re.match(r"2026-01-06 \d\d:\d\d:\d\d UTC( · message)?\n", each) for each in messages)
    assert all("ESTIMATE" in each for each in messages)
    named = re.findall(r"^\[([\w.-]+\.png)\]", "\n".join(messages), re.MULTILINE)
    assert named
    for each in named:
        assert (alone / "pictures" / each).read_bytes().startswith(b"\x89PNG")


def test_again_it_tells_nothing_twice_and_sums_up(
    alone: Path, wandering: Path, liqbot: Liqbot
) -> None:
    before = transcript(alone)
    again = liqbot(*arguments(wandering, alone))
    assert again.code == 0
    assert transcript(alone) == before
    assert "Alerts a day" in again.out
    assert re.search(r"\d+ messages in 0\.333 days", again.out)
    assert "What came of it" in again.out
    assert max(map(len, again.out.partition("\nIn ")[0].splitlines())) <= 80


def test_killed_and_begun_again_it_tells_the_same(
    alone: Path, wandering: Path, tmp_path: Path
) -> None:
    wanted, out = transcript(alone), tmp_path / "killed"
    program = [sys.executable, "-m", "liqbot", *arguments(wandering, out)]
    for count in (1, len(wanted) // 2):
        with subprocess.Popen(
            program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"PATH": ""}
        ) as running:
            _wait_for(out / "transcript.txt", count)
            os.kill(running.pid, signal.SIGKILL)
    subprocess.run(program, check=True, capture_output=True, env={"PATH": ""})
    found = transcript(out)
    assert set(found) == set(wanted)
    assert len(wanted) <= len(found) <= len(wanted) + 2  # one in flight each time


def _wait_for(path: Path, count: int) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not path.exists() or path.read_text("utf-8").count("── ") < count:
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("--markets", "BTC,PEPE"), "There is no market “PEPE”"),
        (("--from", "2027-01-01"), "2026-01-07"),
        (("--from", "2026-01-06", "--to", "2026-01-05"), "before"),
    ],
)
def test_what_is_not_recorded_is_refused(
    wandering: Path, tmp_path: Path, liqbot: Liqbot, wrong: tuple[str, ...], words: str
) -> None:
    refused = liqbot("replay", "--recording", wandering, "--out", tmp_path, *wrong)
    assert refused.code == 2
    assert words in refused.err
