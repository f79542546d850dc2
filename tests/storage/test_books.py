"""Order books on their way into rows and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from liqbot.errors import StorageError
from liqbot.market.book import OrderBook
from liqbot.market.units import floats
from liqbot.storage import tables
from liqbot.storage.archive import SqlArchive
from liqbot.storage.books import SLOT_MS, row_of, thinned
from liqbot.storage.database import Database
from tests.builders import START_MS, an_observation, same


def a_book(levels: int, *, step: float = 0.0001, seed: int = 1) -> OrderBook:
    chance = np.random.default_rng(seed)
    away = step * np.cumsum(chance.uniform(0.5, 1.5, (2, levels)), axis=1)
    sizes = chance.lognormal(0, 1, (2, levels))
    bid_price, ask_price = 50_000 * np.exp(-away[0]), 50_000 * np.exp(away[1])
    return OrderBook(
        at_ms=START_MS,
        bid_price=floats(bid_price),
        bid_quantity=floats(sizes[0]),
        ask_price=floats(ask_price),
        ask_quantity=floats(sizes[1]),
    )


def test_the_best_prices_stay_and_dollars_too() -> None:
    book = a_book(500)
    thin = thinned(book)
    assert thin.mid == book.mid
    assert thin.depth(0.09) == pytest.approx(book.depth(0.09), rel=1e-12)
    assert len(thin.bid_price) < 70


def test_levels_within_a_tenth_of_a_percent_become_one_at_their_mean() -> None:
    book = OrderBook.of(0, [(100.0, 1.0), (99.95, 2.0), (99.92, 1.0), (99.85, 4.0)], [(101.0, 1.0)])
    thin = thinned(book)
    assert thin.bid_price.tolist() == [100.0, pytest.approx((2 * 99.95 + 99.92) / 3), 99.85]
    assert thin.bid_quantity.tolist() == [1.0, 3.0, 4.0]


def test_what_rests_beyond_a_tenth_of_the_price_is_left_out() -> None:
    thin = thinned(OrderBook.of(0, [(100.0, 1.0), (90.0, 1.0), (89.9, 1.0)], [(101.0, 1.0)]))
    assert thin.bid_price.tolist() == [100.0, 90.0]


def test_a_side_may_be_empty() -> None:
    for book in (OrderBook.of(0, [], [(1.0, 1.0)]), OrderBook.of(0, [(1.0, 1.0)], [])):
        assert same(thinned(book), book)


@given(st.integers(0, 300), st.floats(1e-7, 0.03), st.integers(0, 2**32 - 1))
def test_thinning_is_done_once_and_never_crosses(levels: int, step: float, seed: int) -> None:
    once = thinned(a_book(levels, step=step, seed=seed))
    assert same(thinned(once), once)
    assert len(once.ask_price) <= 101


async def test_a_kept_book_is_the_thinned_one(database: Database) -> None:
    archive, book = SqlArchive(database), a_book(500)
    seen = an_observation(book=book)
    await archive.keep(seen)
    read = await archive.read(seen.instrument, START_MS, START_MS)
    assert same(read.book, thinned(book))


async def test_a_damaged_book_is_told(database: Database) -> None:
    archive, seen = SqlArchive(database), an_observation(book=a_book(5))
    await archive.keep(seen)
    async with database.writing() as connection:
        await connection.execute(update(tables.books).values(bids=b"junk"))
    with pytest.raises(StorageError, match="damaged"):
        await archive.read(seen.instrument, START_MS, START_MS)


def test_a_row_belongs_to_its_quarter_of_an_hour() -> None:
    book = OrderBook.of(START_MS + SLOT_MS - 1, [(1.0, 1.0)], [])
    assert row_of(7, book)[:3] == (7, START_MS, START_MS + SLOT_MS - 1)
