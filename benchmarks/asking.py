"""Let many ask for pictures at once: uv run python -m benchmarks.asking [--json FILE] [--smoke].

`liqbot run` is a process of its own on the simulated exchange; Telegram's strict server, with its
limits off, is in this one. So many users ask at the same moment: all for one picture that nobody
has drawn yet, for the same again, and each for one of their own. Once at the pace that the bot
writes at, once at none, so that it shows when answers are ready; and once without Telegram, in
this process, from the question to the message.
"""

import argparse
import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, time

import numpy as np
from rich.console import Console
from rich.progress import Progress

from benchmarks.machine import load, machine
from liqbot.app import open_bot
from liqbot.charts.chart import RANGES
from liqbot.chat.message import ChatId
from liqbot.cli import run
from liqbot.clock import SystemClock
from liqbot.commands.command import Caller
from liqbot.config import reading
from liqbot.platforms import telegram
from liqbot.platforms._telegram.lanes import Pace
from liqbot.platforms.console import Console as Terminal
from liqbot.platforms.platform import Reception
from tests.fakes.telegram.chats import Chat
from tests.fakes.telegram.messages import Message
from tests.fakes.telegram.server import TOKEN, TelegramServer

_ROOT = Path(__file__).parents[1]
_FIRST = 1_000
_START_S, _ANSWER_S = 600.0, 120.0  # of patience
_LOOK_S = 2.0
_APART_S = 1.2  # a chat is written to once a second
_LASTING_S = 5.5  # then what was seen is seen anew
_CHARTS = ("heatmap", "levels", "delta", "tiers", "venues")

_CONFIG = """
markets = [{markets}]
[exchanges.simulated]
days = {days}
[caps]
pictures = 1000
[operations]
state_dir = "{folder}"
"""
_TELEGRAM = '[telegram]\nbase_url = "{url}"\n'

# Asks for lines, one a user; returns the seconds that each waited, and what each was told.
Ask = Callable[[Sequence[str]], Awaitable[tuple[list[float], list[str]]]]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How many ask, how often, and for what."""

    users: int = 50
    rounds: int = 5
    days: int = 2  # simulated
    markets: tuple[str, ...] = ("BTC", "ETH", "SOL", "DOGE", "AVAX")

    @property
    def lines(self) -> list[str]:
        """What is asked for where everybody wants something else: the shortest ranges first."""
        return [
            f"/{chart} {market} {name}"
            for chart in _CHARTS
            for name in list(RANGES)[:-1]
            for market in self.markets
        ]


async def at_telegram(
    plan: Plan, folder: Path, progress: Progress, *, paced: bool
) -> dict[str, object]:
    """Return the figures of a process that is asked over the Bot API."""
    async with TelegramServer() as server:
        users = [server.user(_FIRST + i, f"u{i}", started=True) for i in range(plan.users)]
        written = _config(plan, folder) + _TELEGRAM.format(url=server.url)
        (folder / "config.toml").write_text(written)
        async with _running(folder, paced=paced):
            await _warm(server, users[0])
            figures = await _rounds(plan, partial(_asked_there, server, users), progress)
        return figures | {"violations": len(server.violations)}


async def _asked_there(
    server: TelegramServer, users: Sequence[Chat], lines: Sequence[str]
) -> tuple[list[float], list[str]]:
    asked_s, before = time(), len(server.calls)
    asking = users[: len(lines)]
    for chat, line in zip(asking, lines, strict=True):
        server.say(chat, text=line)
    answers = [(await server.answered(each, within=_ANSWER_S))[0] for each in asking]
    came: dict[int, float] = {}
    for call in server.calls[before:]:
        if call.method.startswith("send") and call.method != "sendChatAction":
            came.setdefault(int(call.words["chat_id"]), call.at)
    return [came[each.id] - asked_s for each in asking], [_told(each) for each in answers]


def _told(message: Message) -> str:
    return "picture" if message.photo else str(message.text)


async def at_the_desk(plan: Plan, folder: Path, progress: Progress) -> dict[str, object]:
    """Return the figures of the same without a platform, in this process."""
    (folder / "config.toml").write_text(_config(plan, folder) + "[console]\n")
    config = reading.load(folder / "config.toml")
    url = f"sqlite:///{folder}/liqbot.db"
    async with open_bot(config, SystemClock(), url=url, folder=folder) as bot:
        terminal = bot.connections["console"]
        assert isinstance(terminal, Terminal)  # noqa: S101 - it was asked for
        while bot.markets.back_filling < 1 or bot.markets.status().warming:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_S)
        return await _rounds(plan, partial(_asked_here, terminal._reception), progress)  # noqa: SLF001


async def _asked_here(reception: Reception, lines: Sequence[str]) -> tuple[list[float], list[str]]:
    async def ask(user: int, line: str) -> tuple[float, str]:
        began_s = perf_counter()
        chat = ChatId.private("console", str(user))
        caller = Caller(chat=chat, user=str(user), is_admin=True)
        found = await reception.answer(caller, line)
        return perf_counter() - began_s, "picture" if found.picture else str(found.text)

    answers = await asyncio.gather(*(ask(user, line) for user, line in enumerate(lines)))
    return [waited_s for waited_s, _ in answers], [told for _, told in answers]


async def _rounds(plan: Plan, ask: Ask, progress: Progress) -> dict[str, object]:
    """Ask in all three ways, again and again; return how long everybody waited, and for what."""
    waited_s: dict[str, list[float]] = {"cold": [], "cached": [], "each another": []}
    told: dict[str, list[str]] = {way: [] for way in waited_s}
    bar = progress.add_task("Asking", total=plan.rounds)

    async def note(way: str, lines: Sequence[str]) -> None:
        found_s, found = await ask(lines)
        waited_s[way] += found_s
        told[way] += found

    for number in range(plan.rounds):
        same = [f"/heatmap {plan.markets[number % len(plan.markets)]}"] * plan.users
        for way in ("cold", "cached"):
            await note(way, same)
            await asyncio.sleep(_APART_S)
        await asyncio.sleep(_LASTING_S)
        await note("each another", plan.lines[: plan.users])
        await asyncio.sleep(_LASTING_S)
        progress.advance(bar)
    return {way: _figures(waited_s[way], told[way]) for way in waited_s}


def _figures(waited_s: Sequence[float], told: Sequence[str]) -> dict[str, object]:
    return {
        "asked": len(told),
        "pictures": told.count("picture"),
        "otherwise": sorted({each for each in told if each != "picture"})[:5],
        "p50, ms": 1e3 * float(np.percentile(waited_s, 50)),
        "p95, ms": 1e3 * float(np.percentile(waited_s, 95)),
        "at most, ms": 1e3 * max(waited_s),
    }


def _config(plan: Plan, folder: Path) -> str:
    markets = ", ".join(json.dumps(each) for each in plan.markets)
    return _CONFIG.format(markets=markets, days=plan.days, folder=folder)


@asynccontextmanager
async def _running(folder: Path, *, paced: bool) -> AsyncIterator[None]:
    """Run the bot until the end of the block."""
    module = ("liqbot", "run", "--config") if paced else ("benchmarks.asking", "--unpaced")
    with (folder / "log").open("ab") as log:
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *module, str(folder / "config.toml")),
            cwd=_ROOT,
            env=os.environ | {"LIQBOT_TELEGRAM_TOKEN": TOKEN},
            stdin=DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        bot.terminate()
        await bot.wait()


def unpaced(config: Path) -> None:
    """Be `liqbot run`, but write to Telegram as fast as can be."""
    vars(telegram)["Pace"] = partial(
        Pace, overall_s=0.0, chat_s=0.0, shared=1_000_000, a_second=1_000_000
    )
    run.run(config=config)


async def _warm(server: TelegramServer, user: Chat) -> None:
    """Wait until the bot knows the past of all markets and has a map of each."""
    until_s, said = time() + _START_S, ""
    while "all warm" not in said or "Back-fill 100%" not in said:
        if time() > until_s:
            raise SystemExit(f"it never got warm: {said}")
        server.say(user, text="/status")
        said = (await server.answered(user, within=_START_S))[0].said.text
        await asyncio.sleep(_LOOK_S)


async def measure(plan: Plan, progress: Progress) -> dict[str, dict[str, object]]:
    """Measure in all three places."""
    places: dict[str, Callable[[Path], Awaitable[dict[str, object]]]] = {
        "Telegram, at its pace": lambda here: at_telegram(plan, here, progress, paced=True),
        "Telegram, at no pace": lambda here: at_telegram(plan, here, progress, paced=False),
        "the desk": lambda here: at_the_desk(plan, here, progress),
    }
    figures = {}
    for place, measured in places.items():
        with TemporaryDirectory(prefix="liqbot-") as folder:
            figures[place] = await measured(Path(folder)) | {"load": load()}
    return figures


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=Plan.users)
    parser.add_argument("--rounds", type=int, default=Plan.rounds)
    parser.add_argument("--smoke", action="store_true", help="a few, to see that it runs")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--unpaced", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.unpaced:
        unpaced(asked.unpaced)
        return
    plan = Plan(users=asked.users, rounds=asked.rounds)
    if asked.smoke:
        plan = Plan(users=5, rounds=1, days=1, markets=("BTC",))
    console = Console()
    with Progress(console=console) as progress:
        figures = asyncio.run(measure(plan, progress))
    told = {"machine": machine(), "plan": asdict(plan), "figures": figures}
    console.print_json(json.dumps(figures))
    if asked.json:
        asked.json.write_text(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
