"""Margin brackets over time."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from liqbot.errors import StorageError
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.units import Usd, moment_of
from liqbot.storage import tables
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import Database
from tests.builders import START_MS, same

BTC = Instrument("binance", "BTC", "USDT")
FIRST = moment_of(START_MS)
DAY = timedelta(days=1)


def some_brackets(rate: float = 0.004, *, source: str = "a test") -> MarginSchedule:
    rows = [(5e4, rate, 125.0), (6e5, rate * 1.25, 100.0), (3e6, rate * 2.5, 50.0)]
    return schedule_from(rows, source)


async def rows(database: Database) -> int:
    async with database.reading() as connection:
        return await connection.scalar(select(func.count()).select_from(tables.brackets)) or 0


async def test_brackets_are_valid_from_when_they_were_told(database: Database) -> None:
    archive = SqlArchive(database)
    old, new = some_brackets(), some_brackets(0.005)
    await archive.keep_brackets(BTC, old, FIRST)
    await archive.keep_brackets(BTC, new, FIRST + DAY)
    assert await archive.brackets(BTC, FIRST - DAY) is None
    assert same(await archive.brackets(BTC, FIRST), old)
    assert same(await archive.brackets(BTC, FIRST + DAY - timedelta(seconds=1)), old)
    assert same(await archive.brackets(BTC, FIRST + 3 * DAY), new)
    assert await archive.brackets(replace(BTC, quote="USDC"), FIRST + DAY) is None


async def test_the_same_brackets_told_again_write_nothing(database: Database) -> None:
    archive = SqlArchive(database)
    for days in range(3):
        told = some_brackets(source=f"a test, asked on day {days}")
        await archive.keep_brackets(BTC, told, FIRST + days * DAY)
    assert await rows(database) == 1
    await archive.keep_brackets(BTC, some_brackets(0.005), FIRST + 3 * DAY)
    await archive.keep_brackets(BTC, some_brackets(), FIRST + 4 * DAY)
    assert await rows(database) == 3


async def test_a_bracket_may_have_no_end(database: Database) -> None:
    archive = SqlArchive(database)
    endless = replace(some_brackets().tiers[0], cap=Usd(math.inf))
    schedule = MarginSchedule(tiers=(endless,), source="a test")
    await archive.keep_brackets(BTC, schedule, FIRST)
    assert same(await archive.brackets(BTC, FIRST), schedule)


@pytest.mark.parametrize("tiers", [[], [[0, 1]], [[0, 1, 2, 3, 4]], None, "x"])
async def test_damaged_ones_are_told(database: Database, tiers: object) -> None:
    archive = SqlArchive(database)
    await archive.keep_brackets(BTC, some_brackets(), FIRST)
    async with database.writing() as connection:
        await connection.execute(update(tables.brackets).values(tiers=tiers))
    with pytest.raises(StorageError, match="damaged"):
        await archive.brackets(BTC, FIRST)
