"""How people write moments and spans of time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.cli.when import read_age, read_moment
from liqbot.errors import CommandError, OutOfRange, Unreadable

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 3, 12, tzinfo=UTC)
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def read(text: str) -> datetime:
    return read_moment(text, FIRST, LAST, "BTC")


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-02T12:00",
        "2026-01-02 12:00:00",
        "2026-01-02T12:00Z",
        "2026-01-02T12:00+00:00",
        "2026-01-02T13:00+01:00",
        "20260102T120000Z",
        " 2026-01-02T12 ",
    ],
)
def test_the_ways_of_iso_8601_are_read_in_utc_where_they_do_not_say(text: str) -> None:
    assert read(text) == NOON
    assert read(text).tzinfo is UTC


def test_a_day_is_its_beginning() -> None:
    assert read("2026-01-02") == datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("end", [FIRST, LAST])
def test_both_ends_are_within(end: datetime) -> None:
    assert read(end.isoformat()) == end


@pytest.mark.parametrize("text", ["yesterday", "", "2026-13-01", "1767225600", "9999-12-31T23-23"])
def test_what_is_no_time_is_told_the_form_and_the_span(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(text)
    assert str(caught.value) == (
        f"“{text}” is not a time. Try 2026-01-03T12:00Z (ISO 8601, UTC);"
        " BTC is recorded from 2026-01-01T00:00Z to 2026-01-03T12:00Z."
    )


def test_a_time_outside_is_told_the_span() -> None:
    with pytest.raises(OutOfRange) as caught:
        read("2025-12-31T23:59:59")
    assert str(caught.value) == (
        "BTC is recorded from 2026-01-01T00:00Z to 2026-01-03T12:00Z; 2025-12-31T23:59Z is outside."
    )


@given(st.text() | st.datetimes(timezones=st.timezones()).map(datetime.isoformat))
def test_any_text_is_a_time_within_or_an_error_of_the_user(text: str) -> None:
    told = ""
    try:
        at = read(text)
    except CommandError as error:
        told, at = str(error), FIRST
    assert FIRST <= at <= LAST
    assert "2026-01-01T00:00Z to 2026-01-03T12:00Z" in told or not told


def test_no_age_is_no_limit() -> None:
    assert read_age(None) is None
    assert read_age(" 2D ") == timedelta(days=2)


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "1.5h", "99999999h"])
def test_what_is_no_age_is_told_what_one_looks_like(text: str) -> None:
    with pytest.raises(Unreadable, match="Try 90m, 24h, 7d or 2w"):
        read_age(text)
