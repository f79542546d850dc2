"""Candles as people read them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from liqbot.heatmap.history import History
from liqbot.market.units import HOUR_MS, MINUTE_MS, Price, floats
from liqbot.planning.structure import Structure, structure_of
from tests.charts.histories import a_history

BARS = 288  # of five minutes: a day


def walked(
    closes: ArrayLike, *, wick: float = 0.0, interval_ms: int = 5 * MINUTE_MS, moved: float = 0.0
) -> History:
    """Return a history whose mark is the last close, moved on; `wick` is a fraction of each."""
    close = floats(closes)
    history = a_history(bars=close.size, interval_ms=interval_ms)
    high, low = floats(close * (1 + wick)), floats(close * (1 - wick))
    candles = replace(history.candles, open=close, high=high, low=low, close=close)
    known = close[~np.isnan(close)]
    last = float(known[-1]) if known.size else np.nan
    snapshot = replace(history.snapshot, mark=Price(last * (1 + moved)))
    return replace(history, candles=candles, snapshot=snapshot)


def read(closes: ArrayLike, *, wick: float = 0.0, interval_ms: int = 5 * MINUTE_MS) -> Structure:
    return structure_of(walked(closes, wick=wick, interval_ms=interval_ms))


def zigzag(*turns: tuple[int, float]) -> list[float]:
    """Return closes that run straight from turn to turn: (bar, price)."""
    at, price = np.array(turns).T
    return [float(each) for each in np.interp(np.arange(BARS), at, price)]


def test_the_nearest_turns_that_held_are_support_and_resistance() -> None:
    turns = (0, 100.0), (60, 90.0), (120, 110.0), (180, 95.0), (240, 105.0), (287, 100.0)
    found = read(zigzag(*turns), wick=0.001)
    assert (found.support, found.resistance) == (95.0 * 0.999, 105.0 * 1.001)


@pytest.mark.parametrize(("later", "support"), [(174, 90.0), (175, 93.0)])
def test_a_turn_is_the_farthest_price_of_two_hours_on_both_sides(
    later: int, support: float
) -> None:
    turns = (0, 100.0), (150, 90.0), (151, 97.0), (later, 93.0), (287, 100.0)
    assert read(zigzag(*turns)).support == support


def test_two_hours_on_both_sides_are_enough_to_tell() -> None:
    closes = [103.0, 102.0, 100.0, 101.0, 102.0]
    assert read(closes, interval_ms=HOUR_MS).support == 100.0
    assert read(closes[1:], interval_ms=HOUR_MS).support is None


def test_a_turn_that_was_gone_through_holds_no_longer() -> None:
    turns = (0, 100.0), (60, 95.0), (120, 105.0), (200, 90.0), (287, 100.0)
    assert read(zigzag(*turns)).support == 90.0


def test_a_price_that_only_falls_has_no_support() -> None:
    found = read(np.linspace(110.0, 100.0, BARS))
    assert (found.support, found.resistance) == (None, None)
    assert found.broken == "low"


@pytest.mark.parametrize("edge", ["high", "low"])
@pytest.mark.parametrize(("end", "is_back"), [(108.0, True), (112.3, False)])
def test_a_wick_beyond_an_extreme_differs_from_a_close_there(
    end: float, edge: str, *, is_back: bool
) -> None:
    way = 1 if edge == "high" else -1
    closes = zigzag((0, 100.0), (100, 110.0), (200, 101.0), (260, 112.0), (287, end))
    found = read([100 + way * (each - 100) for each in closes], wick=0.02)
    assert (found.swept, found.broken) == ((edge, None) if is_back else (None, edge))


@pytest.mark.parametrize(("at", "swept"), [(241, "high"), (238, None)])
def test_what_was_swept_over_four_hours_ago_is_told_no_more(at: int, swept: str | None) -> None:
    found = read(zigzag((0, 100.0), (100, 110.0), (200, 101.0), (at, 112.0), (287, 100.0)))
    assert found.swept == swept


def test_where_nothing_went_beyond_nothing_is_swept() -> None:
    found = read(zigzag((0, 100.0), (60, 90.0), (120, 110.0), (240, 101.0), (287, 100.0)))
    assert (found.swept, found.broken) == (None, None)


def test_a_price_that_stands_still_shows_nothing() -> None:
    found = read([100.0] * BARS)
    assert found == Structure(support=None, resistance=None, swept=None, broken=None, width=None)


@pytest.mark.parametrize(("now", "width"), [(0.2, 0.22), (3.0, 1.73)])
def test_moves_now_are_compared_with_those_of_all(now: float, width: float) -> None:
    signs = np.where(np.arange(BARS) % 2, 1.0, -1.0)
    size = np.full(BARS, 0.001)
    size[-72:] *= now
    found = read(100 * np.exp(np.cumsum(signs * size)))
    assert found.width == pytest.approx(width, abs=0.02)


@pytest.mark.parametrize(("minutes", "is_known"), [(30, True), (60, False)])
def test_six_hours_of_a_dozen_moves_tell_how_wide_they_are(minutes: int, *, is_known: bool) -> None:
    closes = zigzag(*((bar, 100.0 + bar % 3) for bar in range(0, BARS, 7)))
    assert (read(closes, interval_ms=minutes * MINUTE_MS).width is not None) is is_known


@given(
    closes=st.lists(st.one_of(st.floats(1e-6, 1e6), st.just(np.nan)), min_size=1, max_size=40),
    moved=st.floats(-0.5, 0.5),
)
def test_any_candles_are_read(closes: list[float], moved: float) -> None:
    history = walked(closes, interval_ms=HOUR_MS, moved=moved)
    found, mark = structure_of(history), history.snapshot.mark
    assert found.support is None or found.support < mark
    assert found.resistance is None or found.resistance > mark
    assert found.swept is None or found.broken is None
    assert found.width is None or found.width >= 0
