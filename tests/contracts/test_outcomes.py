"""What every store of outcomes does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from liqbot.alerting.grading import Outcome, Outcomes, Pending
from liqbot.alerting.outcome import Kind, Reach
from liqbot.market.units import HOUR_MS, Side, moment_of
from liqbot.storage.database import open_database
from liqbot.storage.migration import migrate
from liqbot.storage.outcomes import SqlOutcomes
from tests.alerting.levels import a_level, a_pending, an_outcome
from tests.builders import START_MS
from tests.databases import KINDS
from tests.fakes.outcomes import FakeOutcomes

EVER = datetime(2020, 1, 1, tzinfo=UTC)
LATER = moment_of(START_MS) + timedelta(days=100)
SOON = timedelta(milliseconds=1)


@pytest.fixture(params=["fake", *KINDS])
async def outcomes(request: pytest.FixtureRequest) -> AsyncIterator[Outcomes]:
    if request.param == "fake":
        yield FakeOutcomes()
        return
    async with open_database(request.getfixturevalue(f"{request.param}_url")) as database:
        await migrate(database)
        yield SqlOutcomes(database)


def told(name: str, hours: int = 0, reach: Reach = Reach.NEAR) -> Pending:
    at_ms = START_MS + hours * HOUR_MS
    level = a_level(Side.SHORT, near=1 / 70, at_ms=at_ms, reach=reach)
    return a_pending(level, name=name, tiers=((25.0, 1 / 3),))


def came(pending: Pending, kind: Kind = Kind.SWEPT) -> Outcome:
    values = {each: getattr(pending, each) for each in ("id", "rule", "base", "level", "tiers")}
    return an_outcome(kind, fired_usd=1 / 7, moments=(Kind.REACHED, Kind.UNKNOWN), **values)


async def test_what_is_due_is_what_was_added_and_whose_time_is_over(outcomes: Outcomes) -> None:
    pending = told("a")
    await outcomes.add(pending)
    assert await outcomes.due(pending.due_at - SOON, 9) == ()
    assert await outcomes.due(pending.due_at, 9) == (pending,)
    assert await outcomes.due(LATER, 9) == (pending,)
    assert await outcomes.graded(EVER) == ()


async def test_the_longest_due_comes_first_and_no_more_than_asked(outcomes: Outcomes) -> None:
    late, long = told("late", 5), told("long", 1, Reach.SWING)
    twins = told("0", 3), told("b", 3), told("f", 3)
    for each in (twins[1], long, twins[2], late, twins[0]):
        await outcomes.add(each)
    assert await outcomes.due(LATER, 9) == (*twins, late, long)
    assert await outcomes.due(LATER, 2) == twins[:2]
    assert await outcomes.due(late.due_at, 9) == (*twins, late)


async def test_one_case_is_kept_once_and_as_it_was_first(outcomes: Outcomes) -> None:
    pending, again = told("a"), told("a", 1)
    for each in (pending, again, pending):
        await outcomes.add(each)
    assert await outcomes.due(LATER, 9) == (pending,)
    await outcomes.finish(came(pending))
    await outcomes.add(again)
    assert await outcomes.due(LATER, 9) == ()


async def test_what_is_finished_is_graded_and_due_no_more(outcomes: Outcomes) -> None:
    pending = told("a")
    await outcomes.add(pending)
    await outcomes.add(told("b"))
    await outcomes.finish(came(pending))
    assert await outcomes.graded(EVER) == (came(pending),)
    assert await outcomes.due(LATER, 9) == (told("b"),)


async def test_the_first_verdict_stands_and_nothing_comes_of_what_was_never_told(
    outcomes: Outcomes,
) -> None:
    pending = told("a")
    await outcomes.finish(came(pending))
    assert await outcomes.graded(EVER) == ()
    await outcomes.add(pending)
    await outcomes.finish(came(pending, Kind.UNKNOWN))
    await outcomes.finish(came(pending, Kind.IGNORED))
    assert [each.kind for each in await outcomes.graded(EVER)] == [Kind.UNKNOWN]


async def test_what_was_told_since_is_listed_by_time_and_id(outcomes: Outcomes) -> None:
    cases = [told("c", 2), told("b", 3), told("0", 3), told("a", 4, Reach.CONTEXT), told("d", 1)]
    for each in cases:
        await outcomes.add(each)
    for each in reversed(cases):
        await outcomes.finish(came(each))
    found = await outcomes.graded(moment_of(START_MS + 2 * HOUR_MS))
    assert [each.pending.id for each in found] == ["c", "0", "b", "a"]
    assert found[0] == came(cases[0])
    assert len(await outcomes.graded(moment_of(START_MS + 2 * HOUR_MS) + SOON)) == 3


async def test_many_may_add_and_finish_at_once(outcomes: Outcomes) -> None:
    cases = [told(f"{number:02}") for number in range(20)]
    await asyncio.gather(*(outcomes.add(each) for each in [*cases, *cases]))
    assert await outcomes.due(LATER, 99) == tuple(cases)
    verdicts = [came(each, kind) for each in cases for kind in (Kind.SWEPT, Kind.IGNORED)]
    await asyncio.gather(*(outcomes.finish(each) for each in verdicts))
    graded = await outcomes.graded(EVER)
    assert [each.pending for each in graded] == cases
    assert all(each in verdicts for each in graded)
