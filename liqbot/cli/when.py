"""How people write moments, and spans of time at the command line."""

from datetime import UTC, datetime, timedelta

from liqbot.chat.arguments import read_duration
from liqbot.errors import OutOfRange, Unreadable

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


def read_age(text: str | None) -> timedelta | None:
    """Read a span of time, or None for no limit; raise as `read_duration`."""
    return None if text is None else read_duration(text)
