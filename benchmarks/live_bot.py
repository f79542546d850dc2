"""The bot and the fake exchanges as processes of their own, and what can be read of them."""

import json
import os
import re
import select
import signal
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, time

_ROOT = Path(__file__).parents[1]
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PATIENCE_S = 120.0
_STAMPS = """
    SELECT venue, base, at_ms FROM instruments JOIN (
        SELECT instrument_id, at_ms FROM open_interest
        UNION SELECT instrument_id, at_ms FROM funding
        UNION SELECT instrument_id, at_ms FROM books
        UNION SELECT instrument_id, at_ms FROM tape
        UNION SELECT instrument_id, opened_ms + 300000 FROM bars
    ) ON id = instrument_id WHERE at_ms >= ? ORDER BY at_ms
"""

Figures = dict[tuple[str, ...], float]  # by the values of the labels


@contextmanager
def exchanges(markets: int, days: float) -> Iterator[str]:
    """Serve so many markets with so many days of past on loopback; give the address."""
    command = [sys.executable, "-m", "tests.fakes.exchange_server"]
    options = ["--markets", str(markets), "--days", str(days)]
    with subprocess.Popen(
        [*command, *options], cwd=_ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None  # noqa: S101 - a pipe was asked for
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


@dataclass(frozen=True)
class Answer:
    """What the bot answered, and when it was asked and had answered (Unix seconds)."""

    asked_s: float
    told_s: float
    text: str

    @property
    def is_picture(self) -> bool:
        """Whether a picture came, all of it written."""
        found = re.search(r"^\S+\.png$", self.text, re.MULTILINE)
        return found is not None and Path(found[0]).read_bytes().startswith(b"\x89PNG")

    @property
    def said_s(self) -> float | None:
        """How old its badge says that the data are, in whole seconds; None if more than 59."""
        found = re.search(r"data (\d+) s old", self.text)
        return None if found is None else float(found[1])


class Bot:
    """`liqbot run` on a folder with a config.toml that has state and metrics."""

    def __init__(self, folder: Path, port: int) -> None:
        """Start it; `port` is where it serves its metrics."""
        self._port = port
        self.started_s = time()
        command = [sys.executable, "-m", "liqbot", "run", "--config", str(folder / "config.toml")]
        with (folder / "bot.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )

    def ask(self, words: str) -> Answer:
        """Type a line and read what is answered; raise RuntimeError where nothing is."""
        process = self._process
        assert process.stdin is not None  # noqa: S101 - a pipe was asked for
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        asked_s, told = time(), b""
        process.stdin.write(f"{words}\n".encode())
        process.stdin.flush()
        while not told.endswith(b"\n\n"):
            ready, _, _ = select.select([process.stdout], [], [], _PATIENCE_S)
            chunk = os.read(process.stdout.fileno(), 65_536) if ready else b""
            if not chunk:
                raise RuntimeError(f"no answer to {words!r}")
            told += chunk
        return Answer(asked_s, time(), told.decode())

    def figures(self) -> dict[str, Figures]:
        """Return what /metrics tells, by name and by the values of the labels."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE_S)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        found: defaultdict[str, Figures] = defaultdict(dict)
        for name, labels, value in re.findall(r"^(\w+)(?:\{(.*)\})? (\S+)$", text, re.MULTILINE):
            found[name][tuple(re.findall(r'"([^"]*)"', labels))] = float(value)
        return found

    @property
    def cpu_s(self) -> float:
        """The processor time that it has used, of all its threads."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND

    @property
    def peak_mb(self) -> float:
        """How much of it was ever in memory at once."""
        found = re.search(r"VmHWM:\s+(\d+) kB", self._proc("status"))
        return int(found[1]) * 1024 / 1e6 if found else float("nan")

    def stop(self) -> float:
        """Send SIGTERM; return how long it took to end, in seconds."""
        began = monotonic()
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=_PATIENCE_S)
        return monotonic() - began

    def kill(self) -> None:
        """End it, however it is."""
        self._process.kill()
        self._process.communicate()

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self._process.pid}/{name}").read_text("utf-8")


def written_config(
    folder: Path,
    url: str,
    markets: tuple[str, ...],
    venues: tuple[str, ...],
    *,
    port: int,
    book_every_s: float,
) -> Path:
    """Write the settings of a bot that asks a server; return where its database will be."""
    names = ", ".join(json.dumps(each) for each in markets)
    lines = [f"markets = [{names}]"]
    for venue in venues:
        lines += [f"[exchanges.{venue}]", f'base_url = "{url}"']
        lines += [f'ws_url = "{url.replace("http", "ws", 1)}"', f"book_every_s = {book_every_s}"]
    state = folder / "state"
    lines += ["[operations]", f'state_dir = "{state}"', f"metrics_port = {port}"]
    (folder / "config.toml").write_text("\n".join(lines) + "\n", "utf-8")
    return state / "liqbot.db"


def stamps(database: Path, since_s: float) -> dict[str, dict[str, list[float]]]:
    """Return when anything kept was told of, Unix seconds in order, by base and venue."""
    found: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with sqlite3.connect(database) as connection:
        for venue, base, at_ms in connection.execute(_STAMPS, (int(since_s * 1000),)):
            found[base][venue].append(at_ms / 1000)
    return {base: dict(venues) for base, venues in found.items()}
