from collections.abc import Sequence
from dataclasses import replace

import pytest

from liqbot.heatmap.clusters import Cluster
from liqbot.market.units import Side, Usd
from liqbot.rules.rule import Finding, Scene
from tests.rules.scenes import a_long, a_scene, a_short, judged, reason, told

BASES = ("AVAX", "BTC", "ETH", "SOL")


def markets(*distances: float, **of_all: float) -> Scene:
    """Return markets with longs at distances, the first looked at among the others."""
    return together([a_long(each, **of_all) for each in distances])


def together(clusters: Sequence[Cluster]) -> Scene:
    scenes = [a_scene(c, base=b) for c, b in zip(clusters, BASES, strict=False)]
    return replace(scenes[0], others=tuple(scenes[1:]))


def found_in(scene: Scene, **lines: float) -> list[Finding]:
    return [each for each in judged("correlated_risk", scene, **lines) if each.entered]


def test_three_markets_with_longs_near_the_price_are_told_once_with_their_distances() -> None:
    (found,) = found_in(markets(-0.02, -0.029, -0.01, -0.06))
    assert found.markets == ("AVAX", "BTC", "ETH")
    assert (found.case, found.side, found.cluster) == ("long", Side.LONG, None)
    assert found.value == pytest.approx(0.029)
    assert told(found)["markets"] == 3
    assert told(found)["BTC, distance"] == pytest.approx(-0.029)
    assert "SOL, distance" not in told(found)


@pytest.mark.parametrize(
    ("last", "seen"), [(-0.0299, [True]), (-0.031, [False]), (-0.037, [False]), (-0.038, [])]
)
def test_the_third_nearest_decides(last: float, seen: list[bool]) -> None:
    found = judged("correlated_risk", markets(-0.01, last, -0.01, -0.1))
    assert [each.entered for each in found] == seen


def test_sides_are_not_mixed() -> None:
    clusters = [a_long(-0.01), a_long(-0.01), a_short(0.01), a_short(0.01)]
    assert not judged("correlated_risk", together(clusters))


def test_each_market_is_weighed_against_its_own_usual_day() -> None:
    scene = markets(-0.01, -0.01, -0.01)
    assert found_in(scene)
    (first, last) = scene.others
    wilder = Usd(3 * last.history.daily_usd)
    quieter = replace(last, history=replace(last.history, daily_usd=wilder))
    assert not judged("correlated_risk", replace(scene, others=(first, quieter)))


def test_a_market_that_cannot_be_seen_does_not_count() -> None:
    scene = markets(-0.01, -0.01, -0.01, -0.01)
    (first, *rest) = scene.others
    stale = replace(first, history=replace(first.history, data_age_s=1e6))
    assert found_in(replace(scene, others=(stale, *rest)))[0].markets == ("AVAX", "ETH", "SOL")
    assert "2 markets can be seen" in reason(
        "correlated_risk", replace(scene, others=(stale, rest[0]))
    )


def test_it_is_as_good_as_the_worst_of_its_clusters() -> None:
    clusters = [a_long(-0.01), a_long(-0.01, grade="D"), a_long(-0.01, venues={"okx": 1.0})]
    (found,) = found_in(together(clusters))
    assert (found.grade, found.venues) == ("D", 1)


def test_how_many_markets_are_needed_can_be_set() -> None:
    assert not found_in(markets(-0.01, -0.01, -0.1))
    assert found_in(markets(-0.01, -0.01, -0.1), min_markets=2)
