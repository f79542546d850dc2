from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.heatmap.clusters import Cluster
from liqbot.market.holding import Holding
from liqbot.market.units import Price, Side, Usd
from liqbot.rules.rule import Finding, Scene, Severity
from tests.charts.histories import a_cluster
from tests.rules.scenes import PRICE, a_long, a_scene, judged, reason, told

NAME = "own_position"


def held(side: Side = Side.LONG, *, end: float = 0.05, stop: float | None = None) -> Holding:
    """Return a position whose end and stop are so far from the price, fractions of it."""
    at = [Price(PRICE * (1 - side.sign * each)) for each in (0.0, end, stop or 0.0)]
    return Holding(
        side=side,
        entry=at[0],
        leverage=20.0,
        liquidation=at[1],
        stop=None if stop is None else at[2],
    )


def seen(*clusters: Cluster, holdings: tuple[Holding, ...], **changes: Any) -> list[Finding]:  # noqa: ANN401
    scene = replace(a_scene(*clusters, **changes), holdings=holdings)
    return list(judged(NAME, scene))


def entered(*clusters: Cluster, holding: Holding, **changes: Any) -> list[str]:  # noqa: ANN401
    found = seen(*clusters, holdings=(holding,), **changes)
    return [each.case for each in found if each.entered]


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize(
    ("end", "cases"),
    [
        (0.021, []),
        (0.0199, ["near 0.02"]),
        (0.0099, ["near 0.02", "near 0.01"]),
        (0.0049, ["near 0.02", "near 0.01", "near 0.005"]),
        (-0.01, ["near 0.02", "near 0.01", "near 0.005"]),
    ],
)
def test_price_comes_near_the_end_tier_by_tier(side: Side, end: float, cases: list[str]) -> None:
    assert entered(holding=held(side, end=end)) == cases


def test_a_nearer_tier_ranks_higher_and_none_can_wait() -> None:
    found = seen(holdings=(held(end=0.003),))
    assert [each.rank for each in found] == [0, 1, 2]
    assert {each.severity for each in found} == {Severity.CRITICAL}
    assert found[0].headline == "Price is near your liquidation price"
    [*_, past] = seen(holdings=(held(end=-0.001),))
    assert past.headline == "Price is at your liquidation price, or past it"


@pytest.mark.parametrize(
    ("stop", "cases", "rank"),
    [
        (0.0150, ["stop"], 1),
        (0.0175, ["stop"], 1),
        (0.0120, ["stop"], 0),
        (0.0095, [], 0),
        (0.0240, ["stop"], 0),
        (0.0260, [], 0),
    ],
)
def test_a_cluster_at_the_stop_is_told_and_one_around_it_more_so(
    stop: float, cases: list[str], rank: int
) -> None:
    cluster = a_long(-0.015, 30e6)  # as far as −2 %
    assert entered(cluster, holding=held(stop=stop)) == cases
    if cases:
        [found] = seen(cluster, holdings=(held(stop=stop),))
        assert found.rank == rank
        place = "inside" if rank else "next to"
        assert found.headline == f"Your stop is {place} a cluster of longs"
        assert (found.low, found.high) == (cluster.low, cluster.high)
        assert told(found)["stop"] == pytest.approx(PRICE * (1 - stop))
        assert told(found)["expected"] == 30e6


def test_one_at_the_liquidation_price_is_another_matter() -> None:
    cluster = a_long(-0.048, 30e6)
    found = seen(cluster, holdings=(held(end=0.05, stop=0.0525),))
    assert [each.case for each in found] == ["stop", "liquidation"]
    assert found[1].headline == "Your liquidation price is inside a cluster of longs"


def test_a_cluster_of_the_other_side_or_a_light_or_a_new_one_is_none() -> None:
    short = a_cluster(Side.SHORT, PRICE * 0.98, PRICE * 0.985)
    assert entered(short, holding=held(stop=0.0175)) == []
    assert entered(a_long(-0.015, 4.9e6), holding=held(stop=0.0175)) == []
    assert entered(a_long(-0.015), holding=held(stop=0.0175), settled=()) == []


def test_each_position_is_told_of_by_itself() -> None:
    one, other = held(stop=0.0175), held(Side.SHORT, end=0.015)
    found = seen(a_long(-0.015), holdings=(one, other))
    assert {each.case: each.holding for each in found} == {
        "stop": one,
        "near 0.02": other,
    }
    assert all(each.cluster is None for each in found)


def test_price_is_told_of_even_where_the_map_is_young_or_a_venue_silent() -> None:
    holding, near = held(end=0.0075, stop=0.0175), ["near 0.02", "near 0.01"]
    for blind in ({"warm": False}, {"daily_usd": Usd(0.0)}):
        assert entered(a_long(-0.015), holding=holding, **blind) == near
    assert entered(a_long(-0.015), holding=holding, data_age_s=900.0) == [*near, "stop"]
    scene = a_scene()
    lost = replace(scene.history, snapshot=replace(scene.history.snapshot, mark=Price(0.0)))
    assert reason(NAME, Scene(history=lost)) == "the price is unknown"


def test_what_nothing_liquidates_has_no_end() -> None:
    assert entered(holding=replace(held(), liquidation=Price(0.0))) == []


@given(
    side=st.sampled_from(list(Side)),
    end=st.floats(-0.1, 0.3),
    stop=st.none() | st.floats(-0.1, 0.3),
)
def test_whatever_one_holds_a_finding_says_whose_it_is(
    *, side: Side, end: float, stop: float | None
) -> None:
    holding = held(side, end=end, stop=stop)
    for each in seen(a_long(-0.01), a_long(-0.03), holdings=(holding,)):
        assert each.holding == holding
        assert told(each)["entry"] == holding.entry
