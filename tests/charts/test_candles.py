import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from liqbot.charts._candles import merged, seen_prices
from liqbot.market.units import MINUTE_MS
from tests.builders import START_MS, some_candles

FIVE = 5 * MINUTE_MS
END = START_MS + 10_000 * FIVE


def test_candles_of_a_slot_become_one() -> None:
    candles = some_candles([100.0, 103.0, 99.0, 101.0, 102.0, 98.0, 97.0], reach=0.01)
    first, second = merged(candles, 6 * FIVE, START_MS, END)
    assert (first.from_ms, first.open, first.close) == (START_MS, 100.0, 98.0)
    assert (first.high, first.low) == (103.0 * 1.01, 98.0 * 0.99)
    assert (second.from_ms, second.open, second.close) == (START_MS + 6 * FIVE, 98.0, 97.0)


def test_unknown_candles_are_passed_over() -> None:
    candles = some_candles([100.0, np.nan, 99.0] + [np.nan] * 6 + [95.0])
    found = merged(candles, 3 * FIVE, START_MS, END)
    assert [(c.open, c.close) for c in found] == [(100.0, 99.0), (95.0, 95.0)]
    assert merged(some_candles([np.nan] * 4), 3 * FIVE, START_MS, END) == []
    assert merged(some_candles([]), 3 * FIVE, START_MS, END) == []


@given(st.lists(st.floats(1.0, 1e6), min_size=1, max_size=60), st.integers(1, 13))
def test_nothing_that_was_traded_is_lost(closes: list[float], length: int) -> None:
    candles = some_candles(closes, reach=0.02)
    found = merged(candles, length * FIVE, START_MS, END)
    assert max(c.high for c in found) == candles.high.max()
    assert min(c.low for c in found) == candles.low.min()
    assert (found[0].open, found[-1].close) == (closes[0], closes[-1])


def test_prices_are_seen_within_the_span_only() -> None:
    candles = some_candles([100.0, 200.0, 300.0])
    seen = seen_prices(candles, START_MS + FIVE, START_MS + 2 * FIVE)
    assert sorted(seen) == [100.0, 200.0]
