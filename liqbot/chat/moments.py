"""Moments of the past as people write them, by the clock on their wall."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from liqbot.chat.arguments import Known, Word, read_duration
from liqbot.errors import CommandError, OutOfRange, Unreadable

EXAMPLES = ("18:00", "yesterday 18:00", "3h ago", "2026-01-31T18:00")

_DAYS = {"today": 0, "yesterday": 1}
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?")
_AGO = re.compile(r"(\d{1,5} ?[mhdw]) ago")
_UTC = re.compile(r" ?utc$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment as it was written: what is not said follows from now, and from where one is."""

    ago: timedelta | None = None
    days_ago: int | None = None  # with no day at all: the last time that a clock showed it
    day: date | None = None
    clock: time | None = None  # None: as now
    is_aware: bool = False  # it is UTC's clock, not that of the reader's zone

    @classmethod
    def of(cls, at: datetime) -> "Moment":
        """Return the way to write an aware moment that everybody reads alike."""
        there = at.astimezone(UTC)
        return cls(day=there.date(), clock=there.time(), is_aware=True)

    def seen_from(self, now: datetime, zone: str) -> datetime:
        """Return which moment is meant, to the minute, aware, in UTC; raise OutOfRange for none.

        `now` is aware; `zone` is that of the reader.
        """
        try:
            at = self._meant(now.astimezone(UTC if self.is_aware else ZoneInfo(zone)))
            found = at.astimezone(UTC).replace(second=0, microsecond=0)
        except OverflowError:
            raise OutOfRange("There was no such time.") from None
        if found > now:
            raise OutOfRange(f"{found:%Y-%m-%d %H:%M} UTC is still to come.")
        return found

    def _meant(self, here: datetime) -> datetime:
        if self.ago is not None:
            return here.astimezone(UTC) - self.ago  # clocks may have been changed since
        clock = here.time() if self.clock is None else self.clock
        day = self.day or here.date() - timedelta(days=self.days_ago or 0)
        if self.day is None and self.days_ago is None and clock > here.time():
            day -= timedelta(days=1)
        return datetime.combine(day, clock, here.tzinfo)


def read_moment(text: str) -> Moment:
    """Read 18:00, yesterday 18:00, 3h ago or 2026-01-31T18:00, UTC where it says Z or UTC.

    Raise Unreadable for anything else.
    """
    words = " ".join(text.lower().split())
    if ago := _AGO.fullmatch(words):
        try:
            return Moment(ago=read_duration(ago[1]))
        except CommandError:
            raise _unreadable(text) from None
    plain = _UTC.sub("", words)
    is_utc = plain != words
    day, _, rest = plain.partition(" ")
    try:
        if day in _DAYS:
            clock = _clock(rest) if rest else None
            return Moment(days_ago=_DAYS[day], clock=clock, is_aware=is_utc)
        if _CLOCK.fullmatch(plain):
            return Moment(clock=_clock(plain), is_aware=is_utc)
        at = datetime.fromisoformat(plain.upper())
        if at.tzinfo is not None:
            return Moment.of(at)
    except (ValueError, OverflowError):
        raise _unreadable(text) from None
    return Moment(day=at.date(), clock=at.time(), is_aware=is_utc)


def write_moment(moment: Moment) -> str:
    """Write a moment with a day, of UTC's clock, so that `read_moment` reads it: no spaces."""
    day, clock = moment.day or date.min, moment.clock or time()
    return f"{datetime.combine(day, clock):%Y-%m-%dT%H:%MZ}"


def _clock(text: str) -> time:
    hours, *rest = text.split(":")
    return time.fromisoformat(":".join([hours.zfill(2), *rest]))


def _unreadable(text: str) -> Unreadable:
    return Unreadable("time", text, ", ".join(EXAMPLES))


def _names(_: Known) -> Sequence[str]:
    return EXAMPLES


MOMENT = Word("18:00, yesterday 18:00, 3h ago …", lambda text, _: read_moment(text), _names)
