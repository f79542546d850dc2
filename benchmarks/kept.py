"""All that an archive holds, and where two archives tell differently what both have to know."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from liqbot.market.units import MINUTE_MS
from liqbot.storage import tables
from liqbot.storage.books import SLOT_MS
from liqbot.storage.database import Database
from tests.fakes.world import World

BAR_MS = 5 * MINUTE_MS
SAMPLED = ("binance", "bybit", "okx", "gate", "dydx")  # these tell open interest of the past

Row = tuple[object, ...]  # "binance:BTC" in place of an instrument's number
Kept = Mapping[str, list[Row]]  # by table


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of comparing an archive with one that was left alone."""

    rows: Mapping[str, int]  # that had to be equal, by table
    wrong: tuple[str, ...]  # what is not as it has to be, in words
    prints: tuple[int, int]  # forced orders kept, here and there
    own: Mapping[str, int]  # rows that only a poll's moment makes, by table


_MARKET = ("instruments", "bars", "marks", "open_interest", "funding", "tape", "books")
_TABLES = [tables.METADATA.tables[name] for name in (*_MARKET, "brackets", "snapshots", "models")]


async def everything(database: Database) -> Kept:
    """Return every row of every table that keeps the market, but for when brackets were asked.

    Of brackets only rates and leverage are there: OKX's caps move with its mark.
    """
    async with database.reading() as connection:
        found: dict[str, list[tuple[Any, ...]]] = {
            table.name: [tuple(row) for row in await connection.execute(select(table))]
            for table in _TABLES
        }
    names = {row[0]: f"{row[1]}:{row[2]}" for row in found["instruments"]}
    found["brackets"] = [
        (*row[:3], tuple((tier[2], tier[4]) for tier in row[5])) for row in found["brackets"]
    ]
    return {
        table.name: [(names[row[0]], *row[1:]) for row in found[table.name]]
        if "instrument_id" in table.c
        else [row[table.name == "instruments" :] for row in found[table.name]]
        for table in _TABLES
    }


async def damage(database: Database) -> list[str]:
    """Return what SQLite finds wrong with its file; nothing for another database."""
    if database.dialect != "sqlite":
        return []
    async with database.reading() as connection:
        found = [*await connection.scalars(text("PRAGMA integrity_check"))]
        found += [*await connection.execute(text("PRAGMA foreign_key_check"))]
    return [str(each) for each in found if each != "ok"]


def compared(kept: Kept, steady: Kept, world: World, until_ms: int) -> Comparison:
    """Compare an archive, thinned, with a steady one up to a moment (Unix ms).

    Exactly equal have to be: instruments, candles, mark candles, open interest as the venues tell
    it of the past, settled funding, brackets, maps, models. What a poll saw of its own moment
    (forecasts of funding, samples off the grid, books) differs between any two bots; forced
    orders are told once, so those of the time it was dead are missing, and all others are true.
    """
    firm = _firm(steady, world, until_ms)
    rows, wrong, own = dict[str, int](), list[str](), dict[str, int]()
    for name in kept:
        mine, theirs = Counter(kept[name]), Counter(steady[name])
        if name != "brackets":  # asked again where they changed
            wrong += [f"{name}: {row[:3]} twice" for row, count in mine.items() if count > 1]
        if name in {"tape", "books"}:
            continue
        is_firm = firm.get(name, _always)
        here, there = ({row for row in each if is_firm(row)} for each in (mine, theirs))
        rows[name], own[name] = len(there), len(mine) - len(here)
        wrong += [f"{name}: {row[:4]} missing or another" for row in _first(there - here)]
        wrong += [f"{name}: {row[:4]} too much" for row in _first(here - there)]
    heard, told = ({row for row in each["tape"] if _at(row) <= until_ms} for each in (kept, steady))
    true = _orders(steady, world)
    wrong += [f"tape: {row} made up" for row in heard if (row[0], _at(row)) not in true]
    wrong += [f"books: {row[:3]} out of its slot" for row in kept["books"] if not _in_slot(row)]
    return Comparison(
        rows=rows,
        wrong=tuple(wrong),
        prints=(len(heard), len(told)),
        own={name: count for name, count in own.items() if count},
    )


def _firm(steady: Kept, world: World, until_ms: int) -> Mapping[str, Callable[[Row], bool]]:
    """Return by table which rows do not depend on when a poll was."""
    settled = {
        (f"{venue}:{base}", int(at))
        for venue, base, *_ in steady["instruments"]
        for at in world.listing(str(venue), str(base)).funding(world.begin_ms, until_ms)[0]
    }
    return {
        "bars": lambda row: _at(row) + BAR_MS <= until_ms,
        "marks": lambda row: _at(row) + BAR_MS <= until_ms,
        "open_interest": lambda row: (
            _at(row) <= until_ms
            and _at(row) % BAR_MS == 0
            and str(row[0]).partition(":")[0] in SAMPLED
        ),
        "funding": lambda row: (row[0], row[1]) in settled,
    }


def _orders(steady: Kept, world: World) -> set[Row]:
    """Return whose forced orders there were and when; Gate tells seconds."""
    return {
        (f"{venue}:{base}", each.at_ms // unit_ms * unit_ms)
        for venue, base, *_ in steady["instruments"]
        for unit_ms in (1000 if venue == "gate" else 1,)
        for each in world.listing(str(venue), str(base)).tape(world.begin_ms, world.now_ms)
    }


def _always(_: Row) -> bool:
    return True


def _first(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=str)[:5]


def _at(row: Row) -> int:
    return int(str(row[1]))


def _in_slot(row: Row) -> bool:
    slot_ms, at_ms = _at(row), int(str(row[2]))
    return slot_ms % SLOT_MS == 0 and slot_ms <= at_ms < slot_ms + SLOT_MS
