"""How many pictures one user gets."""

from datetime import UTC, datetime, timedelta

import pytest

from liqbot.clock import SteppedClock
from liqbot.errors import Busy
from liqbot.live.ration import Ration

START = datetime(2026, 1, 7, 2, tzinfo=UTC)


def test_so_many_in_any_minute_and_no_more() -> None:
    clock = SteppedClock(START)
    ration = Ration(clock, 3)
    for _ in range(3):
        ration.take("ann")
        clock.step(timedelta(seconds=10))
    for seconds in (30, 20, 10):
        with pytest.raises(Busy, match=f"3 pictures in a minute. Try again in {seconds} s"):
            ration.take("ann")
        clock.step(timedelta(seconds=10))
    ration.take("ann")
    with pytest.raises(Busy, match="in 10 s"):
        ration.take("ann")


def test_one_users_pictures_are_no_others() -> None:
    ration = Ration(SteppedClock(START), 1)
    ration.take("ann")
    ration.take("ben")
    with pytest.raises(Busy):
        ration.take("ben")


def test_of_many_users_only_those_of_the_last_minute_are_kept() -> None:
    clock = SteppedClock(START)
    ration = Ration(clock, 1)
    for number in range(4096):
        ration.take(str(number))
    clock.step(timedelta(seconds=59))
    ration.take("ann")
    with pytest.raises(Busy):
        ration.take("4095")
    clock.step(timedelta(seconds=2))
    ration.take("4095")
    with pytest.raises(Busy):
        ration.take("ann")
