"""What rests in a book."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.market.book import OrderBook
from liqbot.market.units import Price, Usd, floats

BOOK = OrderBook.of(0, bids=[(98, 3), (99, 2), (90, 1)], asks=[(102, 5), (101, 4), (110, 1)])

levels = st.lists(st.tuples(st.floats(1, 99), st.floats(0.1, 10)), max_size=20)


def test_levels_come_best_first() -> None:
    assert BOOK.bid_price.tolist() == [99, 98, 90]
    assert BOOK.bid_quantity.tolist() == [2, 3, 1]
    assert BOOK.ask_price.tolist() == [101, 102, 110]


def test_levels_of_one_price_add_up_and_empty_ones_go() -> None:
    book = OrderBook.of(0, bids=[(99, 2), (99, 3), (98, 0), (math.nan, 1)], asks=[])
    assert book.bid_price.tolist() == [99]
    assert book.bid_quantity.tolist() == [5]


def test_a_crossed_book_is_refused() -> None:
    with pytest.raises(ValueError, match="do not rise"):
        OrderBook.of(0, bids=[(100, 1)], asks=[(100, 1)])


@pytest.mark.parametrize("side", ["bid", "ask"])
def test_a_price_without_a_quantity_is_refused(side: str) -> None:
    columns = dict.fromkeys(("bid_price", "bid_quantity", "ask_price", "ask_quantity"), floats([]))
    with pytest.raises(ValueError, match=f"{side}s without a quantity"):
        OrderBook(at_ms=0, **columns | {f"{side}_price": floats([1.0])})


def test_what_rests_between_two_prices_counts_both_ends_and_both_sides() -> None:
    assert BOOK.usd_between(98, 101) == Usd(98 * 3 + 99 * 2 + 101 * 4)
    assert BOOK.usd_between(99.5, 100.5) == Usd(0)
    assert BOOK.usd_between(101, 98) == Usd(0)


def test_depth_looks_around_the_mid() -> None:
    assert BOOK.mid == Price(100)
    assert BOOK.depth(0.02) == (Usd(98 * 3 + 99 * 2), Usd(101 * 4 + 102 * 5))


def test_a_book_with_an_empty_side_has_no_mid_and_no_depth() -> None:
    book = OrderBook.of(0, bids=[(99, 2)], asks=[])
    assert math.isnan(book.mid)
    assert book.depth(0.5) == (Usd(0), Usd(0))
    assert book.usd_between(0, 1000) == Usd(198)


@given(levels, st.floats(1, 50), st.floats(50, 99))
def test_parts_of_a_book_add_up_to_the_whole(
    bids: list[tuple[float, float]], low: float, high: float
) -> None:
    book = OrderBook.of(0, bids, asks=[(100, 1)])
    split = np.nextafter(high, math.inf)
    parts = [book.usd_between(0, np.nextafter(low, 0)), book.usd_between(low, high)]
    parts.append(book.usd_between(split, math.inf))
    assert sum(parts) == pytest.approx(100 + sum(price * quantity for price, quantity in bids))
