"""A process that is killed in the middle of writing leaves the database whole."""

import asyncio
import signal
import sys
from pathlib import Path

import numpy as np
from sqlalchemy import text

from liqbot.market.instrument import Instrument
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import Database, open_database
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    a_liquidation,
    an_observation,
    some_candles,
)

ROOT = Path(__file__).parents[2]
ROWS = 40  # of each kind in one observation
BTC = Instrument("binance", "BTC", "USDT")


async def write_without_end(url: str) -> None:
    """Keep one observation after the other, and say of each when it is kept."""
    async with open_database(url) as database:
        archive = SqlArchive(database)
        for step in range(1_000_000):
            begin_ms = START_MS + step * ROWS * FIVE_MINUTES_MS
            stamps = begin_ms + FIVE_MINUTES_MS * np.arange(ROWS)
            candles = some_candles(np.full(ROWS, 100.0), start_ms=begin_ms)
            seen = an_observation(
                candles,
                mark_candles=candles,
                tape=Tape.of(a_liquidation(at_ms=int(at)) for at in stamps),
            )
            await archive.keep(seen)
            sys.stdout.write(f"{step}\n")
            sys.stdout.flush()


async def killed(url: str, after_s: float) -> int:
    """Write in another process, kill it, and return how many it said it had kept."""
    code = (
        "import asyncio, sys; from tests.storage.test_archive_kills import write_without_end;"
        "asyncio.run(write_without_end(sys.argv[1]))"
    )
    writing = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, url), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert writing.stdout is not None
    told = [await writing.stdout.readline()]
    try:
        async with asyncio.timeout(after_s):
            while line := await writing.stdout.readline():
                told.append(line)
    except TimeoutError:
        writing.kill()
    told += (await writing.stdout.read()).splitlines()
    assert await writing.wait() == -signal.SIGKILL
    return len([line for line in told if line.strip()])


async def test_a_killed_writer_leaves_whole_observations_and_all_it_told_of(
    database: Database, empty_url: str
) -> None:
    archive = SqlArchive(database)
    for after_s in np.random.default_rng(7).uniform(0.0, 0.25, 3):
        told = await killed(empty_url, float(after_s))
        assert told > 0
        read = await archive.read(BTC, START_MS, START_MS + 400 * DAY_MS)
        assert read.mark_candles is not None
        kept = {len(read.candles), len(read.mark_candles), len(read.tape)}
        assert len(kept) == 1
        (rows,) = kept
        assert rows % ROWS == 0
        assert rows >= told * ROWS
    if database.dialect == "sqlite":
        async with database.reading() as connection:
            assert await connection.scalar(text("PRAGMA integrity_check")) == "ok"
