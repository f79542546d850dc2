"""liqbot run, as a process of its own."""

import os
import pty
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Liqbot
from tests.cli.venues import config_at, serving
from tests.fakes.exchange_server import ExchangeServer

PATIENCE_S = 90


@pytest.fixture(scope="module")
def server() -> Iterator[ExchangeServer]:
    with serving() as running:
        yield running
        assert running.violations == []


def started(config: Path) -> "subprocess.Popen[str]":
    """Start the bot; a database of the environment is not used."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("LIQBOT_")}
    return subprocess.Popen(
        [sys.executable, "-m", "liqbot", "run", "--config", str(config)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    )


def told(bot: "subprocess.Popen[str]", pattern: str) -> str:
    """Read what is noted until a line is like a pattern."""
    assert bot.stderr is not None
    for line in bot.stderr:
        if re.search(pattern, line):
            return line
    raise AssertionError(f"ended without {pattern}")


def test_it_watches_answers_and_stops_when_told_to(server: ExchangeServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = config_at(tmp_path, server.url, more=f"metrics_port = {port}")
    bot = started(config)
    try:
        told(bot, f"Health and metrics: http://127.0.0.1:{port}")
        told(bot, "The past is complete")
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE_S) as answer:
            assert b"liqbot_" in answer.read()
        out, err = bot.communicate("heatmap BTC\nstatus\nquit\n", timeout=PATIENCE_S)
    finally:
        bot.kill()
    assert bot.returncode == 0, err
    assert "BTC liquidation heatmap" in out
    assert "Binance+Bybit" in out
    (picture,) = re.findall(r"\S+\.png", out)
    assert Path(picture).read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "state" / "liqbot.db").exists()


def test_a_signal_stops_it(server: ExchangeServer, tmp_path: Path) -> None:
    bot = started(config_at(tmp_path, server.url))
    try:
        told(bot, "The past is complete")
        bot.send_signal(signal.SIGTERM)
        _, err = bot.communicate(timeout=PATIENCE_S)
    finally:
        bot.kill()
    assert bot.returncode == 0
    assert "Stopping" in err
    assert "Traceback" not in err


def test_where_one_types_log_lines_go_to_a_file(server: ExchangeServer, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    bot = subprocess.Popen(
        [sys.executable, "-m", "liqbot", "run", "--config", config_at(tmp_path, server.url)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while b"The past is complete" not in shown:
            shown += os.read(ours, 65_536)
        os.write(ours, b"quit\n")
        with suppress(OSError):  # as it ends
            while chunk := os.read(ours, 65_536):
                shown += chunk
        bot.wait(PATIENCE_S)
    finally:
        bot.kill()
        os.close(ours)
    assert bot.returncode == 0
    assert (tmp_path / "state" / "liqbot.log").exists()
    assert b"liqbot.log" in shown
    assert b"> \r\x1b[K" in shown


def test_settings_that_make_no_sense_are_told(liqbot: Liqbot, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("markets = []\n[exchanges.binanse]", "utf-8")
    outcome = liqbot("run", "--config", path)
    assert outcome.code == 2
    assert "did you mean binance" in outcome.err
