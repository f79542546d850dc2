from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.errors import ConfigError
from liqbot.market.calendar import Event, Impact, next_release, read_ics, read_toml, upcoming

AT = datetime(2026, 1, 28, 19, 0, tzinfo=UTC)
FOMC = Event(at=AT, name="FOMC")


def ics(*lines: str, head: str = "", end: str = "\r\n") -> str:
    """Return a calendar of one event."""
    inside = ["BEGIN:VEVENT", *lines, "END:VEVENT"]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", *([head] if head else []), *inside, "END:VCALENDAR"]
    return end.join(whole) + end


def test_toml_events_come_in_order_with_what_they_move() -> None:
    text = """
    [[event]]
    at = 2026-02-11T08:30:00-05:00
    name = " CPI "
    impact = "medium"
    [[event]]
    at = 2026-01-28T19:00:00Z
    name = "FOMC"
    """
    cpi = Event(at=datetime(2026, 2, 11, 13, 30, tzinfo=UTC), name="CPI", impact=Impact.MEDIUM)
    assert read_toml(text) == (FOMC, cpi)
    assert read_toml("") == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[event]", "this is no TOML"),
        ("[[events]]\nat = 1", r"\[\[event\]\] tables and nothing else, not events"),
        ("event = 3", r"\[\[event\]\] tables and nothing else"),
        ('[[event]]\nname = "x"', "event 1: at: needs a time with its offset"),
        ('[[event]]\nat = 2026-01-28T19:00:00\nname = "x"', "event 1: at: .*like 2026-"),
        ("[[event]]\nat = 2026-01-28T19:00:00Z", 'event 1: name: needs a text, like "FOMC"'),
        ('[[event]]\nat = 2026-01-28T19:00:00Z\nname = " "', "event 1: name"),
        (
            '[[event]]\nat = 2026-01-28T19:00:00Z\nname = "x"\nimpact = "huge"',
            "event 1: impact: is high, medium or low, not 'huge'",
        ),
        (
            '[[event]]\nat = 2026-01-28T19:00:00Z\nname = "x"\nwhen = 1',
            "event 1: when: there is at, name and impact",
        ),
        ('[[event]]\nat = 0001-01-01T00:00:00+12:00\nname = "x"', "outside the calendar"),
    ],
)
def test_toml_that_is_wrong_is_told_where_and_how(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read_toml(text)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("start", "at"),
    [
        ("DTSTART:20260128T190000Z", AT),
        ("DTSTART;TZID=America/New_York:20260128T140000", AT),
        ('DTSTART;TZID="America/New_York";X-A="b;c:d":20260128T140000', AT),
        ("dtstart;tzid=America/New_York:20260728T140000", datetime(2026, 7, 28, 18, tzinfo=UTC)),
        ("DTSTART;VALUE=DATE:20260128", datetime(2026, 1, 28, tzinfo=UTC)),
    ],
)
def test_a_start_is_read_in_its_own_zone(start: str, at: datetime, end: str) -> None:
    assert read_ics(ics(start, "SUMMARY:FOMC", end=end)) == (Event(at=at, name="FOMC"),)


def test_a_time_without_a_zone_is_that_of_the_calendar() -> None:
    lines = ("DTSTART:20260128T200000", "SUMMARY:FOMC")
    assert read_ics(ics(*lines, head="X-WR-TIMEZONE:Europe/Berlin")) == (FOMC,)
    with pytest.raises(ConfigError, match=r"event 1 \(FOMC\): DTSTART: has no time zone"):
        read_ics(ics(*lines))


def test_folded_lines_and_escaped_texts_are_put_together() -> None:
    folded = "SUMMARY:Rates\\, dots\\; \r\n and\\nwords \\\\o"
    (event,) = read_ics(ics("DTSTART:20260128T19\r\n\t0000Z", folded))
    assert event == Event(at=AT, name="Rates, dots; and words \\o")


@pytest.mark.parametrize(
    ("priority", "impact"),
    [("1", Impact.HIGH), ("0", Impact.HIGH), ("5", Impact.MEDIUM), ("9", Impact.LOW)],
)
def test_a_priority_is_an_impact(priority: str, impact: Impact) -> None:
    (event,) = read_ics(ics("DTSTART:20260128T190000Z", "SUMMARY:x", f"PRIORITY:{priority}"))
    assert event.impact is impact


def test_zones_alarms_and_what_is_cancelled_are_passed_over() -> None:
    zone = "BEGIN:VTIMEZONE\r\nTZID:X\r\nDTSTART:19700101T000000\r\nEND:VTIMEZONE"
    alarm = ("BEGIN:VALARM", "SUMMARY:wake up", "END:VALARM")
    start = "DTSTART:20260128T190000Z"
    assert read_ics(ics(*alarm, start, "SUMMARY:FOMC", head=zone)) == (FOMC,)
    assert read_ics(ics(start, "SUMMARY:FOMC", "STATUS:CANCELLED")) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "begins with BEGIN:VCALENDAR"),
        ("<html>", "“<html>” is no line of an ICS file"),
        (ics("SUMMARY:x"), r"event 1 \(x\): needs a SUMMARY and a DTSTART"),
        (ics("DTSTART:20260128T190000Z"), "event 1: needs a SUMMARY"),
        (ics("DTSTART:tomorrow", "SUMMARY:x"), "“tomorrow” is not like 20260128T190000Z"),
        (ics("DTSTART;TZID=Mars/Base:20260128T190000", "SUMMARY:x"), "“Mars/Base” is no zone"),
        (ics("DTSTART:20260128T190000Z", "SUMMARY:x", "RRULE:FREQ=DAILY"), "RRULE: write out"),
        (ics("DTSTART:20260128T190000Z", "SUMMARY:x").partition("END:VC")[0], "cut short"),
        (ics("END:VALARM"), "END:VALARM ends nothing that began"),
    ],
)
def test_ics_that_is_wrong_is_told_where_and_how(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read_ics(text)


LINES = ics("DTSTART:20260128T190000", "SUMMARY:x").split()


@given(st.text() | st.lists(st.sampled_from(LINES)).map("\n".join))
def test_anything_is_read_or_refused_in_words(text: str) -> None:
    for read in (read_ics, read_toml):
        with suppress(ConfigError):
            read(text)


def test_the_next_of_those_that_matter_is_near() -> None:
    later = Event(at=AT + timedelta(minutes=1), name="later")
    minor = Event(at=AT - timedelta(hours=1), name="minor", impact=Impact.LOW)
    events = (later, minor, FOMC)
    assert upcoming(events, AT - timedelta(hours=3)) == FOMC
    assert upcoming(events, AT - timedelta(hours=4)) is None
    assert upcoming(events, AT - timedelta(hours=4), timedelta(hours=5)) == FOMC
    assert upcoming(events, AT) == FOMC
    assert upcoming(events, AT + timedelta(seconds=1)) == later
    assert upcoming((), AT) is None
    assert next_release(events, AT - timedelta(hours=3)) == AT
    assert next_release(events, AT - timedelta(hours=4)) is None
