"""Candles that agree with other venues, or go on from what was believed."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from liqbot.market.agreement import agrees, doubts, goes_on, hull
from liqbot.market.series import Candles
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, floats
from tests.builders import FIVE_MINUTES_MS, START_MS, some_candles

NONE = Candles.none(FIVE_MINUTES_MS)
CALM = some_candles([100.0] * 6)


def doubted(
    candles: Candles, own: Candles = NONE, *others: Candles, is_trusted: bool = True
) -> list[str]:
    """The reason against each row, "" for those believed."""
    found = doubts(candles, own, others, is_trusted=is_trusted)
    reasons = [[name for name, rows in found.items() if rows[row]] for row in range(len(candles))]
    assert all(len(each) <= 1 for each in reasons)
    return ["".join(each) for each in reasons]


def with_spike(candles: Candles, row: int, high: float) -> Candles:
    highs = candles.high.copy()
    highs[row] = high
    return replace(candles, high=floats(highs))


def scaled(candles: Candles, factor: ArrayLike) -> Candles:
    return replace(
        candles,
        open=floats(candles.open * np.asarray(factor)),
        high=floats(candles.high * np.asarray(factor)),
        low=floats(candles.low * np.asarray(factor)),
        close=floats(candles.close * np.asarray(factor)),
    )


def later(closes: list[float], bars: int = 6) -> Candles:
    return some_candles(closes, start_ms=START_MS + bars * FIVE_MINUTES_MS)


def test_prices_within_a_fifth_agree() -> None:
    assert agrees(np.array([80.1, 100, 119.9]), 100.0).all()
    assert not agrees(np.array([79.9, 120.1, np.nan]), 100.0).any()


def test_a_price_may_go_further_the_longer_nobody_looked() -> None:
    assert goes_on(119.0, 100.0, 5 * MINUTE_MS)
    assert not goes_on(121.0, 100.0, HOUR_MS)
    assert goes_on(140.0, 100.0, 4 * HOUR_MS)
    assert not goes_on(10_000.0, 100.0, 20 * DAY_MS)


def test_what_several_others_contradict_is_not_believed() -> None:
    assert doubted(some_candles([130.0] * 6), NONE, CALM, CALM) == ["price"] * 6
    assert doubted(some_candles([110.0] * 6), NONE, CALM, CALM) == [""] * 6


def test_the_median_of_others_decides_not_one_of_them() -> None:
    assert doubted(CALM, NONE, some_candles([101.0] * 6), CALM, some_candles([9.0] * 6)) == [""] * 6


def test_of_two_others_that_disagree_one_is_enough() -> None:
    for other in (1.0, 10_000.0):
        assert doubted(CALM, NONE, CALM, some_candles([other] * 6)) == [""] * 6
        assert (
            doubted(some_candles([50.0] * 6), NONE, CALM, some_candles([other] * 6))
            == ["price"] * 6
        )


def test_of_two_that_disagree_the_one_that_jumped_is_wrong() -> None:
    mine, theirs = later([100.0, 100.0]), later([10_000.0, 10_000.0])
    assert doubted(mine, CALM, theirs) == ["", ""]
    assert doubted(theirs, CALM, mine) == ["price", "price"]


def test_of_two_first_answers_that_disagree_neither_is_believed() -> None:
    assert doubted(CALM, NONE, some_candles([200.0] * 6)) == ["unconfirmed"] * 6


def test_a_first_answer_is_believed_only_where_no_other_is_awaited() -> None:
    assert doubted(CALM) == [""] * 6
    assert doubted(CALM, is_trusted=False) == ["unconfirmed"] * 6


def test_a_crash_is_believed_alone_where_candles_are_continuous() -> None:
    crash = some_candles([100.0, 70.0, 71.0], start_ms=int(CALM.closed_ms[-1]))
    assert doubted(crash, CALM) == ["", "", ""]
    assert doubted(crash.since(int(crash.opened_ms[1])), CALM) == ["", ""]


def test_a_crash_is_believed_before_the_others_told_of_its_candle() -> None:
    crash = later([70.0])
    falls = replace(crash, open=floats([100.0]), high=floats([100.0]))
    assert doubted(falls, CALM, CALM, CALM) == [""]


def test_a_price_that_jumps_between_candles_is_not_believed_alone() -> None:
    assert doubted(later([70.0, 70.0]), CALM) == ["jump", "jump"]
    assert doubted(later([70.0, 70.0]), CALM, later([71.0, 70.0])) == ["", ""]


def test_an_answer_that_retells_known_candles_otherwise_is_not_believed() -> None:
    tenfold = some_candles([1000.0] * 8)
    assert doubted(tenfold, CALM) == ["jump"] * 8


def test_one_wrong_candle_of_a_long_answer_goes_alone() -> None:
    told = some_candles([100.0] * 6)
    wrong = scaled(told, np.where(np.arange(6) == 3, 100.0, 1.0))
    assert doubted(wrong) == ["", "", "", "jump", "", ""]
    assert doubted(wrong, NONE, CALM, CALM) == ["", "", "", "price", "", ""]


def test_the_past_has_to_lead_to_what_is_known() -> None:
    past = some_candles([100.0] * 6, start_ms=START_MS - 6 * FIVE_MINUTES_MS)
    assert doubted(past, CALM) == [""] * 6
    assert doubted(past, some_candles([1.0] * 3)) == ["jump"] * 6


def test_a_wick_that_no_other_venue_saw_is_not_believed() -> None:
    spiked = with_spike(CALM, 3, 125.0)
    assert doubted(spiked, NONE, CALM) == ["", "", "", "spike", "", ""]
    assert doubted(spiked, NONE, spiked) == [""] * 6
    assert doubted(spiked) == [""] * 6
    assert doubted(with_spike(CALM, 3, 201.0))[3] == "spike"


def test_a_candle_of_a_steep_move_is_no_spike() -> None:
    told = some_candles([100.0, 130.0, 100.0, 75.0])
    assert doubted(told, NONE, told) == [""] * 4


def test_others_with_finer_candles_are_compared_too() -> None:
    minutes = some_candles([100.0] * 30, interval_ms=MINUTE_MS)
    assert doubted(some_candles([130.0] * 6), NONE, minutes, CALM) == ["price"] * 6


def test_unknown_candles_are_not_doubted() -> None:
    assert doubted(some_candles([100.0, np.nan, 100.0])) == ["", "", ""]
    assert doubted(NONE) == []


def test_a_hull_holds_what_everyone_told() -> None:
    low, high = hull(CALM, (some_candles([99.0]), some_candles([103.0, 104.0])))
    assert low[:2].tolist() == [99.0, 103.0]
    assert high[:2].tolist() == [103.0, 104.0]
    assert np.isnan(low[2:]).all()


@given(
    st.lists(st.floats(-0.15, 0.15), min_size=3, max_size=30),
    st.integers(0, 29),
    st.sampled_from((0.01, 100.0)),
)
def test_a_walk_is_believed_and_no_candle_of_another_scale_is(
    steps: list[float], first: int, scale: float
) -> None:
    walk = some_candles(100 * np.exp(np.cumsum(steps)))
    assert doubted(walk) == [""] * len(walk)
    first %= len(walk)
    wrong = walk.since(int(walk.opened_ms[first]))
    assert all(doubted(scaled(wrong, scale), walk))
    assert all(doubted(scaled(wrong, scale), NONE, walk, walk))
