"""Tell many at once: uv run python -m benchmarks.fanout [--chats 10000] [--kill] [--json FILE].

A strict Bot API with Telegram's limits runs here; `liqbot run` is a process of its own, told of it
by its settings. So many private chats are owed one alert with a picture, all from one moment on,
while somebody asks /status every two seconds. What arrived, when and how often is counted at the
server. With --kill the bot is killed with -9 half-way and started again.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
from asyncio.subprocess import DEVNULL, Process
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from rich.console import Console
from rich.progress import Progress

from benchmarks.machine import load, machine
from benchmarks.subscribed import owe
from liqbot.alerting.delivery import LEASE
from liqbot.chat.message import ChatId
from tests.fakes.telegram.chats import Chat
from tests.fakes.telegram.server import TOKEN, TelegramServer

_ROOT = Path(__file__).parents[1]
_FLOOR = 30.0  # messages a second that Telegram takes
_FIRST, _ASKING = 1_000_000, 7  # users
_UP = timedelta(seconds=45)  # for the bot to start, and to draw its first map
_ASK_S = 2.0
_LATE_S = 5.0  # in which whatever comes twice has come
_OK = 200
_SENT = {"sendMessage", "sendPhoto"}

_CONFIG = """
markets = ["BTC"]

[exchanges.simulated]
[telegram]
base_url = "{url}"
[operations]
state_dir = "{folder}"
"""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How many are told, and whether the bot dies on the way."""

    chats: int = 10_000
    kill: bool = False
    latency_s: float = 0.05  # of every call

    @property
    def floor_s(self) -> float:
        """How long it takes at the least."""
        return self.chats / _FLOOR

    @property
    def patience_s(self) -> float:
        """After how long whoever was told nothing is given up."""
        lapse_s = LEASE.total_seconds() if self.kill else 0.0  # of what a bot that died had claimed
        return 2 * self.floor_s + 60 + lapse_s


@dataclass
class Seen:
    """What was seen, beside what the server remembers."""

    due_s: float  # when all were owed it
    waited_s: list[float] = field(default_factory=list)  # for each answer


async def measure(plan: Plan, progress: Progress) -> dict[str, object]:
    """Tell all once; return the figures."""
    with TemporaryDirectory(prefix="liqbot-") as name:
        folder = Path(name)
        async with TelegramServer() as server:
            server.limits.on, server.troubles.latency_s = True, plan.latency_s
            users = range(_FIRST, _FIRST + plan.chats)
            for user in users:
                server.user(user, f"u{user}", started=True)
            asker = server.user(_ASKING, "asker", started=True)
            due_at = datetime.now(UTC) + _UP + timedelta(seconds=plan.chats / 300)
            addresses = [ChatId.private("telegram", str(user)) for user in users]
            await owe(f"sqlite:///{folder}/liqbot.db", addresses, due_at)
            (folder / "config.toml").write_text(_CONFIG.format(url=server.url, folder=folder))
            seen = Seen(due_at.timestamp())
            async with _Bot(folder) as bot:
                await asyncio.sleep(max(seen.due_s - time(), 0.0))
                asking = asyncio.create_task(_ask(server, asker, seen))
                await _watch(server, plan, bot, progress)
                asking.cancel()
            if asking.done() and not asking.cancelled() and asking.exception():
                raise SystemExit(f"it stopped answering: {asking.exception()}")
            return _figures(plan, server, seen)


async def _watch(server: TelegramServer, plan: Plan, bot: "_Bot", progress: Progress) -> None:
    """Wait until all were told, or long enough; kill the bot half-way where that is planned."""
    bar = progress.add_task("Telling", total=plan.chats)
    until_s, is_killed = time() + plan.patience_s, not plan.kill
    told, read = set[int](), 0
    while len(told) < plan.chats and time() < until_s:
        await asyncio.sleep(0.5)
        told |= _told(server, read).keys()
        read = len(server.calls)
        bot.check()
        progress.update(bar, completed=len(told))
        if not is_killed and len(told) >= plan.chats / 2:
            await bot.start()
            is_killed = True
    await asyncio.sleep(_LATE_S)


async def _ask(server: TelegramServer, asker: Chat, seen: Seen) -> None:
    """Ask something again and again, and note how long it took to be answered."""
    while True:
        began_s = time()
        server.say(asker, asker, "/status")
        await server.answered(asker, within=600)
        seen.waited_s.append(time() - began_s)
        await asyncio.sleep(max(_ASK_S - seen.waited_s[-1], 0.0))


def _told(server: TelegramServer, since: int = 0) -> dict[int, list[float]]:
    """Return when each chat was sent something since a call, but for the one that asks."""
    told: dict[int, list[float]] = {}
    for each in server.calls[since:]:
        if each.method in _SENT and each.status == _OK:
            chat = int(each.words["chat_id"])
            if chat != _ASKING:
                told.setdefault(chat, []).append(each.at)
    return told


class _Bot:
    """The bot as a process of its own; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def start(self) -> None:
        """Begin, or begin again after it was killed."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
        config = str(self._folder / "config.toml")
        with (self._folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "liqbot", "run", "--config", config),
                cwd=_ROOT,
                env=os.environ | {"LIQBOT_TELEGRAM_TOKEN": TOKEN},
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
            )

    def check(self) -> None:
        """Raise SystemExit with what it said last where it is dead."""
        if self._process is not None and self._process.returncode is not None:
            raise SystemExit((self._folder / "log").read_text()[-2000:])


def _figures(plan: Plan, server: TelegramServer, seen: Seen) -> dict[str, object]:
    told = _told(server)
    first = np.array([times[0] for times in told.values()]) - seen.due_s
    makespan_s = float(first.max(initial=0.0))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "chats": plan.chats,
        "told": len(told),
        "lost": plan.chats - len(told),
        "told twice": sum(len(times) - 1 for times in told.values()),
        "makespan, s": makespan_s,
        "of the floor at 30/s": makespan_s / plan.floor_s,
        "told after, p50 s": _percentile(first, 50),
        "told after, p95 s": _percentile(first, 95),
        "429s": server.limits.refused,
        "sent while blocked": server.limits.while_blocked,
        "pictures uploaded": sum(server.files.uploads.values()),
        "questions answered": len(seen.waited_s),
        "answered after, p50 s": _percentile(seen.waited_s, 50),
        "answered after, p95 s": _percentile(seen.waited_s, 95),
        "answered after, at most s": max(seen.waited_s, default=float("nan")),
        "violations": len(server.violations),
        "CPU of the bot, s": used.ru_utime + used.ru_stime,
        "most memory, MB": used.ru_maxrss / 1024,
    }


def _percentile(values: ArrayLike, share: float) -> float:
    listed = np.asarray(values)
    return float(np.percentile(listed, share)) if listed.size else float("nan")


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=10_000)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--latency-ms", type=float, default=1e3 * Plan.latency_s)
    parser.add_argument("--smoke", action="store_true", help="a few chats, to see that it runs")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    plan = Plan(
        chats=40 if asked.smoke else asked.chats,
        kill=asked.kill,
        latency_s=asked.latency_ms / 1e3,
    )
    console = Console()
    with Progress(console=console) as progress:
        figures = asyncio.run(measure(plan, progress))
    for name, value in figures.items():
        console.print(f"{name:>28}  {value:,.2f}".removesuffix(".00"))
    told = {"machine": machine(), "load": load(), "plan": asdict(plan), "figures": figures}
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1))
    if figures["lost"] or figures["violations"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
