"""What of the past is missing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from liqbot.live.recovery import Span, missing, pieces
from liqbot.market.series import OpenInterest
from liqbot.market.units import HOUR_MS, floats, integers
from tests.builders import FIVE_MINUTES_MS, START_MS, an_observation, some_candles
from tests.walks import a_walk, without

spans = st.builds(
    lambda from_ms, length: Span(from_ms, from_ms + length), st.integers(0, 500), st.integers(1, 99)
)


def test_nothing_is_missing_of_what_is_whole() -> None:
    walk = a_walk(24)
    assert missing(walk, START_MS, START_MS + 2 * HOUR_MS) == ()


def test_holes_in_candles_or_open_interest_are_missing() -> None:
    holes = without(a_walk(24), 4, 5, 12)
    first, last = START_MS + 4 * FIVE_MINUTES_MS, START_MS + 12 * FIVE_MINUTES_MS
    assert missing(holes, START_MS, START_MS + 2 * HOUR_MS) == (
        Span(first, first + 2 * FIVE_MINUTES_MS),
        Span(last, last + FIVE_MINUTES_MS),
    )
    samples = an_observation(
        some_candles(np.full(24, 100.0)),
        open_interest=OpenInterest(at_ms=integers([START_MS]), quantity=floats([1.0])),
    )
    end_ms = START_MS + 2 * HOUR_MS
    assert missing(samples, START_MS, end_ms) == (Span(START_MS, end_ms),)


def test_what_lies_before_and_after_is_missing() -> None:
    found = missing(a_walk(12), START_MS - HOUR_MS, START_MS + 2 * HOUR_MS)
    hour = START_MS + HOUR_MS
    assert found == (Span(START_MS - HOUR_MS, START_MS), Span(hour, hour + HOUR_MS))


def test_pieces_are_cut_at_multiples_the_newest_first() -> None:
    found = list(pieces([Span(5, 12), Span(27, 40)], 10))
    assert found == [Span(30, 40), Span(27, 30), Span(10, 12), Span(5, 10)]


@given(st.lists(spans, max_size=1), st.integers(1, 60))
def test_pieces_hold_the_whole_and_none_is_too_long(found: list[Span], length: int) -> None:
    cut = list(pieces(found, length))
    assert sum(each.to_ms - each.from_ms for each in cut) == sum(b - a for a, b in found)
    assert all(0 < each.to_ms - each.from_ms <= length for each in cut)
    assert cut == sorted(cut, reverse=True)
    assert all(each.from_ms // length == (each.to_ms - 1) // length for each in cut)
