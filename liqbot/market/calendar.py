"""Scheduled releases that can move every market, from the operator's TOML or ICS file.

    [[event]]
    at = 2026-01-28T19:00:00Z
    name = "FOMC"
    impact = "high"                 # high, medium or low; high if left out

Of an ICS file (RFC 5545) every VEVENT counts by its DTSTART, SUMMARY and PRIORITY.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from liqbot.errors import ConfigError, excerpt

AHEAD = timedelta(hours=4)  # before a release, when maps mean less
_LINE = re.compile(r'(?P<name>[\w-]+)(?P<about>(?:;[\w-]+=(?:"[^"]*"|[^":;]*))*):(?P<value>.*)')
_ABOUT = re.compile(r';([\w-]+)=(?:"([^"]*)"|([^":;]*))')
_ESCAPED = {r"\n": " ", r"\N": " ", r"\,": ",", r"\;": ";", r"\\": "\\"}
_KEYS = ("at", "name", "impact")


class Impact(StrEnum):
    """How far a release moves markets."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One scheduled release."""

    at: datetime  # aware, UTC
    name: str
    impact: Impact = Impact.HIGH


def upcoming(events: Iterable[Event], at: datetime, within: timedelta = AHEAD) -> Event | None:
    """Return the next event of high impact, if it is less than so long away."""
    near = (each for each in events if each.impact is Impact.HIGH and at <= each.at < at + within)
    return min(near, key=lambda each: each.at, default=None)


def next_release(events: Iterable[Event], at: datetime) -> datetime | None:
    """Return when the next event of high impact is, if that is soon."""
    event = upcoming(events, at)
    return None if event is None else event.at


def read_toml(text: str) -> tuple[Event, ...]:
    """Read `[[event]]` tables, earliest first; raise ConfigError naming the event and key."""
    try:
        table = tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(f"calendar: this is no TOML: {error}") from error
    rows = table.pop("event", [])
    if table or not (isinstance(rows, list) and all(isinstance(each, dict) for each in rows)):
        raise ConfigError(f"calendar: holds [[event]] tables and nothing else{_told(table)}")
    return _ordered(_from_toml(f"event {i}", row) for i, row in enumerate(rows, 1))


def read_ics(text: str) -> tuple[Event, ...]:
    """Read the events of an iCalendar file, earliest first; those cancelled are left out.

    A time needs a zone, its own or the calendar's (X-WR-TIMEZONE); a date is 00:00 UTC. Raise
    ConfigError naming the event, also where one repeats: write out each of its times.
    """
    lines = [_content(line) for line in _unfolded(text)]
    if not lines or (lines[0].name, lines[0].value.upper()) != ("BEGIN", "VCALENDAR"):
        raise ConfigError("calendar: begins with BEGIN:VCALENDAR or is no ICS file")
    zone = next((each.value for each in lines if each.name == "X-WR-TIMEZONE"), None)
    found = (_from_ics(i, fields, zone) for i, fields in enumerate(_events(lines), 1))
    return _ordered(each for each in found if each is not None)


@dataclass(frozen=True, slots=True)
class _Content:
    name: str
    about: Mapping[str, str]  # parameters
    value: str


def _ordered(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda each: (each.at, each.name)))


def _told(table: Mapping[str, object]) -> str:
    return f", not {excerpt(next(iter(table)))}" if table else ""


def _from_toml(where: str, row: Mapping[str, object]) -> Event:
    for key in row:
        if key not in _KEYS:
            raise ConfigError(f"calendar: {where}: {excerpt(key)}: there is at, name and impact")
    at, name, impact = row.get("at"), row.get("name"), row.get("impact", Impact.HIGH)
    if not isinstance(at, datetime) or at.utcoffset() is None:
        raise ConfigError(
            f"calendar: {where}: at: needs a time with its offset, like 2026-01-28T19:00:00Z"
        )
    if not isinstance(name, str) or not name.strip():
        raise ConfigError(f'calendar: {where}: name: needs a text, like "FOMC"')
    known = next((each for each in Impact if each == impact), None)
    if known is None:
        raise ConfigError(f"calendar: {where}: impact: is high, medium or low, not {impact!r}")
    return Event(at=_utc(where, at), name=name.strip(), impact=known)


def _utc(where: str, at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ConfigError(f"calendar: {where}: {at} is outside the calendar") from error


def _unfolded(text: str) -> Iterable[str]:
    whole = re.sub(r"\r?\n[ \t]", "", text.removeprefix("\ufeff").replace("\r\n", "\n"))
    return (line for line in whole.split("\n") if line.strip())


def _content(line: str) -> _Content:
    found = _LINE.fullmatch(line)
    if not found:
        raise ConfigError(f"calendar: “{excerpt(line)}” is no line of an ICS file")
    about = {name.upper(): one or other for name, one, other in _ABOUT.findall(found["about"])}
    return _Content(found["name"].upper(), about, found["value"].strip())


def _events(lines: Iterable[_Content]) -> Iterator[Mapping[str, _Content]]:
    """Yield each VEVENT's own lines by name; alarms inside one are none of its own."""
    inside: list[str] = []
    fields: dict[str, _Content] = {}
    for line in lines:
        part = line.value.upper()
        if line.name == "BEGIN":
            inside.append(part)
            fields = {} if part == "VEVENT" else fields
        elif line.name == "END":
            if not inside or inside.pop() != part:
                raise ConfigError(f"calendar: END:{excerpt(part)} ends nothing that began")
            if part == "VEVENT":
                yield fields
        elif inside[-1:] == ["VEVENT"]:
            fields.setdefault(line.name, line)
    if inside:
        raise ConfigError(f"calendar: {excerpt(inside[-1])} is never ended; the file was cut short")


def _from_ics(i: int, fields: Mapping[str, _Content], zone: str | None) -> Event | None:
    summary = fields["SUMMARY"].value if "SUMMARY" in fields else ""
    name = re.sub(r"\\[nN,;\\]", lambda found: _ESCAPED[found[0]], summary).strip()
    where = f"event {i} ({excerpt(name)})" if name else f"event {i}"
    if "STATUS" in fields and fields["STATUS"].value.upper() == "CANCELLED":
        return None
    if repeated := fields.get("RRULE") or fields.get("RDATE"):
        raise ConfigError(f"calendar: {where}: {repeated.name}: write out each of its times")
    if not name or "DTSTART" not in fields:
        raise ConfigError(f"calendar: {where}: needs a SUMMARY and a DTSTART")
    return Event(
        at=_start(where, fields["DTSTART"], zone), name=name, impact=_impact(fields.get("PRIORITY"))
    )


def _start(where: str, line: _Content, zone: str | None) -> datetime:
    form = "%Y%m%d" if line.about.get("VALUE", "").upper() == "DATE" else "%Y%m%dT%H%M%S"
    try:
        at = datetime.strptime(line.value.removesuffix("Z"), form)  # noqa: DTZ007 - zoned below
    except ValueError as error:
        raise ConfigError(
            f"calendar: {where}: DTSTART: “{excerpt(line.value)}” is not like 20260128T190000Z"
        ) from error
    if form == "%Y%m%d" or line.value.endswith("Z"):
        return at.replace(tzinfo=UTC)
    named = line.about.get("TZID") or zone
    if named is None:
        raise ConfigError(f"calendar: {where}: DTSTART: has no time zone; add Z or a TZID")
    try:
        return _utc(where, at.replace(tzinfo=ZoneInfo(named)))
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(
            f"calendar: {where}: TZID: “{excerpt(named)}” is no zone like Europe/Berlin"
        ) from error


def _impact(priority: _Content | None) -> Impact:
    """Read 1 … 4 as high, 5 as medium, 6 … 9 as low; anything else says nothing."""
    known = {"5": Impact.MEDIUM, **dict.fromkeys("6789", Impact.LOW)}
    return known.get(priority.value, Impact.HIGH) if priority else Impact.HIGH
