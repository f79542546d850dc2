"""The numbers that stand for instruments."""

import asyncio

import pytest

from liqbot.errors import StorageError
from liqbot.market.instrument import Instrument
from liqbot.storage.database import Database, open_database
from liqbot.storage.instruments import enter, find

BTC = Instrument("binance", "BTC", "USDT")


async def entered(
    database: Database, instrument: Instrument = BTC, *, simulated: bool = False
) -> int:
    async with database.writing() as connection:
        return await enter(connection, instrument, simulated=simulated)


async def test_an_instrument_keeps_its_number(database: Database) -> None:
    async with database.reading() as connection:
        assert await find(connection, BTC) is None
    number = await entered(database)
    other = await entered(database, Instrument("binance", "BTC", "USDC"))
    assert other != number
    assert await entered(database) == number
    async with database.reading() as connection:
        assert await find(connection, BTC) == (number, False)


async def test_two_processes_that_meet_it_at_once_agree(database: Database, empty_url: str) -> None:
    async with open_database(empty_url) as other:
        entries = await asyncio.gather(*(entered(each) for each in (database, other) * 4))
    assert len(set(entries)) == 1


@pytest.mark.parametrize(
    ("simulated", "words"),
    [
        (False, "ETH is kept as a real market and {} tells of a simulated one"),
        (True, "ETH is kept as a simulated market and {} tells of a real one"),
    ],
)
async def test_a_market_is_real_or_simulated_on_all_venues(
    database: Database, simulated: bool, words: str
) -> None:
    await entered(database, Instrument("binance", "ETH", "USDT"), simulated=simulated)
    for venue in ("binance", "okx"):
        with pytest.raises(StorageError, match=words.format(venue)):
            await entered(database, Instrument(venue, "ETH", "USDT"), simulated=not simulated)
    await entered(database, BTC, simulated=not simulated)
