"""The clock: one that reads the wall, one that is told."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from liqbot.clock import Clock, SteppedClock, SystemClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_system_clock_tells_the_present_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_a_stepped_clock_stands_until_it_is_stepped() -> None:
    clock = SteppedClock(NOON)
    port: Clock = clock
    assert port.now() == port.now() == NOON
    clock.step(timedelta(minutes=5))
    assert port.now() == NOON + timedelta(minutes=5)


def test_time_does_not_step_back() -> None:
    clock = SteppedClock(NOON)
    with pytest.raises(ValueError, match="does not step back"):
        clock.step(timedelta(microseconds=-1))
    assert clock.now() == NOON


@pytest.mark.parametrize(
    "moment", [NOON.replace(tzinfo=None), NOON.astimezone(timezone(timedelta(hours=4)))]
)
def test_a_stepped_clock_takes_only_utc(moment: datetime) -> None:
    with pytest.raises(ValueError, match="not a moment in UTC"):
        SteppedClock(moment)
