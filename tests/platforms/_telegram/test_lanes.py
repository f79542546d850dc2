import asyncio
import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng

from liqbot.clock import SteppedClock
from liqbot.errors import DeliveryDelayed
from liqbot.platforms._telegram.lanes import Lane, Lanes, Pace, Schedule, Turn
from tests.waiting import timeless

AT = datetime(2026, 1, 7, tzinfo=UTC)
PACE = Pace()
QUICK = Pace(overall_s=0.002, chat_s=0.0, a_second=10_000)


def played(
    turns: Sequence[tuple[float, Turn]], pace: Pace = PACE, takes_s: float = 0.03
) -> list[tuple[float, Turn]]:
    """Return who was let through when, each of them writing for a while."""
    schedule, now = Schedule(pace), 0.0
    coming = sorted(turns, key=lambda each: each[0])
    under_way: list[tuple[float, Turn]] = []
    granted: list[tuple[float, Turn]] = []
    while coming or under_way or schedule.wake_at() < math.inf:
        ends = [at for at, _ in under_way]
        now = max(now, min([schedule.wake_at(), *ends, *(at for at, _ in coming[:1])]))
        for at, turn in [each for each in under_way if each[0] <= now]:
            under_way.remove((at, turn))
            schedule.done(turn, at)
        while coming and coming[0][0] <= now:
            schedule.wait(coming.pop(0)[1], now)
        while (turn_ := schedule.grant(now)) is not None:
            granted.append((now, turn_))
            under_way.append((now + takes_s, turn_))
    return granted


arrivals = st.lists(
    st.tuples(
        st.floats(0, 20),
        st.builds(Turn, st.sampled_from([1, 2, 3, -10]), st.sampled_from(Lane)),
    ),
    max_size=60,
)


@given(arrivals)
def test_whatever_comes_everybody_gets_a_turn_and_no_limit_is_broken(
    turns: list[tuple[float, Turn]],
) -> None:
    granted = played(turns)
    assert {turn for _, turn in granted} == {turn for _, turn in turns}
    times = [at for at, _ in granted]
    assert all(b - a >= PACE.overall_s - 1e-9 for a, b in zip(times, times[2:], strict=False))
    assert all(b - a > 1 for a, b in zip(times, times[30:], strict=False))
    by_chat: dict[int, list[float]] = defaultdict(list)
    for at, turn in granted:
        by_chat[turn.chat].append(at)
    for chat, sent in by_chat.items():
        assert all(b - a > 1 for a, b in pairwise(sent))
        if chat < 0:
            assert all(b - a > 60 for a, b in zip(sent, sent[20:], strict=False))


def test_ten_thousand_are_written_to_within_a_fifth_of_what_telegram_allows() -> None:
    count = 500  # the pace is the same all the way
    granted = played([(0.0, Turn(i + 1, Lane.ALERTS)) for i in range(count)])
    assert len({turn.chat for _, turn in granted}) == count
    assert count / 30 < granted[-1][0] < 1.2 * count / 30


def test_a_few_turns_that_passed_while_somebody_waited_are_made_up_for_and_no_more() -> None:
    schedule = Schedule(Pace(overall_s=0.25, made_up=3))
    for chat in range(1, 10):
        schedule.wait(Turn(chat, Lane.ALERTS), 0.0)
    times = [0.0, 0.375, 0.5, 0.75, 2.0, 2.0, 2.0, 2.0]
    assert [schedule.grant(at) is not None for at in times] == [True] * 8
    assert schedule.grant(2.0) is None


def test_what_passed_while_nobody_waited_is_not_made_up_for() -> None:
    schedule = Schedule(Pace(overall_s=0.1))
    for chat in range(1, 4):
        schedule.wait(Turn(chat, Lane.ALERTS), 5.0)
    assert schedule.grant(5.0) is not None
    assert schedule.grant(5.0) is None
    assert schedule.wake_at() == pytest.approx(5.1)


def test_however_late_turns_are_given_no_second_holds_thirty() -> None:
    schedule, granted, now = Schedule(PACE), [], 0.0
    for chat in range(1, 400):
        schedule.wait(Turn(chat, Lane.ALERTS), 0.0)
    chance = default_rng(1)
    while schedule.wake_at() < math.inf:
        now = max(now, schedule.wake_at()) + chance.exponential(0.1)
        while (turn := schedule.grant(now)) is not None:
            granted.append(now)
            schedule.done(turn, now)
    assert all(b - a > 1 for a, b in zip(granted, granted[29:], strict=False))


@pytest.mark.parametrize("seed", range(3))
def test_however_long_the_way_takes_no_thirty_arrive_within_a_second(seed: int) -> None:
    chance, schedule, now = default_rng(seed), Schedule(PACE), 0.0
    for chat in range(1, 500):
        schedule.wait(Turn(chat, Lane.ALERTS), 0.0)
    under_way: list[tuple[float, Turn]] = []
    arrivals: list[float] = []
    while under_way or schedule.wake_at() < math.inf:
        now = max(now, min([schedule.wake_at(), *(at for at, _ in under_way)]))
        for at, turn in [each for each in under_way if each[0] <= now]:
            under_way.remove((at, turn))
            schedule.done(turn, at)
        while (next_ := schedule.grant(now)) is not None:
            way_s = chance.exponential(0.05) if chance.random() < 0.9 else chance.uniform(0, 3)
            under_way.append((now + way_s, next_))
            arrivals.append(chance.uniform(now, now + way_s))
    assert len(arrivals) == 499
    arrivals.sort()
    assert all(b - a > 1 for a, b in zip(arrivals, arrivals[29:], strict=False))


def test_an_answer_goes_before_all_alerts_that_wait() -> None:
    alerts = [(0.0, Turn(i + 1, Lane.ALERTS)) for i in range(100)]
    answers = [(1.0 + i, Turn(-1 - i, Lane.ANSWERS)) for i in range(3)]
    granted = played([*alerts, *answers])
    waits = [at - came for came, turn in answers for at, who in granted if who is turn]
    assert max(waits) <= 2 * PACE.overall_s


def test_alerts_are_not_forgotten_while_many_ask() -> None:
    answers = [(0.0, Turn(i + 1, Lane.ANSWERS)) for i in range(100)]
    granted = played([*answers, (0.0, Turn(-1, Lane.ALERTS))])
    (position,) = [i for i, (_, turn) in enumerate(granted) if turn.lane is Lane.ALERTS]
    assert position == PACE.in_a_row


def test_a_chat_that_has_to_wait_holds_up_no_other() -> None:
    turns = [(0.0, Turn(1, Lane.ALERTS)) for _ in range(3)] + [(0.0, Turn(2, Lane.ALERTS))]
    order = [turn.chat for _, turn in played(turns)]
    assert order == [1, 2, 1, 1]


def test_nobody_gets_a_turn_while_frozen() -> None:
    schedule, turn = Schedule(PACE), Turn(1, Lane.ANSWERS)
    schedule.freeze(5.0)
    schedule.freeze(3.0)  # a shorter one ends nothing
    schedule.wait(turn, 0.0)
    assert schedule.grant(4.9) is None
    assert schedule.wake_at() == 5.0
    assert schedule.grant(5.0) is turn


def test_who_would_wait_too_long_is_sent_away_alerts_before_answers() -> None:
    schedule = Schedule(PACE)
    alert, answer = Turn(1, Lane.ALERTS), Turn(2, Lane.ANSWERS)
    schedule.freeze(30.0)
    schedule.wait(alert, 0.0)
    schedule.wait(answer, 0.0)
    assert schedule.impatient(0.0) == [(alert, 30.0)]
    schedule.freeze(61.0)
    assert schedule.impatient(0.0) == [(answer, 61.0)]
    assert schedule.wake_at() == math.inf


def test_the_twenty_first_message_to_a_group_waits_for_the_minute_and_not_in_the_alert_lane() -> (
    None
):
    schedule = Schedule(PACE)
    for i in range(20):
        schedule.done(Turn(-1, Lane.ALERTS), i * 1.1)
    schedule.wait(turn := Turn(-1, Lane.ALERTS), 30.0)
    assert schedule.grant(30.0) is None
    ((gone, wait),) = schedule.impatient(30.0)
    assert gone is turn
    assert wait == pytest.approx(31.0)
    schedule.wait(Turn(-1, Lane.ALERTS), 61.0)
    assert schedule.grant(61.0) is not None


def test_chats_that_were_not_written_to_lately_are_forgotten() -> None:
    schedule = Schedule(PACE)
    for chat in range(1, 5_000):
        schedule.done(Turn(chat, Lane.ALERTS), 0.02 * chat)
    assert len(schedule._sent) < 4_097


@timeless
async def test_turns_come_one_after_the_other() -> None:
    lanes = Lanes(SteppedClock(AT), Pace(overall_s=0.01, chat_s=0.0))
    times: list[float] = []

    async def write(chat: int) -> None:
        async with lanes.turn(chat, Lane.ALERTS):
            times.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(write(i + 1) for i in range(5)))
    assert times[-1] - times[0] == pytest.approx(0.04)


@timeless
async def test_one_chat_is_written_to_by_one_at_a_time() -> None:
    lanes = Lanes(SteppedClock(AT), QUICK)
    there: list[int] = []

    async def write() -> None:
        async with lanes.turn(1, Lane.ANSWERS):
            there.append(1)
            assert len(there) == 1
            await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.005)
            there.pop()

    await asyncio.gather(write(), write(), write())


@timeless
async def test_an_alert_that_cannot_be_sent_soon_says_from_when_on_it_can() -> None:
    lanes = Lanes(SteppedClock(AT), QUICK)
    lanes.freeze(30)
    with pytest.raises(DeliveryDelayed) as caught:
        async with lanes.turn(1, Lane.ALERTS):
            pass
    assert caught.value.retry_at is not None
    assert caught.value.retry_at == AT + timedelta(seconds=30)


@timeless
async def test_an_alert_that_waits_is_sent_away_by_a_long_freeze() -> None:
    lanes = Lanes(SteppedClock(AT), QUICK)
    lanes.freeze(0.5)
    waiting = asyncio.create_task(_through(lanes, 1))
    await asyncio.wait([waiting], timeout=0.01)
    lanes.freeze(30)
    with pytest.raises(DeliveryDelayed):
        await waiting


@timeless
async def test_who_gives_up_waiting_takes_no_turn_from_others() -> None:
    lanes = Lanes(SteppedClock(AT), QUICK)
    lanes.freeze(0.03)
    given_up = asyncio.create_task(_through(lanes, 1))
    waiting = asyncio.create_task(_through(lanes, 1))
    await asyncio.wait([waiting], timeout=0.01)
    given_up.cancel()
    async with asyncio.timeout(1):
        await waiting
    assert given_up.cancelled()


@timeless
async def test_what_fails_in_its_turn_ends_it() -> None:
    lanes = Lanes(SteppedClock(AT), QUICK)
    with pytest.raises(ValueError, match="oh"):
        async with lanes.turn(1, Lane.ANSWERS):
            raise ValueError("oh")
    async with asyncio.timeout(1):
        await _through(lanes, 1)


async def _through(lanes: Lanes, chat: int) -> None:
    async with lanes.turn(chat, Lane.ALERTS):
        pass
