"""A venue is asked no faster than it bears."""

import asyncio
import math
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from numpy.random import default_rng

from liqbot.clock import SteppedClock
from liqbot.errors import SourceDelayed, SourceRefused, SourceUnreadable
from liqbot.exchanges._pacing import Budget, Pace
from liqbot.market.units import moment_of
from tests.waiting import timeless

START = moment_of(1_767_225_600_000)
LOST = SourceDelayed("lost", kind="network")


def a_pace(weight: float = 1000, window_s: float = 1, used: float | None = None) -> Pace:
    budget = Budget(weight=weight, window_s=window_s, used=lambda _: used)
    return Pace("binance", budget, SteppedClock(START), default_rng(1))


def step(pace: Pace, seconds: float) -> datetime:
    clock = pace._clock
    assert isinstance(clock, SteppedClock)
    clock.step(timedelta(seconds=seconds))
    return clock.now()


async def fail(pace: Pace, error: Exception = LOST, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(type(error)):
            async with pace.turn(1):
                raise error


@timeless
async def test_a_burst_passes_and_more_than_that_waits_its_turn() -> None:
    loop = asyncio.get_running_loop()
    pace = a_pace(weight=100, window_s=1)
    began = loop.time()
    for _ in range(30):
        async with pace.turn(1):
            pass
    burst = loop.time() - began
    for _ in range(10):
        async with pace.turn(1):
            pass
    assert burst == 0
    assert loop.time() - began >= 10 / 50  # 50 a second, and jitter


@timeless
async def test_never_more_than_four_fifths_of_a_budget_pass_within_its_window() -> None:
    loop = asyncio.get_running_loop()
    pace = a_pace(weight=200, window_s=0.5)
    passed: list[float] = []

    async def ask() -> None:
        async with pace.turn(1):
            passed.append(loop.time())

    await asyncio.gather(*(ask() for _ in range(250)))
    passed.sort()
    within = max(sum(first <= each < first + 0.5 for each in passed) for first in passed)
    assert 100 < within <= 165


@timeless
async def test_a_long_wait_is_refused_with_when_to_come_back() -> None:
    pace = a_pace(weight=10, window_s=60)
    async with pace.turn(3):
        pass
    with pytest.raises(SourceDelayed, match="as much as it allows") as raised:
        async with pace.turn(3):
            pass
    assert raised.value.kind == "paused"
    assert raised.value.retry_at is not None
    assert 30 < (raised.value.retry_at - START).total_seconds() < 40


@timeless
async def test_what_the_venue_counted_slows_us_down_before_its_limit() -> None:
    pace = a_pace(weight=1000, window_s=60, used=0.79)
    async with pace.turn(1):
        pass
    pace.heard({}, START, None)
    assert pace.condition.load == pytest.approx(0.79)
    with pytest.raises(SourceDelayed, match="as much as it allows"):
        async with pace.turn(100):
            pass


@timeless
async def test_a_full_stop_turns_requests_away_at_once_until_it_is_over() -> None:
    pace = a_pace()
    pace.stop(START + timedelta(seconds=60))
    pace.stop(START + timedelta(seconds=30))
    assert pace.condition.paused_until == START + timedelta(seconds=60)
    with pytest.raises(SourceDelayed, match="00:01:00 UTC") as raised:
        async with pace.turn(1):
            pass
    assert raised.value.kind == "paused"
    assert raised.value.retry_at == START + timedelta(seconds=60)
    step(pace, 60)
    async with pace.turn(1):
        pass
    assert pace.condition.paused_until is None


@timeless
async def test_five_failures_in_a_row_open_the_circuit_for_longer_each_time_up_to_a_ceiling() -> (
    None
):
    pace = a_pace()
    await fail(pace, times=4)
    async with pace.turn(1):
        pass
    await fail(pace, times=5)
    breaks = []
    for _ in range(8):
        with pytest.raises(SourceDelayed, match="failed repeatedly") as raised:
            async with pace.turn(1):
                pass
        assert raised.value.retry_at is not None
        breaks.append((raised.value.retry_at - step(pace, 0)).total_seconds())
        step(pace, breaks[-1])
        await fail(pace)
    assert 0.7 <= breaks[0] <= 1
    assert all(later > earlier for earlier, later in pairwise(breaks[:5]))
    assert max(breaks) <= 30


@pytest.mark.parametrize("answers", [True, False])
@timeless
async def test_one_probe_goes_ahead_and_the_others_wait_for_how_it_went(*, answers: bool) -> None:
    pace = a_pace()
    await fail(pace, times=5)
    step(pace, 1)
    asked: list[int] = []
    probed = asyncio.Event()

    async def ask() -> None:
        async with pace.turn(1):
            asked.append(len(asked))
            await probed.wait()
            if not answers:
                raise LOST

    tasks = [asyncio.create_task(ask()) for _ in range(3)]
    await asyncio.sleep(0.01)
    assert asked == [0]
    probed.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    if answers:
        assert found == [None] * 3
        assert pace.condition.failing == ""
    else:
        assert asked == [0]
        assert ["failed repeatedly" in str(each) for each in found] == [False, True, True]


@timeless
async def test_a_probe_that_is_cancelled_leaves_room_for_another() -> None:
    pace = a_pace()
    await fail(pace, times=5)
    step(pace, 1)

    async def probe() -> None:
        async with pace.turn(1):
            await asyncio.Event().wait()

    task = asyncio.create_task(probe())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with pace.turn(1):
        pass


@timeless
async def test_a_refusal_is_no_sign_of_a_broken_venue() -> None:
    pace = a_pace()
    await fail(pace, SourceRefused("not listed"), times=20)
    async with pace.turn(1):
        pass
    await fail(pace, SourceUnreadable("HTML"), times=5)
    with pytest.raises(SourceDelayed, match="failed repeatedly"):
        async with pace.turn(1):
            pass


@timeless
async def test_what_came_of_asking_is_counted() -> None:
    pace = a_pace()
    await fail(pace, times=2)
    await fail(pace, SourceUnreadable("HTML"))
    assert pace.condition.failures == {"network": 2, "unreadable": 1}
    assert pace.condition.failing == "HTML"
    assert pace.condition.failed_at == START
    now = step(pace, 3)
    async with pace.turn(1):
        await asyncio.sleep(0.01)
    condition = pace.condition
    assert (condition.answers, condition.answered_at, condition.failing) == (1, now, "")
    assert condition.latency_s == condition.latency_sum_s >= 0.01


@timeless
async def test_dates_narrow_their_clock_down_though_cut_to_the_second() -> None:
    pace = a_pace()
    ahead = timedelta(seconds=90.3)
    for _ in range(40):
        sent = step(pace, 0.37)
        theirs = step(pace, 0.02) + ahead
        step(pace, 0.02)
        _date(pace, sent, theirs)
    assert pace.condition.skew_s == pytest.approx(90.3, abs=0.06)


@timeless
async def test_a_clock_that_was_set_is_noticed() -> None:
    pace = a_pace()
    for ahead in (timedelta(0), timedelta(seconds=-90)):
        for _ in range(5):
            sent = step(pace, 0.3)
            _date(pace, sent, sent + ahead)
    assert pace.condition.skew_s == pytest.approx(-90, abs=1)


@timeless
async def test_a_date_of_another_year_is_no_clock() -> None:
    pace = a_pace()
    _date(pace, START, START + timedelta(days=365))
    assert math.isnan(pace.condition.skew_s)


def _date(pace: Pace, sent: datetime, theirs: datetime) -> None:
    pace.heard({}, sent, theirs.replace(microsecond=0))
