"""What was told since the last bar."""

from dataclasses import replace

import numpy as np
import pytest

from liqbot.heatmap.confluence import confluence_of
from liqbot.heatmap.history import History, recall
from liqbot.heatmap.meanwhile import with_news
from liqbot.market.book import OrderBook
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation
from liqbot.market.series import OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, F8, MINUTE_MS, floats, integers
from tests.builders import a_liquidation, same
from tests.walks import QUICK, a_walk

WALK = a_walk(600, seed=3, interval_ms=5 * MINUTE_MS)
SEEN = (WALK, replace(WALK, instrument=Instrument("okx", "BTC", "USDT")))
HISTORY = recall("BTC", SEEN, QUICK, DAY_MS, bin_width=0.01)
ENDED_MS = HISTORY.snapshot.at_ms


def told(row: int, *sampled: tuple[int, float], book: OrderBook | None = None) -> Observation:
    """Return what a venue has told by now: open interest by seconds after the bar, and a book."""
    interest = SEEN[row].open_interest
    stamps = [ENDED_MS + seconds * 1000 for seconds, _ in sampled]
    return replace(
        SEEN[row],
        book=book,
        open_interest=OpenInterest(
            at_ms=integers([*interest.at_ms, *stamps]),
            quantity=floats([*interest.quantity, *(quantity for _, quantity in sampled)]),
        ),
    )


def news(*seen: Observation) -> History:
    return with_news(HISTORY, seen, HISTORY.tape)


def test_where_nothing_is_new_nothing_changes() -> None:
    assert same(news(*SEEN), HISTORY)


def test_forced_orders_and_the_newest_books_are_handed_on() -> None:
    book = OrderBook.of(ENDED_MS + 7, [(99.0, 1.0)], [(101.0, 1.0)])
    tape = Tape.of([a_liquidation(at_ms=ENDED_MS + 9)])
    found = with_news(HISTORY, (told(0), told(1, book=book)), tape)
    assert same(found.tape, tape)
    assert same(dict(found.books), {"okx": book})
    assert same(replace(found, tape=HISTORY.tape, books=HISTORY.books), HISTORY)


def test_open_interest_of_now_is_one_row_more_in_which_the_silent_stand_as_they_stood() -> None:
    found = news(told(0, (20, 1.0), (50, 700.0), (80, float("nan"))), told(1))
    stood = float(HISTORY.interest[1, -1])
    assert found.interest[:, -1].tolist() == [700.0, stood]
    assert found.open_interest.at_ms[-1] == ENDED_MS + 50_000
    assert found.open_interest.quantity[-1] == 700.0 + stood
    np.testing.assert_allclose(sums(found), found.open_interest.quantity)
    both = news(told(0, (50, 700.0)), told(1, (30, 300.0)))
    assert both.open_interest.quantity[-1] == 1000.0
    assert both.open_interest.at_ms[-1] == ENDED_MS + 50_000


def sums(history: History) -> F8:
    return floats(history.interest.sum(axis=0))


def test_what_is_compared_at_bars_ends_is_compared_there_still() -> None:
    found = news(told(0, (50, 1.0)), told(1, (50, 1.0)))
    assert confluence_of(found).interest_hour == pytest.approx(confluence_of(HISTORY).interest_hour)
    assert same(found.open_interest.until(ENDED_MS), HISTORY.open_interest)
