import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.market.calendar import Event, Impact
from liqbot.market.norms import UNKNOWN
from liqbot.market.units import Usd
from liqbot.rules.rule import (
    AFTERWARDS,
    INSTANT,
    LOSS,
    NEARNESS,
    STRUCTURE,
    Blind,
    Criterion,
    Fact,
    Finding,
    Rule,
    Scene,
    Severity,
    Unit,
)
from tests.rules.scenes import a_long, a_scene, a_short, told


def a_criterion(value: float, enter: float, slack: float) -> Criterion:
    return Criterion("line", Fact("it", value, Unit.RATIO), enter, slack)


def a_finding(*criteria: Criterion) -> Finding:
    return Finding(
        case="long",
        side=None,
        cluster=None,
        markets=("BTC",),
        headline="It is",
        criteria=criteria,
        facts=(),
        severity=Severity.INFO,
        grade="B",
        venues=1,
        low=None,
        high=None,
    )


@pytest.mark.parametrize(
    ("value", "entered", "left"),
    [(2.0, True, False), (1.99, False, False), (1.71, False, False), (1.69, False, True)],
)
def test_what_has_to_be_large_is_left_below_its_line(
    value: float, entered: bool, left: bool
) -> None:
    found = a_criterion(value, 2.0, 0.85)
    assert (found.entered, found.left) == (entered, left)
    assert found.leave == pytest.approx(1.7)


@pytest.mark.parametrize(
    ("value", "entered", "left"),
    [(0.02, True, False), (0.021, False, False), (0.0249, False, False), (0.0251, False, True)],
)
def test_what_has_to_be_small_is_left_above_its_line(
    value: float, entered: bool, left: bool
) -> None:
    found = a_criterion(value, 0.02, 1.25)
    assert (found.entered, found.left) == (entered, left)


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.sampled_from([0.8, 0.85, 0.95, 1.25]))
def test_nothing_has_entered_and_left_at_once(value: float, enter: float, slack: float) -> None:
    found = a_criterion(value, enter, slack)
    assert not (found.entered and found.left)


def test_a_line_of_nothing_is_always_entered() -> None:
    assert a_criterion(0.0, 0.0, 0.8).entered
    assert not a_criterion(0.0, 0.0, 0.8).left


def test_another_line_is_left_as_much_further_on() -> None:
    own = replace(a_criterion(2.5, 2.0, 0.85), enter=3.0)
    assert not own.entered
    assert own.leave == pytest.approx(2.55)
    assert own.left


def test_a_finding_enters_by_all_its_criteria_and_leaves_by_any() -> None:
    over, behind, gone = (a_criterion(value, 2.0, 0.8) for value in (2.5, 1.8, 1.5))
    assert a_finding(over, over).entered
    assert not a_finding(over, behind).entered
    assert not a_finding(over, behind).left
    assert a_finding(over, gone).left
    assert a_finding(behind, over).value == 1.8


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_no_fact(value: float) -> None:
    with pytest.raises(ValueError, match="distance: "):
        Fact("distance", value, Unit.FRACTION)


def test_a_rule_leaves_out_what_has_left_and_passes_blindness_on() -> None:
    over, behind, gone = (a_finding(a_criterion(value, 2.0, 0.8)) for value in (2.5, 1.8, 1.5))

    def rule(found: list[Finding] | Blind) -> Rule[int]:
        return Rule(
            name="any",
            summary="",
            settings=int,
            evaluate=lambda scene, settings: found,
            patience=INSTANT,
            chart="heatmap",
        )

    assert rule([over, gone, behind]).judge(a_scene(), 0) == (over, behind)
    assert rule(Blind("night")).judge(a_scene(), 0) == Blind("night")


def test_patience_is_that_of_the_product() -> None:
    assert (NEARNESS.evaluations, NEARNESS.keep) == (2, timedelta(minutes=5))
    assert (STRUCTURE.hold, STRUCTURE.keep) == (timedelta(minutes=5), timedelta(minutes=15))
    assert (INSTANT.evaluations, INSTANT.hold) == (1, timedelta(0))
    assert INSTANT.keep == timedelta(seconds=60)
    assert replace(AFTERWARDS, past=False) == INSTANT
    assert replace(LOSS, past=False) == STRUCTURE
    assert [each.past for each in (NEARNESS, STRUCTURE, INSTANT, AFTERWARDS)] == [False] * 3 + [
        True
    ]


def test_a_usual_day_is_the_told_one_before_the_modelled_one() -> None:
    scene = a_scene()
    told_day = replace(scene, norms=replace(UNKNOWN, daily_usd=Usd(7e6)))
    assert (scene.daily_usd, told_day.daily_usd) == (100e6, 7e6)
    assert replace(scene, history=replace(scene.history, daily_usd=Usd(0.0))).daily_usd == 0.0


@pytest.mark.parametrize(
    ("measured", "weight"), [(0.2, 0.5), (0.7, 0.7), (0.99, 0.85), (math.nan, 1.0)]
)
def test_a_weekend_weighs_between_half_and_most(measured: float, weight: float) -> None:
    scene = a_scene(scene={"norms": replace(UNKNOWN, weekend=measured)})
    saturday = datetime(2026, 1, 10, 12, tzinfo=UTC)
    then = replace(scene, history=replace(scene.history, at=saturday))
    assert (scene.weight, then.weight) == (1.0, weight)
    assert then.share(20e6) == pytest.approx(0.2 * weight)


def test_a_scene_is_blind_for_one_reason_at_a_time() -> None:
    assert a_scene().blind is None
    blind = [
        a_scene(warm=False),
        a_scene(data_age_s=600.5),
        a_scene(data_age_s=math.inf),
        a_scene(usd=0.0),
        a_scene(daily_usd=Usd(math.nan)),
    ]
    assert [each.blind is not None for each in blind] == [True] * 5
    assert a_scene(data_age_s=599.5).blind is None


def test_a_release_is_near_four_hours_before_it() -> None:
    at = a_scene().history.at

    def near(after_h: float, impact: Impact = Impact.HIGH) -> bool:
        event = Event(at=at + timedelta(hours=after_h), name="FOMC", impact=impact)
        return a_scene(scene={"events": (event,)}).near is not None

    assert [near(each) for each in (-0.1, 0.0, 3.9, 4.0)] == [False, True, True, False]
    assert not near(1.0, Impact.MEDIUM)


def test_clusters_are_those_that_had_settled() -> None:
    scene: Scene = a_scene(a_long(), a_short(), settled=("S-1",))
    assert [each.id for each in scene.clusters] == ["S-1"]


def test_what_is_unknown_is_not_in_the_context() -> None:
    labels = {each.label for each in a_scene().context}
    assert {"open interest, 1 h", "trend, 24 h", "volume, 1 h to usual"} == labels - {
        "open interest, 24 h"
    }
    assert told(a_finding(a_criterion(1.0, 1.0, 0.8))) == {"it": 1.0}
