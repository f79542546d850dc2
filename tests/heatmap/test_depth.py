"""What rests in the way of a price."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liqbot.heatmap.depth import Depth, depth_of
from liqbot.heatmap.history import History
from liqbot.market.book import OrderBook
from liqbot.market.units import Side, floats, ms_of
from tests.charts.histories import a_history
from tests.heatmap.books import a_flat_book, booked

EDGES = floats(np.linspace(0.0, 0.1, 101))
SHARES = {"binance": 3 / 6, "bybit": 2 / 6, "okx": 1 / 6}  # of what is modelled, see histories


def depth(history: History, side: Side = Side.LONG) -> Depth:
    return depth_of(history, side, EDGES)


@pytest.mark.parametrize("side", [*Side])
def test_a_flat_book_rests_evenly_as_far_as_it_is_shown_and_beyond(side: Side) -> None:
    found = depth(booked(density=1e9), side)
    assert found.usd == pytest.approx(np.full(100, 1e6), rel=1e-3)
    assert found.shown_usd.sum() == pytest.approx(0.02 * 1e9, rel=0.01)
    assert not found.shown_usd[21:].any()
    assert found.reaches == pytest.approx(dict.fromkeys(SHARES, 0.02), rel=0.01)
    assert (found.missing, found.is_fresh, found.is_known) == ((), True, True)
    assert found.age_s == pytest.approx(1.0)


def test_few_levels_tell_the_same_as_many() -> None:
    history = a_history()
    coarse = {"okx": a_flat_book(history, 1e9, levels=12)}
    fine = {"okx": a_flat_book(history, 1e9, levels=1000)}
    one, other = (depth(replace(history, books=books)).usd for books in (coarse, fine))
    assert one == pytest.approx(other, rel=0.02)


def test_a_venue_that_trades_at_other_prices_counts_from_its_own_middle() -> None:
    history = a_history()
    plain = replace(history, books={"okx": a_flat_book(history)})
    moved = replace(history, books={"okx": a_flat_book(history, basis=0.004)})
    assert depth(moved).usd == pytest.approx(depth(plain).usd)


def test_beyond_the_last_order_the_outer_half_goes_on() -> None:
    history = a_history()
    mark = history.snapshot.mark
    away = np.arange(1, 101) * 1e-4
    usd = 1e6 * away / 0.0075  # of which the last order alone says nothing …
    usd[away <= 0.004] = 9e6  # … and nothing the thick middle
    bids = [(mark * np.exp(-a), u / (mark * np.exp(-a))) for a, u in zip(away, usd, strict=True)]
    asks = [(mark * np.exp(a), 1.0) for a in away]
    book = OrderBook.of(ms_of(history.at), bids, asks)
    found = depth(replace(history, books={"okx": book}, venues=("okx",)))
    assert found.usd[50] * SHARES["okx"] == pytest.approx(1e6 / 1e-4 * 1e-3, rel=0.03)


def test_venues_without_a_book_are_taken_like_those_with_one() -> None:
    history = a_history()
    found = depth(replace(history, books={"bybit": a_flat_book(history, 1e9)}))
    assert found.missing == ("binance", "okx")
    assert found.usd == pytest.approx(np.full(100, 1e6 / SHARES["bybit"]), rel=1e-3)
    assert found.shown_usd.sum() == pytest.approx(0.02 * 1e9, rel=0.01)


def test_old_books_are_read_where_no_other_is_and_said_to_be_old() -> None:
    history = a_history()
    old, new = a_flat_book(history, 5e9, age_s=600), a_flat_book(history, 1e9)
    both = depth(replace(history, books={"binance": old, "okx": new}))
    assert (tuple(both.reaches), both.is_fresh) == (("okx",), True)
    older = a_flat_book(history, 5e9, age_s=90)
    assert depth(replace(history, books={"binance": older, "okx": new})).age_s == 90.0
    alone = depth(replace(history, books={"binance": old}))
    assert not alone.is_fresh
    assert alone.age_s == pytest.approx(600.0)
    assert alone.usd.sum() > 0


@pytest.mark.parametrize("kind", ["none", "one side", "one level", "another venue"])
def test_where_no_book_tells_anything_nothing_is_known(kind: str) -> None:
    history = a_history()
    mark, at_ms = history.snapshot.mark, ms_of(history.at)
    books = {
        "none": {},
        "one side": {"okx": OrderBook.of(at_ms, [(mark * 0.999, 1.0), (mark * 0.99, 1.0)], [])},
        "one level": {"okx": OrderBook.of(at_ms, [(mark * 0.999, 1.0)], [(mark * 1.001, 1.0)])},
        "another venue": {"gate": a_flat_book(history)},
    }
    found = depth(replace(history, books=books[kind]))
    assert not found.is_known
    assert not found.usd.any()
    assert (found.missing, found.age_s) == (history.venues, 0.0)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(1e-5, 0.3), st.floats(0.0, 1e6)), min_size=2, max_size=30),
    st.sampled_from(Side),
)
def test_what_rests_is_never_negative_and_never_less_than_is_shown(
    levels: list[tuple[float, float]], side: Side
) -> None:
    history = a_history(venues=("okx",))
    mark = history.snapshot.mark
    sides = ([(mark * np.exp(s * a), q) for a, q in levels] for s in (-1, 1))
    books = {"okx": OrderBook.of(ms_of(history.at), *sides)}
    found = depth(replace(history, books=books), side)
    assert (found.shown_usd >= 0).all()
    assert (found.usd >= found.shown_usd * (1 - 1e-9)).all()
    shown = sum(q * mark * np.exp(-side.sign * a) for a, q in levels)
    assert found.shown_usd.sum() <= shown * (1 + 1e-9)
