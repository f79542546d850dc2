"""Looks at a map that are shared."""

import weakref
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from liqbot.clock import SteppedClock
from liqbot.heatmap.history import History
from liqbot.live.glances import LASTING, Glances
from tests.charts.histories import a_history

START = datetime(2026, 1, 7, 2, tzinfo=UTC)
WHOLE = a_history()


class Looks:
    """Someone who looks again and again."""

    def __init__(self) -> None:
        self.clock = SteppedClock(START)
        self.glances = Glances(self.clock)
        self.count = 0

    def at(self, whole: History = WHOLE) -> History:
        def look(now: datetime) -> History:
            self.count += 1
            age_s = whole.data_age_s + (now - START).total_seconds()
            return replace(whole, at=now, data_age_s=age_s)

        return self.glances.share(whole, look)


def test_who_looks_together_sees_the_same() -> None:
    looks = Looks()
    first = looks.at()
    looks.clock.step(LASTING / 2)
    assert looks.at() is first
    looks.clock.step(LASTING / 2)
    assert looks.at() is not first
    assert looks.count == 2


def test_nothing_is_ever_older_than_it_says() -> None:
    looks = Looks()
    for _ in range(40):
        true_s = WHOLE.data_age_s + (looks.clock.now() - START).total_seconds()
        told_s = looks.at().data_age_s
        assert true_s < told_s <= true_s + LASTING.total_seconds()
        looks.clock.step(timedelta(seconds=0.7))


def test_a_new_map_and_another_market_are_looked_at_anew() -> None:
    looks = Looks()
    first = looks.at()
    later = looks.at(replace(WHOLE, at=WHOLE.at + timedelta(minutes=5)))
    other = looks.at(a_history(base="ETH", price=3_000.0))
    assert len({id(each) for each in (first, later, other)}) == 3


def test_only_the_last_are_kept() -> None:
    looks = Looks()
    for minutes in range(100):
        looks.at(replace(WHOLE, at=WHOLE.at + timedelta(minutes=minutes)))
    assert looks.at() is not None
    assert looks.count == 101


def test_what_nobody_will_be_shown_again_is_let_go() -> None:
    looks = Looks()
    held = weakref.ref(looks.at(replace(WHOLE, interest=WHOLE.interest.copy())).interest)
    assert held() is not None
    looks.clock.step(LASTING)
    looks.at(a_history(base="ETH", price=3_000.0))
    assert held() is None
