"""What only the archive in a database does; what every archive does is in tests/contracts."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from liqbot.errors import StorageError
from liqbot.heatmap.model import Model
from liqbot.market.instrument import Instrument
from liqbot.market.units import DAY_MS, moment_of
from liqbot.storage import tables
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import Database, open_database
from tests.builders import START_MS, an_observation, same, some_candles

BTC = Instrument("binance", "BTC", "USDT")
FIRST = moment_of(START_MS)
DAY = timedelta(days=1)


async def test_a_second_process_reads_what_the_first_one_kept(
    database: Database, empty_url: str
) -> None:
    seen = an_observation()
    await SqlArchive(database).keep(seen)
    async with open_database(empty_url) as other:
        archive = SqlArchive(other)
        assert await archive.known() == (BTC,)
        read = await archive.read(BTC, START_MS, START_MS + DAY_MS)
        assert same(read.candles, seen.candles)
        await archive.keep(an_observation(some_candles((7.0,))))
    read = await SqlArchive(database).read(BTC, START_MS, START_MS + DAY_MS)
    assert read.candles.close.tolist() == [7.0, 101.0, 99.0]


async def test_two_processes_may_keep_the_same_at_once(database: Database, empty_url: str) -> None:
    async with open_database(empty_url) as other:
        archives = [SqlArchive(each) for each in (database, other) * 4]
        seen = an_observation(some_candles(range(1, 60)))
        await asyncio.gather(*(archive.keep(seen) for archive in archives))
        read = await archives[0].read(BTC, START_MS, START_MS + DAY_MS)
    assert same(read.candles, seen.candles)


async def test_what_fails_halfway_is_not_kept_at_all(database: Database) -> None:
    archive = SqlArchive(database)
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE open_interest RENAME TO away"))
    with pytest.raises(StorageError, match="run: liqbot migrate"):
        await archive.keep(an_observation())
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO open_interest"))
    assert await archive.known() == ()
    await archive.keep(an_observation())
    assert await archive.known() == (BTC,)


async def test_an_instrument_of_which_only_the_name_is_there_is_not_known(
    database: Database,
) -> None:
    names = {"venue": "okx", "base": "ETH", "quote": "USDT", "simulated": False}
    async with database.writing() as connection:
        await connection.execute(insert(tables.instruments).values(names))
    assert await SqlArchive(database).known() == ()


async def test_a_market_goes_by_the_model_kept_last(database: Database) -> None:
    archive = SqlArchive(database)
    assert await archive.newest_model("BTC", FIRST) is None
    old, new = Model(version="old"), Model(version="new", spread=0.3, scores={"skill": 0.1})
    await archive.keep_model("BTC", new, FIRST + DAY)
    await archive.keep_model("BTC", old, FIRST)
    await archive.keep_model("ETH", Model(version="another"), FIRST + 2 * DAY)
    assert same(await archive.newest_model("BTC", FIRST + DAY), new)
    assert same(await archive.newest_model("BTC", FIRST + DAY / 2), old)
    assert await archive.newest_model("BTC", FIRST - DAY) is None
    assert same(await archive.kept_models("BTC", 9), ((FIRST + DAY, new), (FIRST, old)))
    assert same(await archive.kept_models("BTC", 1), ((FIRST + DAY, new),))
    assert await archive.kept_models("SOL", 9) == ()


async def test_a_damaged_model_is_told(database: Database) -> None:
    archive = SqlArchive(database)
    async with database.writing() as connection:
        row = {"base": "BTC", "kept_ms": 1, "toml": "spread = 9.0"}
        await connection.execute(insert(tables.models).values(row))
    with pytest.raises(StorageError, match="model kept for BTC is damaged: spread: 9 is outside"):
        await archive.newest_model("BTC", FIRST)
