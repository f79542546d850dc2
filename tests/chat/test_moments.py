"""Moments are read as people write them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liqbot.chat.arguments import Known
from liqbot.chat.moments import MOMENT, Moment, read_moment, write_moment
from liqbot.errors import CommandError, OutOfRange, Unreadable

NOW = datetime(2026, 1, 31, 19, 30, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("18:00", "31 17:00"),
        ("8:05", "31 07:05"),
        ("23:00", "30 22:00"),  # has not come yet today
        ("today 18:00", "31 17:00"),
        ("Yesterday  18:00", "30 17:00"),
        ("yesterday", "30 19:30"),
        ("yesterday 18:00 UTC", "30 18:00"),
        ("18:00utc", "31 18:00"),
        ("3h ago", "31 16:30"),
        ("2d ago", "29 19:30"),
        ("2026-01-30T18:00", "30 17:00"),
        ("2026-01-30 18:00", "30 17:00"),
        ("2026-01-30 18:00 UTC", "30 18:00"),
        ("2026-01-30T18:00:59Z", "30 18:00"),
        ("2026-01-30T18:00+05:30", "30 12:30"),
        ("2026-01-30", "29 23:00"),
    ],
)
def test_a_moment_is_read_by_the_readers_clock(text: str, meant: str) -> None:
    at = read_moment(text).seen_from(NOW, "Europe/Berlin")
    assert (at.tzinfo, f"{at:%d %H:%M}", at.second) == (UTC, meant, 0)


@pytest.mark.parametrize(
    "text",
    ["", "now", "18", "25:00", "18:00 7d", "0h ago", "ago", "2026-13-01", "yesterday 7d", "²:00"],
)
def test_anything_else_is_told_with_what_would_work(text: str) -> None:
    with pytest.raises(Unreadable, match="Try 18:00, yesterday 18:00, 3h ago, 2026-01-31T18:00"):
        read_moment(text)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(1, 99),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
)
@example(datetime(2026, 3, 29, 2, 30, tzinfo=UTC), 3, "Europe/Berlin")  # of clocks put forward
def test_hours_ago_are_as_many_where_clocks_were_changed(at: datetime, n: int, zone: str) -> None:
    found = read_moment(f"{n}h ago").seen_from(at, zone)
    assert found == at.replace(second=0, microsecond=0) - timedelta(hours=n)


def test_this_very_minute_is_not_to_come() -> None:
    now = NOW.replace(second=0)
    assert read_moment("20:30").seen_from(now, "Europe/Berlin") == now


@pytest.mark.parametrize("text", ["2026-02-01", "today 21:00", "9999-12-31T23:59"])
def test_what_is_to_come_cannot_be_asked_for(text: str) -> None:
    with pytest.raises(OutOfRange, match=r"still to come|no such time"):
        read_moment(text).seen_from(NOW, "Europe/Berlin")


def test_there_was_nothing_before_the_first_year() -> None:
    with pytest.raises(OutOfRange, match="no such time"):
        read_moment("0001-01-01").seen_from(NOW, "Asia/Tokyo")


@given(st.datetimes(datetime(2000, 1, 1), datetime(2025, 1, 1)))  # noqa: DTZ001
def test_what_is_written_is_read_again_wherever_one_is(at: datetime) -> None:
    minute = at.replace(second=0, microsecond=0, tzinfo=UTC)
    text = write_moment(Moment.of(minute))
    assert " " not in text
    assert read_moment(text).seen_from(NOW, "Asia/Dubai") == minute


@given(st.text(max_size=30))
def test_no_text_does_worse_than_be_no_moment(text: str) -> None:
    with suppress(CommandError):
        assert read_moment(text).seen_from(NOW, "Asia/Kathmandu") <= NOW


def test_examples_are_offered() -> None:
    assert MOMENT.complete("yes", Known()) == ["yesterday 18:00"]
