"""What came of levels like these."""

from typing import Any

import pytest

from liqbot.alerting.grading import Outcome
from liqbot.alerting.outcome import Kind, Reach
from liqbot.alerting.score import score
from liqbot.market.units import Side
from liqbot.planning.past import AXES, ENOUGH, Past, past_of
from tests.alerting.levels import a_level, an_outcome


def cases(
    count: int,
    kind: Kind = Kind.REJECTED,
    *,
    side: Side = Side.LONG,
    reach: Reach = Reach.NEAR,
    **told: Any,  # noqa: ANN401 - fields of what was told
) -> list[Outcome]:
    """Return so many cases an hour apart."""
    level = a_level(side, reach=reach)
    return [
        an_outcome(kind, name=f"{kind} {side} {reach} {told} {i}", level=level, **told)
        for i in range(count)
    ]


def told_of(*outcomes: Outcome, side: Side = Side.LONG, reach: Reach = Reach.NEAR) -> Past | None:
    return past_of(score(outcomes, by=AXES), "BTC", side, reach)


def test_only_the_market_the_side_and_the_distance_count() -> None:
    others = [
        *cases(9, base="ETH"),
        *cases(9, side=Side.SHORT),
        *cases(9, reach=Reach.SWING),
    ]
    assert told_of(*others) is None
    found = told_of(*others, *cases(3), *cases(1, Kind.IGNORED))
    assert found is not None
    assert (found.n, found.rule, found.reach) == (4, "cluster_approach", Reach.NEAR)
    assert found.kinds[Kind.REJECTED] == (3, 4)
    assert sum(each.hits for each in found.kinds.values()) == 4


def test_of_several_rules_the_one_with_most_cases_counts_alone() -> None:
    found = told_of(*cases(3), *cases(5, rule="thin_book"), *cases(5, rule="asymmetric_cluster"))
    assert found is not None
    assert (found.rule, found.n) == ("asymmetric_cluster", 5)


def test_outcomes_that_nobody_knows_are_no_cases() -> None:
    assert told_of(*cases(3, Kind.UNKNOWN)) is None


@pytest.mark.parametrize(
    ("rejected", "ignored", "likely"),
    [
        (ENOUGH - 5, 4, None),
        (ENOUGH - 5, 5, Kind.REJECTED),
        (ENOUGH, ENOUGH, None),
        (4, ENOUGH, Kind.IGNORED),
    ],
)
def test_what_came_most_often_is_told_of_enough_cases_only(
    rejected: int, ignored: int, likely: Kind | None
) -> None:
    found = told_of(*cases(rejected), *cases(ignored, Kind.IGNORED))
    assert found is not None
    assert found.likely is likely


def test_a_simulated_case_makes_it_simulated() -> None:
    found = told_of(*cases(1), *cases(1, Kind.IGNORED, simulated=True))
    assert found is not None
    assert found.simulated
