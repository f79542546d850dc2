"""Histories in steps are those that are worked out anew at each moment."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liqbot.errors import OutOfRange
from liqbot.heatmap.history import recall
from liqbot.heatmap.rolling import Rolling
from liqbot.market.book import OrderBook
from liqbot.market.observation import Observation
from liqbot.market.recording.reader import Recording
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, Price, moment_of, ms_of
from tests.builders import SHARED_DATA, START_MS, an_observation, some_candles, some_funding
from tests.walks import QUICK, a_walk, some_prints, without

SUMMED = {"daily_usd", "swept_usd"}  # in another order


def known_by(at_ms: int, seen: Observation) -> Observation:
    """Return what had been seen by a moment, with the mark that histories in steps go by."""
    candles, marks = seen.candles.until(at_ms), seen.mark_candles
    told = [(candles, 0)] if marks is None else [(candles, 0), (marks.until(at_ms), 1)]
    prices = [
        (int(closed_ms), rank, float(price))
        for each, rank in told
        for closed_ms, price in zip(each.closed_ms[-5:], each.close[-5:], strict=True)
        if price > 0
    ]
    return replace(
        seen,
        observed_at=moment_of(at_ms),
        mark=Price(max(prices)[2] if prices else np.nan),
        candles=candles,
        mark_candles=told[-1][0] if marks else None,
        open_interest=seen.open_interest.until(at_ms),
        funding=seen.funding.until(at_ms),
        tape=seen.tape.until(at_ms),
        book=seen.book if seen.book and seen.book.at_ms <= at_ms else None,
    )


def check(seen: Sequence[Observation], asked: Rolling, *, most: int = 10_000, each: int = 1) -> int:
    """Compare each so-manieth history with what is worked out anew; count them all."""
    before, count = None, 0
    for history in islice(asked, most):
        at_ms = ms_of(history.at)
        if count % each == 0:
            anew = recall(
                asked.base,
                [known_by(at_ms, one) for one in seen],
                asked.model,
                asked.window_ms,
                bin_width=asked.bin_width,
                before=before,
            )
            assert_same(history, anew)
        before, count = history.lookback, count + 1
    return count


def assert_same(one: Any, other: Any, where: str = "history") -> None:  # noqa: ANN401
    """Raise AssertionError unless all fields are equal to the last bit, sums nearly so."""
    assert type(one) is type(other), where
    if is_dataclass(one):
        for field in fields(one):
            mine, theirs = getattr(one, field.name), getattr(other, field.name)
            assert_same(mine, theirs, f"{where}.{field.name}")
    elif where.rpartition(".")[2] in SUMMED:
        np.testing.assert_allclose(one, other, rtol=1e-9, err_msg=where)
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, where
        np.testing.assert_array_equal(one, other, err_msg=where)
    elif isinstance(one, tuple):
        assert len(one) == len(other), where
        for row, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            assert_same(mine, theirs, f"{where}[{row}]")
    else:
        assert repr(one) == repr(other), where


def a_rolling(*seen: Observation, **changes: Any) -> Rolling:  # noqa: ANN401
    values: dict[str, Any] = {"model": QUICK, "bin_width": 0.01} | changes
    return Rolling(base="BTC", observations=seen, **values)


def hours(count: int, *, seed: int = 0, venue: str = "binance") -> Observation:
    walk = a_walk(count, seed=seed, venue=venue, interval_ms=HOUR_MS, volatility=0.01)
    return replace(walk, tape=some_prints(walk, 200, seed=seed), funding=some_funding([1e-4] * 40))


@settings(max_examples=6, deadline=None)
@given(
    seeds=st.tuples(st.integers(0, 1000), st.integers(0, 1000)),
    late=st.integers(0, 30),
    holes=st.sets(st.integers(1, 79), max_size=12),
    from_bar=st.integers(0, 70),
    window_h=st.sampled_from([1, 24, 60]),
)
def test_each_history_is_what_is_worked_out_anew(
    seeds: tuple[int, int], late: int, holes: set[int], from_bar: int, window_h: int
) -> None:
    """Two venues, of which one is heard later, with holes, in any of which nobody tells a thing."""
    one, other = hours(80, seed=seeds[0]), hours(80, seed=seeds[1], venue="okx")
    seen = [without(one, *holes), without(other, *range(late), *sorted(holes)[::2])]
    asked = a_rolling(*seen, window_ms=window_h * HOUR_MS, from_ms=START_MS + from_bar * HOUR_MS)
    assert check(seen, asked, each=7) > 0


def test_every_bar_of_a_market_without_holes_has_a_history() -> None:
    walk = hours(60)
    asked = a_rolling(walk)
    assert check([walk], asked) == 60
    stamps = [ms_of(each.at) for each in asked]
    assert stamps == [START_MS + bar * HOUR_MS for bar in range(1, 61)]


def test_candles_of_unequal_length_are_stepped_at_the_longer_once_it_is_known() -> None:
    fine = a_walk(400, interval_ms=MINUTE_MS, seed=1)
    coarse = without(a_walk(80, interval_ms=5 * MINUTE_MS, seed=2, venue="okx"), *range(12))
    asked = a_rolling(fine, coarse)
    assert check([fine, coarse], asked, each=3) == 64 + 68
    assert [ms_of(each.at) - START_MS for each in islice(asked, 63, 67)] == [
        64 * MINUTE_MS,
        65 * MINUTE_MS,
        70 * MINUTE_MS,
        75 * MINUTE_MS,
    ]


def test_marks_and_books_are_those_of_the_moment() -> None:
    walk = hours(40)
    marks = replace(
        walk.candles,
        **{name: getattr(walk.candles, name) * 1.001 for name in ("open", "high", "low", "close")},
    )
    book = OrderBook.of(START_MS + 30 * HOUR_MS - 1, [(99.0, 5.0)], [(101.0, 5.0)])
    seen = replace(walk, mark_candles=marks, book=book)
    asked = a_rolling(seen)
    check([seen], asked)
    histories = list(asked)
    assert [bool(each.books) for each in histories] == [False] * 29 + [True] * 11
    assert histories[7].snapshot.mark == marks.close[7]


def test_a_span_is_stepped_through_from_its_first_moment_to_its_last() -> None:
    walk = hours(60)
    asked = a_rolling(walk, from_ms=START_MS + 30 * HOUR_MS, to_ms=START_MS + 40 * HOUR_MS)
    assert [ms_of(each.at) - START_MS for each in asked] == [h * HOUR_MS for h in range(30, 41)]


def test_columns_are_shared_and_never_written_to_again() -> None:
    """A history holds no columns of its own, and says the same after its market went on."""
    walk = a_walk(2 * 288 + 400, seed=3)
    asked = a_rolling(walk, from_ms=START_MS + 2 * DAY_MS)
    histories = iter(asked)
    first, second = next(histories), next(histories)
    kept = first.heatmap.usd.copy()
    assert np.shares_memory(first.heatmap.usd, second.heatmap.usd)
    *_, last = histories
    assert not np.shares_memory(first.heatmap.usd, last.heatmap.usd)
    assert np.array_equal(first.heatmap.usd, kept)


def test_a_market_without_a_known_candle_has_no_history() -> None:
    nothing = an_observation(some_candles([np.nan, np.nan]))
    with pytest.raises(OutOfRange, match="BTC: no candle is known"):
        next(iter(a_rolling(nothing)))


@pytest.mark.parametrize(
    ("name", "base"), [("binance-2025-12", "SOL"), ("hyperliquid-2026-06", "ETH")]
)
def test_histories_of_a_recording_are_those_worked_out_anew(name: str, base: str) -> None:
    folder = SHARED_DATA / "recordings" / name
    if not folder.is_dir():
        pytest.skip(f"there is no {name} beside the project")
    recording = Recording.open(folder)
    seen = [recording.read(each) for each in recording.instruments_of(base)]
    from_ms = recording.span(base)[0] + 6 * DAY_MS
    asked = a_rolling(*seen, from_ms=from_ms, bin_width=0.001)
    assert check(seen, asked, most=75, each=37) == 75
