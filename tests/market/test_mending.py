"""Mending: rows move as one, and every change is told in words."""

import numpy as np
import pytest

from liqbot.market.mending import Mending, check_columns
from liqbot.market.units import floats, integers


def broken() -> Mending:
    """Four rows: out of order, one stamp twice."""
    return Mending(
        "at_ms", {"at_ms": [30_000, 10_000, 20_000, 10_000], "a": [3.0, 1.0, 2.0, 1.5]}, ("a", "b")
    )


def test_an_absent_column_is_unknown() -> None:
    assert np.isnan(broken().columns["b"]).all()


def test_rows_move_with_their_stamps_and_keep_their_order_where_equal() -> None:
    mend = broken()
    mend.order(unique=False)
    assert mend.stamps.tolist() == [10_000, 10_000, 20_000, 30_000]
    assert mend.columns["a"].tolist() == [1, 1.5, 2, 3]
    assert mend.repairs == ("2 rows out of order, sorted by time",)


def test_equal_stamps_keep_their_order_in_long_tables_too() -> None:
    rows = np.arange(2000)
    mend = Mending("at_ms", {"at_ms": -(rows % 3), "a": rows}, ("a",))
    mend.order(unique=False)
    assert np.all(np.diff(mend.columns["a"])[np.diff(mend.stamps) == 0] > 0)


def test_the_last_of_equal_stamps_is_kept() -> None:
    mend = broken()
    mend.order(unique=True)
    assert mend.columns["a"].tolist() == [1.5, 2, 3]
    assert mend.repairs[1] == "1 row with a repeated stamp dropped, the last one kept"


@pytest.mark.parametrize(
    ("stamp", "snapped", "off"),
    [
        (60_000, 60_000, False),
        (62_000, 60_000, False),
        (62_001, 62_001, True),
        (58_000, 60_000, False),
        (57_999, 57_999, True),
        (90_000, 90_000, True),
    ],
)
def test_a_stamp_moves_by_two_seconds_at_most(stamp: int, snapped: int, off: bool) -> None:
    mend = Mending("at_ms", {"at_ms": [stamp]}, ())
    assert mend.snap(60_000).tolist() == [off]
    assert mend.stamps.tolist() == [snapped]
    assert bool(mend.repairs) == (stamp != snapped)


def test_what_is_taken_away_is_counted_and_the_rest_stays() -> None:
    mend = broken()
    mend.blank(["a"], mend.columns["a"] > 2.5, "too large made unknown")
    mend.drop(mend.stamps == 10_000, "at ten dropped")
    mend.drop(mend.stamps == 0, "never seen")
    assert np.array_equal(mend.columns["a"], [np.nan, 2], equal_nan=True)
    assert mend.repairs == ("1 row too large made unknown", "2 rows at ten dropped")


def test_the_columns_given_are_left_as_they_were() -> None:
    given = np.array([2.0, 1.0])
    mend = Mending("at_ms", {"at_ms": [2, 1], "a": given}, ("a",))
    mend.blank(["a"], np.array([True, True]), "made unknown")
    assert given.tolist() == [2, 1]


@pytest.mark.parametrize(("stamps", "strict"), [([1, 1], True), ([2, 1], False)])
def test_stamps_that_do_not_rise_are_refused(stamps: list[int], strict: bool) -> None:
    with pytest.raises(ValueError, match="does not rise at row 1"):
        check_columns(integers(stamps), strict=strict)


def test_equal_stamps_pass_where_many_things_may_happen_at_once() -> None:
    check_columns(integers([1, 1, 2]), floats([1, 2, 3]), strict=False)
