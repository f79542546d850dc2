"""Moments to the microsecond, values in portions, damage in words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.errors import OutOfRange, StorageError
from liqbot.storage.ledger.reading import moment_at, portions, readable, us_of


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_kept_exactly(at: datetime) -> None:
    assert moment_at(us_of(at)) == at
    assert moment_at(us_of(at)).utcoffset() == timedelta(0)


def test_moments_are_counted_from_1970() -> None:
    assert us_of(datetime(1970, 1, 1, 0, 0, 1, 2, tzinfo=UTC)) == 1_000_002


@pytest.mark.parametrize("count", [0, 1, 1_000, 1_001, 2_500])
def test_portions_are_all_values_in_order(count: int) -> None:
    parts = list(portions(range(count)))
    assert [value for part in parts for value in part] == list(range(count))
    assert all(0 < len(part) <= 1_000 for part in parts)


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), TypeError("x"), OutOfRange("x")])
def test_damage_is_told_in_words(error: Exception) -> None:
    told = r"^a life kept is damaged .*x.*; restore a backup$"
    with pytest.raises(StorageError, match=told), readable("life"):
        raise error
