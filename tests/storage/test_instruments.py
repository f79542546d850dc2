"""The numbers that stand for instruments."""

import asyncio

import pytest

from liqbot.errors import StorageError
from liqbot.market.instrument import Instrument
from liqbot.storage.database import Database, open_database
from liqbot.storage.instruments import Entry, enter, find

BTC = Instrument("binance", "BTC", "USDT")


async def entered(
    database: Database, instrument: Instrument = BTC, *, simulated: bool = False
) -> Entry:
    async with database.writing() as connection:
        return await enter(connection, instrument, simulated=simulated)


async def test_an_instrument_keeps_its_number(database: Database) -> None:
    async with database.reading() as connection:
        assert await find(connection, BTC) is None
    entry = await entered(database)
    other = await entered(database, Instrument("binance", "BTC", "USDC"))
    assert other != entry
    assert await entered(database) == entry
    async with database.reading() as connection:
        assert await find(connection, BTC) == entry


async def test_two_processes_that_meet_it_at_once_agree(database: Database, empty_url: str) -> None:
    async with open_database(empty_url) as other:
        entries = await asyncio.gather(*(entered(each) for each in (database, other) * 4))
    assert len(set(entries)) == 1


@pytest.mark.parametrize("first", [False, True])
async def test_a_market_is_real_or_simulated_on_all_venues(database: Database, first: bool) -> None:
    await entered(database, simulated=first)
    words = "kept as a simulated market and okx tells of a real" if first else "own"
    for venue in ("binance", "okx"):
        with pytest.raises(
            StorageError, match=words if venue == "okx" else "database of their own"
        ):
            await entered(database, Instrument(venue, "BTC", "USDT"), simulated=not first)
    assert (await entered(database, Instrument("okx", "ETH", "USDT"), simulated=not first))[1] is (
        not first
    )
