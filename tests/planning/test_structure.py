"""Candles as people read them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from liqbot.heatmap.history import History
from liqbot.market.units import Price, floats
from liqbot.planning.structure import Structure, structure_of
from tests.charts.histories import a_history

BARS = 288  # of five minutes: a day


def walked(closes: ArrayLike) -> History:
    """Return a history whose candles are points, and whose mark is the last."""
    close = floats(closes)
    history = a_history(bars=close.size)
    points = replace(history.candles, open=close, high=close, low=close, close=close)
    known = close[~np.isnan(close)]
    snapshot = replace(history.snapshot, mark=Price(float(known[-1]) if known.size else np.nan))
    return replace(history, candles=points, snapshot=snapshot)


def read(closes: ArrayLike) -> Structure:
    return structure_of(walked(closes))


def zigzag(*turns: tuple[int, float]) -> list[float]:
    """Return closes that run straight from turn to turn: (bar, price)."""
    at, price = np.array(turns).T
    return [float(each) for each in np.interp(np.arange(BARS), at, price)]


def test_the_nearest_turns_that_held_are_support_and_resistance() -> None:
    turns = (0, 100.0), (60, 90.0), (120, 110.0), (180, 95.0), (240, 105.0), (287, 100.0)
    found = read(zigzag(*turns))
    assert (found.support, found.resistance) == (95.0, 105.0)


def test_a_turn_that_was_gone_through_holds_no_longer() -> None:
    turns = (0, 100.0), (60, 95.0), (120, 105.0), (200, 90.0), (287, 100.0)
    assert read(zigzag(*turns)).support == 90.0


def test_a_price_that_only_falls_has_no_support() -> None:
    found = read(np.linspace(110.0, 100.0, BARS))
    assert (found.support, found.resistance) == (None, None)
    assert found.broken == "low"


@pytest.mark.parametrize(("end", "swept", "broken"), [(108.0, "high", None), (111.5, None, "high")])
def test_a_wick_beyond_an_extreme_differs_from_a_close_there(
    end: float, swept: str | None, broken: str | None
) -> None:
    closes = zigzag((0, 100.0), (100, 110.0), (200, 101.0), (260, 112.0), (287, end))
    found = read(closes)
    assert (found.swept, found.broken) == (swept, broken)


def test_where_nothing_went_beyond_nothing_is_swept() -> None:
    found = read(zigzag((0, 100.0), (60, 90.0), (120, 110.0), (240, 101.0), (287, 100.0)))
    assert (found.swept, found.broken) == (None, None)


@pytest.mark.parametrize(("now", "width"), [(0.2, 0.22), (3.0, 1.73)])
def test_moves_now_are_compared_with_those_of_all(now: float, width: float) -> None:
    signs = np.where(np.arange(BARS) % 2, 1.0, -1.0)
    size = np.full(BARS, 0.001)
    size[-72:] *= now
    found = read(100 * np.exp(np.cumsum(signs * size)))
    assert found.width == pytest.approx(width, abs=0.02)


@given(closes=st.lists(st.one_of(st.floats(1e-6, 1e6), st.just(np.nan)), min_size=1, max_size=120))
def test_any_candles_are_read(closes: list[float]) -> None:
    history = walked(closes)
    found, mark = structure_of(history), history.snapshot.mark
    assert found.support is None or found.support < mark
    assert found.resistance is None or found.resistance > mark
    assert found.swept is None or found.broken is None
    assert found.width is None or found.width >= 0
