"""Units, times and protected arrays."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.market.units import Side, floats, integers, moment_of, ms_of


@pytest.mark.parametrize("protect", [floats, integers])
def test_a_protected_array_cannot_be_written_to(protect: type) -> None:
    source = np.arange(6).reshape(2, 3)[:, ::2]
    column = protect(source)
    assert column.flags.c_contiguous
    assert np.array_equal(column, [[0, 2], [3, 5]])
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1
    source[:] = 9
    assert column[0, 0] == 0


def test_a_protected_array_is_not_copied_again() -> None:
    column = floats([1.0, 2.0])
    assert floats(column) is column
    assert np.shares_memory(floats(column[1:]), column)


def test_a_moment_is_exact_to_the_millisecond() -> None:
    assert moment_of(1_767_225_600_001) == datetime(2026, 1, 1, 0, 0, 0, 1000, UTC)


@given(st.integers(-(10**13), 10**13))
def test_milliseconds_survive_the_way_through_a_moment(at_ms: int) -> None:
    assert ms_of(moment_of(at_ms)) == at_ms


def test_sides_know_their_sign_and_place() -> None:
    assert [(side.sign, side.index) for side in Side] == [(1, 0), (-1, 1)]
