"""liqbot record, also as a process of its own that is ended."""

import logging
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest

from liqbot.cli.unfinished import unfinished
from liqbot.market.recording.reader import Recording
from tests.cli.conftest import Liqbot
from tests.cli.venues import config_at, serving
from tests.fakes.exchange_server import ExchangeServer
from tests.fakes.faults import Fault

PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def serving_all() -> Iterator[ExchangeServer]:
    with serving() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def server(serving_all: ExchangeServer) -> Iterator[ExchangeServer]:
    yield serving_all
    serving_all.faults.clear()


@pytest.fixture(autouse=True)
def _logging_stays_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def started(config: Path, out: Path, *more: str) -> "subprocess.Popen[str]":
    words = ["record", "--out", str(out), "--for", "1h", "--config", str(config), *more]
    return subprocess.Popen(
        [sys.executable, "-m", "liqbot", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kept(out: Path) -> set[tuple[int, int]]:
    """Which candles are kept so far: of which instrument, and when they opened (Unix ms)."""
    if not (out / "recording.db").exists():
        return set()
    with closing(sqlite3.connect(out / "recording.db", timeout=10)) as database:
        try:
            return set(database.execute("SELECT instrument_id, opened_ms FROM bars"))
        except sqlite3.OperationalError:  # no tables yet
            return set()


def instruments_kept(out: Path) -> int:
    return len({number for number, _ in kept(out)})


def until(done: Callable[[], bool]) -> None:
    """Wait until something is so."""
    patient_until = monotonic() + PATIENCE_S
    while not done():
        assert monotonic() < patient_until
        sleep(0.05)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_writes_what_came(
    server: ExchangeServer, tmp_path: Path, sent: signal.Signals
) -> None:
    out = tmp_path / "recording"
    recorder = started(config_at(tmp_path, server.url, markets="BTC,ETH"), out)
    try:
        until(lambda: instruments_kept(out) == 4)
        recorder.send_signal(sent)
        told, err = recorder.communicate(timeout=PATIENCE_S)
    finally:
        recorder.kill()
    assert recorder.returncode == 0, err
    first, second = told.splitlines()
    assert first.startswith(f"{out}: BTC, ETH on binance, bybit: ")
    assert second == f"Look at it: liqbot levels BTC --recording {out}"
    assert err == "Recording BTC, ETH for 1h; Ctrl-C ends it, and what came is kept.\n"
    recording = Recording.open(out)
    assert (recording.bases, recording.venues) == (("BTC", "ETH"), ("binance", "bybit"))
    candles = sum(len(recording.read(each).candles) for each in recording.instruments)
    assert f": {candles} candles, " in first
    assert not (out / "recording.db").exists()


def test_what_a_killed_one_kept_is_in_the_next(server: ExchangeServer, tmp_path: Path) -> None:
    out, config = tmp_path / "recording", config_at(tmp_path, server.url)
    killed = started(config, out, "--back-fill", "1d")
    try:
        until(lambda: instruments_kept(out) == 2)
    finally:
        killed.kill()
    killed.communicate()
    before = kept(out)
    server.faults.add(Fault(kind="500", market="BTC"))  # so that all that is written is old
    asked = server.count("bybit", market="BTC")
    following = started(config, out)
    try:
        until(lambda: server.count("bybit", market="BTC") > asked)
        following.send_signal(signal.SIGINT)
        _, err = following.communicate(timeout=PATIENCE_S)
    finally:
        following.kill()
    assert following.returncode == 0, err
    recording = Recording.open(out)
    assert recording.venues == ("binance", "bybit")
    assert sum(len(recording.read(each).candles) for each in recording.instruments) == len(before)


def test_a_market_that_nobody_lists_is_exit_code_2(
    liqbot: Liqbot, server: ExchangeServer, tmp_path: Path
) -> None:
    config, out = config_at(tmp_path, server.url), tmp_path / "recording"
    failed = liqbot("record", "--out", out, "--markets", "BTT", "--config", config)
    assert (failed.code, failed.out) == (2, "")
    assert "There is no market “BTT”. Did you mean BTC?" in failed.err


def test_where_nobody_answers_it_is_exit_code_1(liqbot: Liqbot, tmp_path: Path) -> None:
    config = config_at(tmp_path, "http://127.0.0.1:9")
    failed = liqbot("record", "--out", tmp_path / "recording", "--config", config)
    assert (failed.code, failed.out) == (1, "")
    assert "Nobody can be asked: binance cannot be reached; bybit cannot be reached" in failed.err
    assert "Traceback" not in failed.err


async def test_a_folder_in_use_is_told(server: ExchangeServer, tmp_path: Path) -> None:
    out = tmp_path / "recording"
    out.mkdir()
    async with unfinished(out):
        other = started(config_at(tmp_path, server.url), out)
        _, err = other.communicate(timeout=PATIENCE_S)
    assert other.returncode == 1
    assert "another liqbot records into it; stop that one, or name another folder" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--for never", "“never” is not a span of time. Try 90m, 24h, 7d or 2w."),
        ("--for 0m", "longer than nothing"),
        ("--back-fill 31d", "Venues tell at most 30d of their past."),
        ("--markets ,", "“,” is not a list of markets. Try BTC,ETH or bybit:BTC."),
        ("--markets BTC,?", "“?” is not a market."),
        ("--config none.toml", "none.toml"),
    ],
)
def test_what_makes_no_sense_is_told_before_anybody_is_asked(
    liqbot: Liqbot, tmp_path: Path, words: str, told: str
) -> None:
    failed = liqbot("record", "--out", tmp_path / "recording", *words.split())
    assert (failed.code, failed.out) == (2, "")
    assert told in failed.err


def test_a_folder_that_cannot_be_made_is_told(liqbot: Liqbot, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    failed = liqbot("record", "--out", tmp_path / "file")
    assert (failed.code, failed.out) == (2, "")
    assert "file cannot be made a folder" in failed.err
