"""The grader, from what is due to what came of it."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from liqbot.alerting.grading import LOOK_BACK_MS, Outcome
from liqbot.alerting.outcome import Kind
from liqbot.clock import SteppedClock
from liqbot.live.grader import Grader
from liqbot.market.observation import Observation
from liqbot.market.tape import Tape
from liqbot.market.units import floats, moment_of
from tests.alerting.levels import HOURS_4, a_level, a_pending, towards
from tests.builders import START_MS, a_liquidation, an_observation
from tests.fakes.outcomes import FakeOutcomes
from tests.walks import a_walk

PENDING = a_pending(name="a1")
EVER = moment_of(0)


class Past:
    """Tells the same of a base whoever asks, and remembers what was asked."""

    def __init__(self, *seen: Observation) -> None:
        self.seen, self.asked = list(seen), list[tuple[str, int, int]]()

    async def __call__(self, base: str, from_ms: int, to_ms: int) -> list[Observation]:
        self.asked.append((base, from_ms, to_ms))
        return self.seen


def a_grader(past: Past, outcomes: FakeOutcomes, late: timedelta = timedelta(0)) -> Grader:
    return Grader(clock=SteppedClock(PENDING.due_at + late), outcomes=outcomes, past=past)


def touching(*prints_ms: int, bars: int = HOURS_4, venue: str = "binance") -> Observation:
    """Return a market that touches the level and turns, with forced longs of $100."""
    candles = towards(a_level(), [(1.1, 0.9), (0.2, 0.2)], bars=bars)
    tape = Tape.of([a_liquidation(at_ms=START_MS + each) for each in prints_ms])
    return an_observation(candles, tape=tape, venue=venue)


async def test_what_is_due_is_graded_once_by_what_was_seen_of_its_market() -> None:
    outcomes, past = FakeOutcomes(), Past(touching(1, 2))
    await outcomes.add(PENDING)
    grader = a_grader(past, outcomes)
    assert [await grader.grade(), await grader.grade()] == [1, 0]
    [(base, from_ms, to_ms)] = past.asked
    assert (base, from_ms) == ("BTC", START_MS - LOOK_BACK_MS)
    assert moment_of(to_ms) == PENDING.due_at
    [graded] = await outcomes.graded(EVER)
    assert (graded.pending, graded.kind, graded.fired_usd) == (PENDING, Kind.REJECTED, 200.0)


async def test_what_is_not_due_for_so_long_waits() -> None:
    outcomes, past = FakeOutcomes(), Past(touching())
    await outcomes.add(PENDING)
    early = a_grader(past, outcomes, -timedelta(seconds=1))
    assert await early.grade() == 0
    assert await a_grader(past, outcomes, timedelta(hours=1)).grade(timedelta(hours=2)) == 0
    assert await a_grader(past, outcomes, timedelta(hours=2)).grade(timedelta(hours=2)) == 1


async def test_the_venue_of_which_most_is_known_tells_the_price_and_all_tell_orders() -> None:
    hidden = towards(a_level(), [1.1, 2.0, 3.0])
    blank = floats(np.where(np.arange(HOURS_4) < 4, hidden.close, np.nan))
    patchy = replace(hidden, open=blank, high=blank, low=blank, close=blank)
    outcomes = FakeOutcomes()
    await outcomes.add(PENDING)
    others = an_observation(patchy, venue="okx", tape=touching(3).tape)
    await a_grader(Past(others, touching(1)), outcomes).grade()
    [graded] = await outcomes.graded(EVER)
    assert (graded.kind, graded.fired_usd) == (Kind.REJECTED, 200.0)


async def test_of_what_nobody_saw_nothing_is_known() -> None:
    outcomes = FakeOutcomes()
    await outcomes.add(PENDING)
    assert await a_grader(Past(), outcomes).grade() == 1
    [graded] = await outcomes.graded(EVER)
    assert (graded.kind, graded.fired_usd, graded.moments) == (Kind.UNKNOWN, None, ())


async def test_whoever_grades_draws_the_same_moments() -> None:
    walk = a_walk(4000, volatility=0.003)
    from_ms = PENDING.level.at_ms - LOOK_BACK_MS
    candles = replace(
        walk.candles, opened_ms=walk.candles.opened_ms - walk.candles.opened_ms[0] + from_ms
    )
    found = list[Outcome]()
    for _ in range(2):
        outcomes = FakeOutcomes()
        await outcomes.add(PENDING)
        await a_grader(Past(an_observation(candles)), outcomes).grade()
        found += await outcomes.graded(EVER)
    assert found[0] == found[1]
    assert len(found[0].moments) == 8


async def test_more_than_a_batch_is_graded_at_once() -> None:
    outcomes, past = FakeOutcomes(), Past(touching())
    for number in range(101):
        await outcomes.add(replace(PENDING, id=f"{number:x}"))
    assert await a_grader(past, outcomes).grade() == 101
