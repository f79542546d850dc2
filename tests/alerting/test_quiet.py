"""Quiet hours, through nights, weekends and the days that are an hour too long or too short."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.quiet import Mode, Mute, QuietHours, read_quiet, read_zone
from liqbot.errors import CommandError, OutOfRange, UnknownName, Unreadable

BERLIN = "Europe/Berlin"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(
    start: str, end: str, zone: str = "UTC", weekdays: tuple[int, ...] | None = None
) -> QuietHours:
    return QuietHours(
        zone=zone,
        start=time.fromisoformat(start),
        end=time.fromisoformat(end),
        weekdays=tuple(range(7)) if weekdays is None else weekdays,
    )


@pytest.mark.parametrize(
    ("start", "end", "at", "until"),
    [
        ("09:00", "17:00", "2026-01-07 08:59:59", None),
        ("09:00", "17:00", "2026-01-07 09:00:00", "2026-01-07 17:00"),  # start inclusive
        ("09:00", "17:00", "2026-01-07 16:59:59", "2026-01-07 17:00"),
        ("09:00", "17:00", "2026-01-07 17:00:00", None),  # end exclusive
        ("23:00", "07:00", "2026-01-07 23:00:00", "2026-01-08 07:00"),
        ("23:00", "07:00", "2026-01-08 00:00:00", "2026-01-08 07:00"),  # across midnight
        ("23:00", "07:00", "2026-01-08 07:00:00", None),
        ("00:00", "00:00", "2026-01-07 05:00:00", "2026-01-08 00:00"),
    ],
)
def test_a_span_of_the_clock(start: str, end: str, at: str, until: str | None) -> None:
    days = (2,) if start == end else None
    found = hours(start, end, weekdays=days).until(moment(at))
    assert found == (moment(until) if until else None)


@pytest.mark.parametrize(
    ("start", "end", "at", "until"),
    [
        # 2026-03-29 01:00 UTC: clocks in Berlin go from 02:00 to 03:00
        ("23:00", "07:00", "2026-03-28 22:00", "2026-03-29 05:00"),
        ("23:00", "02:30", "2026-03-28 22:00", "2026-03-29 01:30"),  # 02:30 is not shown; 03:30 is
        ("02:30", "07:00", "2026-03-29 01:29", None),
        ("02:30", "07:00", "2026-03-29 01:30", "2026-03-29 05:00"),
        # 2026-10-25 01:00 UTC: from 03:00 back to 02:00
        ("23:00", "07:00", "2026-10-24 21:00", "2026-10-25 06:00"),
        ("23:00", "02:30", "2026-10-25 00:29", "2026-10-25 01:30"),  # the second 02:30
        ("23:00", "02:30", "2026-10-25 01:30", None),
        ("02:30", "07:00", "2026-10-25 00:29", None),
        ("02:30", "07:00", "2026-10-25 00:30", "2026-10-25 06:00"),  # the first 02:30
    ],
)
def test_nights_that_are_an_hour_longer_or_shorter(
    start: str, end: str, at: str, until: str | None
) -> None:
    found = hours(start, end, BERLIN).until(moment(at))
    assert found == (moment(until) if until else None)


def test_a_weekday_is_that_of_the_start() -> None:
    friday_night = hours("22:00", "06:00", weekdays=(4,))
    assert friday_night.until(moment("2026-01-09 23:00")) == moment("2026-01-10 06:00")
    assert friday_night.until(moment("2026-01-10 05:00")) == moment("2026-01-10 06:00")
    assert friday_night.until(moment("2026-01-09 05:00")) is None
    assert friday_night.until(moment("2026-01-10 23:00")) is None


def test_spans_that_touch_are_one() -> None:
    weekend = hours("00:00", "00:00", weekdays=(5, 6))
    assert weekend.until(moment("2026-01-10 12:00")) == moment("2026-01-12 00:00")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001
    st.times(),
    st.times(),
    st.sampled_from([BERLIN, "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe"]),
)
def test_it_is_quiet_until_its_end_and_not_at_it(
    naive: datetime, start: time, end: time, zone: str
) -> None:
    if start == end:
        return
    quiet = QuietHours(zone=zone, start=start, end=end)
    at = naive.replace(tzinfo=UTC)
    until = quiet.until(at)
    if until is None:
        return
    assert at < until <= at + timedelta(hours=25)
    assert quiet.until(until) is None
    assert quiet.until(until - timedelta(microseconds=1)) == until
    shown = until.astimezone(ZoneInfo(zone)).time().replace(tzinfo=None)
    skipped = timedelta(minutes=0) <= _after(end, shown) <= timedelta(hours=1)
    assert shown == end or skipped


def _after(early: time, late: time) -> timedelta:
    return timedelta(hours=late.hour - early.hour, minutes=late.minute - early.minute)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("23:00-07:00", "23:00-07:00 UTC digest"),
        ("23:00–07:00 europe/berlin silent", "23:00-07:00 Europe/Berlin silent"),
        ("9:00-17:30 Europe/Berlin mon-fri drop critical", None),
        ("22:00-24:00 fri-sun", "22:00-00:00 UTC fri,sat,sun digest"),
        ("22:00-23:00 sat,mon", "22:00-23:00 UTC mon,sat digest"),
    ],
)
def test_words_are_read_and_written_back(text: str, said: str | None) -> None:
    quiet = read_quiet(text)
    assert said is None or quiet.words == said
    assert read_quiet(quiet.words) == quiet


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Unreadable),
        ("25:00-07:00", Unreadable),
        ("23:61-07:00", Unreadable),
        ("23:00-07:00 Europe/Berln", UnknownName),
        ("23:00-07:00 ../etc", UnknownName),
        ("08:00-08:00", OutOfRange),
    ],
)
def test_what_cannot_be_is_refused_kindly(text: str, kind: type[CommandError]) -> None:
    with pytest.raises(kind) as mistake:
        read_quiet(text)
    assert len(str(mistake.value)) < 400


def test_quiet_hours_need_a_day() -> None:
    with pytest.raises(OutOfRange):
        hours("01:00", "02:00", weekdays=())


def test_a_mute_covers_its_market_or_all_until_it_ends() -> None:
    until = moment("2026-01-01 12:00")
    before = until - timedelta(seconds=1)
    assert Mute("BTC", until).covers("BTC", before)
    assert not Mute("BTC", until).covers("ETH", before)
    assert Mute("", until).covers("ETH", before)
    assert not Mute("BTC", until).covers("BTC", until)


def test_the_usual_mode_is_a_digest() -> None:
    assert read_quiet("23:00-07:00").mode is Mode.DIGEST


@pytest.mark.parametrize(
    ("word", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" europe/BERLIN ", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_is_known_by_its_name_or_its_city(word: str, zone: str) -> None:
    assert read_zone(word) == zone


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("Berln", "Did you mean Berlin?"),
        ("Europe/Berln", "Did you mean Europe/Berlin?"),
        ("Istanbul", "/Istanbul?"),  # two zones, of which one has to say which
        ("../etc/passwd", "There is no time zone"),
        ("", "There is no time zone"),
    ],
)
def test_a_zone_that_is_not_is_answered_with_the_nearest(word: str, hint: str) -> None:
    with pytest.raises(UnknownName, match=re.escape(hint)):
        read_zone(word)
