"""When somebody wants to hear nothing: quiet hours that come back, and mutes that do not."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo, available_timezones

from liqbot.alerting.alert import EVERYWHERE
from liqbot.errors import OutOfRange, UnknownName, Unreadable

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_EXAMPLE = "23:00-07:00 Europe/Berlin mon-fri"
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DAY = timedelta(days=1)


class Mode(StrEnum):
    """What becomes of what is worth telling meanwhile."""

    DIGEST = "digest"  # held, and told together at the end
    SILENT = "silent"  # told without a sound
    DROP = "drop"  # never told


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """A span of the clock on some weekdays; raises OutOfRange where it never ends."""

    zone: str  # IANA
    start: time  # inclusive
    end: time  # exclusive; no later than the start: of the next day
    weekdays: tuple[int, ...] = tuple(range(7))  # of the start, Monday is 0
    mode: Mode = Mode.DIGEST
    critical: bool = False  # may what is critical break in

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise OutOfRange("Quiet hours need at least one weekday.")
        if self.start == self.end and len(self.weekdays) == len(DAYS):
            raise OutOfRange("That would be quiet for ever; `mute all` does it for a while.")

    def until(self, at: datetime) -> datetime | None:
        """Return when it is over, if it is quiet at a moment (aware); UTC."""
        ends = at
        for begin, end in self._spans(at):
            if begin <= ends < end:
                ends = end
        return ends if ends > at else None

    def _spans(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans from the day before on, UTC, in order.

        Where the clock is put forward, what it skips counts as an hour later; where it is put
        back, a span begins the first time that it shows the hour and ends the second time.
        """
        zone = ZoneInfo(self.zone)
        first = at.astimezone(zone).date() - _DAY
        for day in (first + _DAY * i for i in range(10)):
            if day.weekday() in self.weekdays:
                last = day if self.end > self.start else day + _DAY
                begin = datetime.combine(day, self.start, zone)
                end = datetime.combine(last, self.end, zone).replace(fold=1)
                yield begin.astimezone(UTC), _existing(end).astimezone(UTC)

    @property
    def words(self) -> str:
        """The quiet hours as `read_quiet` reads them."""
        parts = [f"{self.start:%H:%M}-{self.end:%H:%M}", self.zone]
        if len(self.weekdays) < len(DAYS):
            parts.append(",".join(DAYS[each] for each in self.weekdays))
        parts.append(self.mode.value)
        return " ".join([*parts, "critical"] if self.critical else parts)


@dataclass(frozen=True, slots=True)
class Mute:
    """A chat hears nothing of a market for a while."""

    base: str  # EVERYWHERE for all
    until: datetime

    def covers(self, base: str, at: datetime) -> bool:
        """Tell whether a market is muted at a moment."""
        return at < self.until and self.base in {EVERYWHERE, base}


def read_quiet(text: str, zone: str = "UTC") -> QuietHours:
    """Read 23:00-07:00 [zone] [mon-fri | sat,sun] [digest | silent | drop] [critical].

    Raise Unreadable, UnknownName or OutOfRange, a text for the user.
    """
    hours, mode, critical, weekdays = None, Mode.DIGEST, False, tuple(range(7))
    for word in text.replace("–", "-").split():
        low = word.lower()
        if found := _SPAN.fullmatch(low):
            hours = _clock(word, found[1], found[2]), _clock(word, found[3], found[4])
        elif low in list(Mode):
            mode = Mode(low)
        elif low == "critical":
            critical = True
        elif set(re.split(r"[-,]", low)) <= set(DAYS):
            weekdays = _days(low)
        else:
            zone = read_zone(word)
    if hours is None:
        raise Unreadable("span of the clock", text, _EXAMPLE)
    return QuietHours(
        zone=zone, start=hours[0], end=hours[1], weekdays=weekdays, mode=mode, critical=critical
    )


def _clock(word: str, hour: str, minute: str) -> time:
    try:
        return time(int(hour) % 24 if hour == "24" and minute == "00" else int(hour), int(minute))
    except ValueError:
        raise Unreadable("span of the clock", word, _EXAMPLE) from None


def _days(word: str) -> tuple[int, ...]:
    days: set[int] = set()
    for part in word.split(","):
        first, _, last = part.partition("-")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        days |= {day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)}
    return tuple(sorted(days))


def read_zone(word: str) -> str:
    """Return the IANA zone that a word names, whatever its case: Europe/Berlin, or Berlin.

    Raise UnknownName, with the nearest.
    """
    zones = zone_names()
    wanted = word.strip().lower().replace(" ", "_")
    found = {zone for name, zone in zones.items() if name.lower() == wanted}
    if len(found) != 1:
        raise UnknownName("time zone", word, sorted(found) or zones)
    return found.pop()


@cache
def zone_names() -> Mapping[str, str]:
    """Return the IANA zones by what names them: themselves, and a city that no two share."""
    zones = sorted(available_timezones())
    cities = Counter(city for zone in zones if (city := zone.rpartition("/")[2]) != zone)
    short = {zone.rpartition("/")[2]: zone for zone in zones}
    alone = {city: short[city] for city, count in cities.items() if count == 1}
    return MappingProxyType(alone | {zone: zone for zone in zones})


def _existing(end: datetime) -> datetime:
    """Return a local moment by the offset before a gap, where the clock skips it."""
    there = end.astimezone(UTC).astimezone(end.tzinfo).replace(tzinfo=None)
    return end if there == end.replace(tzinfo=None, fold=0) else end.replace(fold=0)
