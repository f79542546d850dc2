"""Open interest that repeats itself, or jumps."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from liqbot.market.repetition import jumped, repeated, retold
from liqbot.market.series import Candles, OpenInterest
from liqbot.market.units import HOUR_MS, floats, integers
from tests.builders import FIVE_MINUTES_MS, START_MS, some_candles, some_open_interest

NONE = some_open_interest(())
DAY = some_candles([100.0] * 288)


def each_minute(quantities: list[float], start_ms: int = START_MS) -> OpenInterest:
    return some_open_interest(quantities, start_ms=start_ms, interval_ms=60_000)


def test_a_sample_that_repeats_itself_while_trades_flow_tells_nothing() -> None:
    told = some_open_interest([5.0, 5.0, 6.0, 6.0, 6.0])
    stuck, frozen = repeated(told, NONE, (DAY,))
    assert stuck.tolist() == [False, True, False, True, True]
    assert not frozen.any()


def test_after_an_hour_it_is_frozen() -> None:
    stuck, frozen = repeated(some_open_interest([5.0] * 15), NONE, (DAY,))
    assert stuck.tolist() == [False] + [True] * 14
    assert frozen.tolist() == [False] * 12 + [True] * 3


def test_a_freeze_goes_on_from_what_was_kept() -> None:
    told = some_open_interest([5.0, 7.0], start_ms=START_MS + HOUR_MS)
    stuck, frozen = repeated(told, some_open_interest([5.0]), (DAY,))
    assert (stuck.tolist(), frozen.tolist()) == ([True, False], [True, False])


def test_where_nobody_trades_nothing_changes() -> None:
    quiet = some_candles([100.0] * 288, volume=0.0)
    for candles in (quiet, Candles.none(FIVE_MINUTES_MS)):
        stuck, _ = repeated(some_open_interest([5.0] * 15), NONE, (candles,))
        assert not stuck.any()


def test_before_a_candle_has_closed_nobody_knows_of_trades() -> None:
    quiet = some_candles([100.0] * 288, volume=0.0)
    stuck, _ = repeated(each_minute([5.0] * 7), NONE, (quiet,))
    assert stuck.tolist() == [False, True, True, True, True, False, False]


def test_what_is_known_already_is_no_repetition() -> None:
    told = some_open_interest([5.0, 5.0])
    assert not repeated(told, told, (DAY,))[0].any()


def test_an_instant_that_is_past_does_not_change() -> None:
    known = some_open_interest([5.0, float("nan"), 6.0])
    told = some_open_interest([5.0, 5.5, 7.0, 8.0])
    assert [each.tolist() for each in retold(told, known)] == [
        [False, False, False, False],
        [False, False, True, False],
    ]
    nearly, changed = retold(some_open_interest([5.05, 5.5, 5.93]), known)
    assert (nearly.tolist(), changed.tolist()) == ([True, False, False], [False, False, True])
    for asked, so_far in ((told, NONE), (some_open_interest([float("nan")]), known)):
        assert not np.any(retold(asked, so_far))


def test_a_lone_sample_of_another_size_is_not_believed() -> None:
    assert jumped(some_open_interest([5.0, 500.0, 5.0]), NONE).tolist() == [False, True, False]
    assert jumped(some_open_interest([5.0, 6.0, 0.05]), NONE).tolist() == [False, False, True]


def test_a_new_level_that_stays_is_believed() -> None:
    assert not jumped(some_open_interest([5.0, 5.1, 50.0, 51.0]), NONE).any()


def test_a_jump_is_seen_from_what_was_kept_and_forgotten_after_an_hour() -> None:
    known = some_open_interest([5.0])
    soon = some_open_interest([500.0], start_ms=START_MS + HOUR_MS)
    late = some_open_interest([500.0], start_ms=START_MS + HOUR_MS + 1)
    assert jumped(soon, known).all()
    assert not jumped(late, known).any()
    assert not jumped(NONE, NONE).any()


@given(st.lists(st.floats(1.0, 2.9), max_size=20))
def test_samples_that_differ_by_less_than_three_times_stay(quantities: list[float]) -> None:
    assert not jumped(some_open_interest(quantities), NONE).any()


def test_unknown_samples_are_passed_over() -> None:
    told = OpenInterest(
        at_ms=integers(START_MS + FIVE_MINUTES_MS * integers(range(3))),
        quantity=floats([5.0, float("nan"), 5.0]),
    )
    stuck, _ = repeated(told, NONE, (DAY,))
    assert stuck.tolist() == [False, False, True]
