"""How alerts did, worked out once."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from liqbot.alerting.grading import Outcome
from liqbot.alerting.score import Axis, score
from liqbot.clock import SteppedClock
from liqbot.live.scores import LiveScores
from tests.commands.test_accuracy import cases
from tests.fakes.desk import AT
from tests.fakes.outcomes import FakeOutcomes
from tests.waiting import until

DAY = timedelta(days=1)


class CountedOutcomes(FakeOutcomes):
    """Counts how often it is asked."""

    asked = 0

    async def graded(self, since: datetime) -> tuple[Outcome, ...]:
        self.asked += 1
        return await super().graded(since)


async def a_record(*outcomes: Outcome) -> tuple[LiveScores, CountedOutcomes, SteppedClock]:
    kept, clock = CountedOutcomes(), SteppedClock(AT)
    for each in outcomes:
        await kept.add(each.pending)
        await kept.finish(each)
    return LiveScores(clock, kept), kept, clock


async def test_rows_are_of_the_markets_and_the_span_asked_for() -> None:
    here, there = cases(12), cases(9, base="ETH")
    scores, _, _ = await a_record(*here, *there)
    assert await scores.rows(["BTC"], 30 * DAY) == score(here, by=(Axis.RULE,))
    (both,) = await scores.rows(["BTC", "ETH"], 30 * DAY)
    assert (both.n, both.simulated) == (21, False)
    (recent,) = await scores.rows(["BTC"], 7 * DAY)
    assert recent.n == 6
    assert await scores.rows(["SOL"], 30 * DAY) == ()


async def test_rows_are_told_apart_by_the_axes_asked_for() -> None:
    here, there = cases(3), cases(2, base="ETH")
    scores, kept, _ = await a_record(*here, *there)
    found = await scores.rows(["BTC", "ETH"], 30 * DAY, (Axis.MARKET,))
    assert [(each.key[Axis.MARKET], each.n) for each in found] == [("BTC", 3), ("ETH", 2)]
    (both,) = await scores.rows(["BTC", "ETH"], 30 * DAY)
    assert (both.n, kept.asked) == (5, 1)


async def test_who_asks_the_same_within_five_minutes_is_told_the_same() -> None:
    scores, kept, _ = await a_record(*cases(3))
    one, other = await asyncio.gather(*(scores.rows(["BTC"], DAY) for _ in range(2)))
    assert one is other is await scores.rows(["BTC"], DAY)
    assert kept.asked == 1
    await scores.rows(["BTC"], 2 * DAY)
    assert kept.asked == 2


async def test_what_is_no_longer_fresh_is_told_once_more_while_it_is_worked_out_anew() -> None:
    scores, kept, clock = await a_record(*cases(3))
    before = await scores.rows(["BTC"], 30 * DAY)
    (late,) = cases(1, base="BTC")
    await kept.add(replace(late.pending, id="late"))
    await kept.finish(replace(late, pending=replace(late.pending, id="late")))
    clock.step(timedelta(minutes=5))
    assert await scores.rows(["BTC"], 30 * DAY) is before
    await until(lambda: kept.asked == 2)

    async def is_renewed() -> bool:
        return (await scores.rows(["BTC"], 30 * DAY))[0].n == 4

    await until(is_renewed)
    assert kept.asked == 2
    clock.step(timedelta(minutes=30))
    (row,) = await scores.rows(["BTC"], 30 * DAY)
    assert (row.n, kept.asked) == (4, 3)


async def test_a_shorter_span_is_taken_from_a_longer_one_that_was_just_read() -> None:
    told = cases(40)
    scores, kept, clock = await a_record(*told)
    alone, _, _ = await a_record(*told)
    long = await scores.rows(["BTC"], 30 * DAY)
    clock.step(timedelta(minutes=4))
    short = await scores.rows(["BTC"], 7 * DAY - timedelta(minutes=-4))
    assert kept.asked == 1
    assert short == await alone.rows(["BTC"], 7 * DAY) != long
    await scores.rows(["BTC"], 90 * DAY)
    assert kept.asked == 2
