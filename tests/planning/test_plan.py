"""Plans: every price of one follows from the map by a rule of the product."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.outcome import Kind
from liqbot.alerting.score import score
from liqbot.heatmap.clusters import Cluster
from liqbot.market.calendar import Event
from liqbot.market.units import Price, Side
from liqbot.planning.past import AXES
from liqbot.planning.plan import ALERTS, Plan, Zone, plan_of
from liqbot.rules import RULES
from liqbot.rules.rule import Blind, Scene
from tests.charts.histories import a_cluster
from tests.planning.scenes import ALL, DOWN, UP, A, B, a_known_scene
from tests.planning.test_past import cases
from tests.rules.scenes import PRICE, a_long, a_scene, a_short

SATURDAY = datetime(2026, 1, 10, 12, tzinfo=UTC)


def planned(*clusters: Cluster, **changes: Any) -> Plan:  # noqa: ANN401
    return plan_of(a_known_scene(*clusters, **changes), ())


def zone(name: str, plan: Plan, side: Side | None = None) -> Zone:
    found = plan.named(name, side)
    assert found is not None
    return found


def seen_from(scene: Scene, mark: float) -> Scene:
    """Return the scene with the price elsewhere."""
    history = scene.history
    clusters = tuple(
        replace(each, distance=(each.high if each.side is Side.LONG else each.low) / mark - 1)
        for each in history.clusters
    )
    snapshot = replace(history.snapshot, mark=Price(mark))
    return replace(scene, history=replace(history, snapshot=snapshot, clusters=clusters))


def test_zones_are_those_of_the_map_the_highest_price_first() -> None:
    plan = planned()
    assert [(each.cluster.zone, each.cluster.side.value) for each in plan.zones] == [
        ("C", "short"),
        ("A", "short"),
        ("B", "long"),
        ("C", "long"),
    ]
    assert zone("C", plan, Side.SHORT).cluster == UP
    assert plan.named("C", Side.LONG) == plan.zones[-1]
    assert planned(A).named("B") is None


@pytest.mark.parametrize(
    ("distance", "ahead"), [(0.015, 0.01), (0.0101, 0.01), (0.009, 0.005), (0.004, 0.0)]
)
def test_one_is_told_at_the_next_line_that_price_has_not_crossed(
    distance: float, ahead: float
) -> None:
    plan = planned(a_long(-distance, zone="B"), a_short(distance, zone="A"))
    assert [each.ahead for each in plan.zones] == [ahead, ahead]
    below, above = zone("B", plan), zone("A", plan)
    assert below.alert <= PRICE
    assert above.alert >= PRICE


def test_at_the_alert_level_the_rule_finds_what_it_said() -> None:
    scene = a_known_scene(A, B)
    rule = RULES["cluster_approach"]
    for each in plan_of(scene, ()).zones:
        there = seen_from(scene, each.alert * (1 + 1e-9 * -each.cluster.side.sign))
        found = rule.judge(there, rule.settings(tiers=(ALERTS[0],)))
        assert not isinstance(found, Blind)
        (one,) = (finding for finding in found if finding.cluster == each.cluster.id)
        assert one.entered
        assert one.value == pytest.approx(each.ahead)


def test_one_comes_in_half_a_percent_to_a_third_before_the_edge() -> None:
    plan = planned(A, B)
    assert zone("A", plan).entry == pytest.approx((A.low * 0.995, A.low * 0.997))
    assert zone("B", plan).entry == pytest.approx((B.high * 1.005, B.high * 1.003))


def test_the_far_edge_is_where_price_comes_last() -> None:
    plan = planned()
    above, below = zone("A", plan), zone("B", plan)
    assert (above.near, above.far) == (A.low, A.high)
    assert (below.near, below.far) == (B.high, B.low)


def test_the_move_is_off_beyond_the_near_zone_on_the_other_side() -> None:
    plan = planned()
    above, below = zone("A", plan), zone("B", plan)
    assert above.invalidation == pytest.approx(B.low * 0.994)
    assert below.invalidation == pytest.approx(A.high * 1.006)
    assert above.behind == pytest.approx(A.high * 1.006)
    assert below.behind == pytest.approx(B.low * 0.994)


def test_at_a_weekend_both_are_half_a_percent_farther_away() -> None:
    scene = a_known_scene()
    plan = plan_of(replace(scene, history=replace(scene.history, at=SATURDAY)), ())
    assert plan.weekend
    assert not planned().weekend
    assert zone("A", plan).invalidation == pytest.approx(B.low * 0.989)
    assert zone("A", plan).behind == pytest.approx(A.high * 1.011)


def test_where_nothing_stands_on_the_other_side_no_price_ends_it() -> None:
    assert zone("A", planned(A, UP)).invalidation is None


def test_a_stop_moves_on_until_no_zone_is_beside_it() -> None:
    beside = a_cluster(Side.LONG, B.low * 0.985, B.low * 0.993, mark=PRICE, id="L-3", zone="C")
    assert zone("A", planned(A, B, beside)).invalidation == pytest.approx(beside.low * 0.994)
    lighter = replace(beside, zone=None)
    assert zone("A", planned(A, B, lighter)).invalidation == pytest.approx(B.low * 0.994)


edges = st.lists(
    st.tuples(st.floats(0.001, 0.14), st.floats(0.0005, 0.02), st.sampled_from(Side)),
    min_size=1,
    max_size=12,
)


@given(edges=edges, weekend=st.booleans())
def test_no_stop_lies_in_a_zone_or_beside_one(
    edges: list[tuple[float, float, Side]], weekend: bool
) -> None:
    clusters: list[Cluster] = []
    for i, (near, width, side) in enumerate(sorted(edges, key=lambda e: (e[2].index, e[0]))):
        way, name = -side.sign, "A" if side is Side.SHORT else "B"
        low, high = sorted(PRICE * (1 + way * each) for each in (near, near + width))
        count = sum(each.side is side for each in clusters)
        zoned = (name, "C", None)[min(count, 2)]
        clusters.append(a_cluster(side, low, high, mark=PRICE, id=f"X-{i}", zone=zoned))
    scene = a_scene(*clusters)
    if weekend:
        scene = replace(scene, history=replace(scene.history, at=SATURDAY))
    for each in plan_of(scene, ()).zones:
        assert (each.behind - each.far) * -each.cluster.side.sign > 0
        for price in filter(None, (each.invalidation, each.behind)):
            assert not any(c.zone and c.low * 0.995 <= price <= c.high * 1.005 for c in clusters)
        if each.invalidation is not None:
            assert (each.invalidation - PRICE) * each.cluster.side.sign > 0


def test_the_bull_goes_through_a_to_c_and_the_bear_through_b() -> None:
    plan = planned()
    assert (plan.bull.through, plan.bull.turn) == (zone("A", plan), zone("B", plan))
    assert plan.bull.then == UP
    assert (plan.bear.through, plan.bear.turn) == (zone("B", plan), zone("A", plan))
    assert plan.bear.then == DOWN


def test_after_the_near_zone_comes_c_else_the_next_of_its_side_else_nothing() -> None:
    other = a_short(0.025, zone=None, id="S-3")
    assert planned(B, A, other, UP).bull.then == UP
    assert planned(B, A, other).bull.then == other
    lone = planned(B, A)
    assert (lone.bull.then, lone.bear.then) == (None, None)
    alone = planned(A).bear
    assert (alone.through, alone.then) == (None, None)
    assert alone.turn is not None


def test_a_zone_is_graded_as_its_worst_part_and_lower_near_a_release() -> None:
    scene = a_known_scene()
    event = Event(at=scene.history.at + timedelta(hours=1), name="FOMC")
    late = replace(scene, events=(event,))
    assert zone("A", plan_of(scene, ())).grade == scene.grade(A)
    assert zone("A", plan_of(late, ())).grade > zone("A", plan_of(scene, ())).grade


def test_each_side_has_its_own_past() -> None:
    rows = score([*cases(3), *cases(2, Kind.IGNORED, side=Side.SHORT)], by=AXES)
    plan = plan_of(a_known_scene(), rows)
    above, below = zone("A", plan).past, zone("B", plan).past
    assert (above.n, below.n) == (2, 3) if above and below else False
    assert zone("C", plan, Side.LONG).past is None  # farther away, of which nothing is known


def test_a_zone_that_price_is_in_says_so() -> None:
    inside = replace(A, distance=0.0)
    here = zone("A", planned(inside, B))
    assert here.is_here
    assert (here.ahead, here.alert) == (0.0, A.low)
    assert here.approach is None
    assert not zone("A", planned()).is_here


def test_the_same_scene_makes_the_same_plan() -> None:
    assert planned(*ALL).zones == planned(*ALL).zones
