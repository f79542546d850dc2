"""Forced orders, in windows and in sums."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.market.tape import Liquidation, LiquidationTotals, Tape
from liqbot.market.units import HOUR_MS, Side, Usd, floats, integers
from tests.builders import START_MS, a_liquidation, same

orders = st.lists(
    st.builds(
        a_liquidation,
        st.sampled_from(Side),
        at_ms=st.integers(START_MS, START_MS + 5 * HOUR_MS),
        price=st.floats(1, 1000),
        quantity=st.floats(0.1, 10),
    ),
    max_size=30,
)


def hourly(count: int) -> LiquidationTotals:
    """Totals of whole hours: 0, 1, 2 … long and ten times that short."""
    sums = np.arange(count, dtype=np.float64)
    starts = START_MS + HOUR_MS * np.arange(count)
    return LiquidationTotals(
        from_ms=integers(starts), to_ms=integers(starts + HOUR_MS), usd=floats([sums, 10 * sums])
    )


def test_a_tape_holds_its_orders_by_time() -> None:
    late, early = a_liquidation(Side.SHORT, at_ms=START_MS + 1), a_liquidation(price=90, quantity=2)
    tape = Tape.of([late, early])
    assert tape.at_ms.tolist() == [START_MS, START_MS + 1]
    assert tape.side.tolist() == [0, 1]
    assert tape.usd.tolist() == [180, 100]
    assert early.usd == Usd(180)
    with pytest.raises(ValueError, match="read-only"):
        tape.side[0] = 1


def test_equal_orders_of_one_millisecond_all_stay() -> None:
    equal = [a_liquidation()] * 3
    tape, repairs = Tape.mended(
        {
            "at_ms": [order.at_ms for order in equal],
            "side": [order.side.index for order in equal],
            "price": [order.price for order in equal],
            "quantity": [order.quantity for order in equal],
        }
    )
    assert same(tape, Tape.of(equal))
    assert repairs == ()


def test_orders_that_cannot_be_are_dropped_and_the_rest_sorted() -> None:
    tape, repairs = Tape.mended(
        {
            "at_ms": [START_MS + step for step in (3, 2, 1, 0, 5)],
            "side": [1, 0, 0, 1, 0],
            "price": [5.0, np.nan, 7.0, -1.0, 9.0],
            "quantity": [1.0, 1.0, 2.0, 1.0, np.inf],
        }
    )
    assert (tape.at_ms - START_MS).tolist() == [1, 3]
    assert tape.price.tolist() == [7, 5]
    assert tape.side.tolist() == [0, 1]
    assert repairs == (
        "3 rows whose price or quantity is not positive and finite dropped",
        "1 row out of order, sorted by time",
    )


@given(orders, orders)
def test_merged_tapes_are_the_tape_of_all_orders(
    some: list[Liquidation], others: list[Liquidation]
) -> None:
    assert same(Tape.merge([Tape.of(some), Tape.of(others)]), Tape.of([*some, *others]))


def test_merging_no_tapes_gives_an_empty_one() -> None:
    assert len(Tape.merge([])) == 0


def test_a_tape_is_cut_inclusively() -> None:
    tape = Tape.of(a_liquidation(at_ms=START_MS + step) for step in (0, 1, 1, 2))
    assert len(tape.until(START_MS + 1)) == 3
    assert len(tape.since(START_MS + 1)) == 3
    assert len(tape.until(START_MS - 1)) == 0


def test_a_tape_whose_time_falls_is_refused() -> None:
    tape = Tape.of(a_liquidation(at_ms=START_MS + step) for step in (0, 1))
    with pytest.raises(ValueError, match="does not rise"):
        replace(tape, at_ms=tape.at_ms[::-1])


def test_totals_hold_the_first_edge_of_a_span_and_not_its_last() -> None:
    tape = Tape.of(
        a_liquidation(side, at_ms=START_MS + step, price=price)
        for side, step, price in [
            (Side.LONG, -1, 1),
            (Side.LONG, 0, 2),
            (Side.SHORT, HOUR_MS - 1, 4),
            (Side.LONG, HOUR_MS, 8),
            (Side.SHORT, 2 * HOUR_MS, 16),
        ]
    )
    edges = integers(START_MS + HOUR_MS * np.arange(3))
    assert tape.totals(edges).tolist() == [[2, 8], [4, 0]]


@given(orders)
def test_totals_over_all_time_are_the_sum_of_each_side(some: list[Liquidation]) -> None:
    edges = integers(START_MS + HOUR_MS * np.arange(7))
    sums = Tape.of(some).totals(edges)
    assert sums.shape == (2, 6)
    for side in Side:
        expected = sum(order.usd for order in some if order.side is side)
        assert sums[side.index].sum() == pytest.approx(expected)


def test_sums_are_cut_where_spans_are_over() -> None:
    totals = hourly(3)
    assert totals.until(START_MS + 2 * HOUR_MS).usd.tolist() == [[0, 1], [0, 10]]
    assert len(totals.until(START_MS + 2 * HOUR_MS - 1)) == 1
    assert totals.since(START_MS + 1).usd.tolist() == [[1, 2], [10, 20]]


def test_sums_are_mended() -> None:
    hours = START_MS + HOUR_MS * np.array([2, 0, 0, 1, 3])
    ends = hours + np.array([HOUR_MS, HOUR_MS, HOUR_MS, 2 * HOUR_MS, 0])
    columns = {
        "from_ms": hours,
        "to_ms": ends,
        "long_usd": [1.0, 2.0, 3.0, -1.0, 5.0],
        "short_usd": [1.0, 2.0, np.nan, 4.0, 5.0],
    }
    totals, repairs = LiquidationTotals.mended(columns)
    assert ((totals.from_ms - START_MS) // HOUR_MS).tolist() == [0, 1]
    assert np.array_equal(totals.usd, [[3, np.nan], [np.nan, 4]], equal_nan=True)
    assert [repair[:5] for repair in repairs] == ["1 row"] * 5


def test_a_sum_within_an_earlier_one_goes_wherever_it_lies() -> None:
    columns = {"from_ms": [0, 1, 5, 9], "to_ms": [9, 2, 6, 10]}
    totals, _ = LiquidationTotals.mended(columns)
    assert totals.from_ms.tolist() == [0, 9]


@pytest.mark.parametrize("to_ms", [[1, 3, 4], [2, 3, 2]])
def test_sums_over_spans_that_overlap_or_are_empty_are_refused(to_ms: list[int]) -> None:
    starts = integers([0, 1, 2])
    with pytest.raises(ValueError, match="empty or overlap"):
        LiquidationTotals(from_ms=starts, to_ms=integers(to_ms), usd=floats(np.zeros((2, 3))))


@given(orders, st.integers(START_MS, START_MS + 5 * HOUR_MS))
def test_later_orders_follow_as_if_they_had_been_sorted(
    listed: list[Liquidation], at_ms: int
) -> None:
    tape = Tape.of(listed)
    head, tail = tape.until(at_ms), tape.since(at_ms + 1)
    assert same(head.then(tail), tape)
    if len(head) and len(tail):
        with pytest.raises(ValueError, match="time does not rise"):
            tail.then(head)
