"""How people write moments and spans of time."""

import re
from datetime import UTC, datetime, timedelta

from liqbot.errors import OutOfRange, Unreadable

_SPAN = re.compile(r"(\d{1,4})\s*([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_FORM = "%Y-%m-%dT%H:%MZ"


def read_moment(text: str, first: datetime, last: datetime, what: str) -> datetime:
    """Read an ISO 8601 time, in UTC where it does not say; both ends are what is recorded.

    Raise Unreadable for what is none, OutOfRange for one that is not within; both name the span
    of `what`.
    """
    span = f"{what} is recorded from {first:{_FORM}} to {last:{_FORM}}"
    try:
        at = datetime.fromisoformat(text.strip())
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable("time", text, f"{last:{_FORM}} (ISO 8601, UTC); {span}") from None
    if not first <= at <= last:
        raise OutOfRange(f"{span}; {at:{_FORM}} is outside.")
    return at


def read_span(text: str) -> timedelta:
    """Read 24h, 7d or 2w; raise Unreadable for anything else, OutOfRange for no time at all."""
    found = _SPAN.fullmatch(text.strip().lower())
    if not found:
        raise Unreadable("span of time", text, "24h, 7d or 2w")
    span = int(found[1]) * _UNITS[found[2]]
    if not span:
        raise OutOfRange("A span of time is at least 1h.")
    return span


def read_age(text: str | None) -> timedelta | None:
    """Read a span of time, or None for no limit; raise as `read_span`."""
    return None if text is None else read_span(text)
