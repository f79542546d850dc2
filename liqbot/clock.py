"""Time as a port, so that everything below it takes `at` as an argument."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """Reads the wall; the one place that does."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


@dataclass
class SteppedClock:
    """Is told the time, for tests and replay."""

    at: datetime

    def __post_init__(self) -> None:
        """Raise ValueError for a moment that is not in UTC."""
        if self.at.utcoffset() != timedelta(0):
            raise ValueError(f"not a moment in UTC: {self.at.isoformat()}")

    def now(self) -> datetime:
        """Return the moment it was last told, aware, in UTC."""
        return self.at

    def step(self, by: timedelta) -> None:
        """Move on; raise ValueError for a step back."""
        if by < timedelta(0):
            raise ValueError(f"time does not step back: {by}")
        self.at += by
