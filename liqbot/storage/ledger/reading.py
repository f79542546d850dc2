"""From what is kept to values."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from liqbot.errors import CommandError, StorageError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST = 1_000  # values in one statement; both databases take 32,766

T = TypeVar("T")


def us_of(at: datetime) -> int:
    """Return an aware moment as Unix microseconds, exactly."""
    return (at - _EPOCH) // _MICROSECOND


def moment_at(at_us: int) -> datetime:
    """Return Unix microseconds as an aware moment in UTC, exactly."""
    return _EPOCH + at_us * _MICROSECOND


def portions(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """Yield values in portions that one statement takes."""
    listed = list(values)
    for first in range(0, len(listed), _MOST):
        yield listed[first : first + _MOST]


@contextmanager
def readable(what: str) -> Iterator[None]:
    """Raise StorageError where what is kept cannot be read inside."""
    try:
        yield
    except (CommandError, KeyError, TypeError, ValueError) as error:
        told = f"{type(error).__name__}: {error}"
        raise StorageError(f"a {what} kept is damaged ({told}); restore a backup") from error
