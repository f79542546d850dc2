from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from liqbot.alerting.alert import worth_of
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.tracks import Kind
from liqbot.market.units import Price, Side, floats
from liqbot.rules import RULES
from liqbot.rules.rule import Scene
from tests.rules.scenes import a_long, a_scene, a_short, gone, judged, reason, told, with_columns

CLUSTER = a_long(-0.045)  # of $40M, $30M expected; price has been within 3 % all the time


def faded(fraction: float, *, bars: int = 24, cluster: Cluster = CLUSTER) -> Scene:
    """Return a cluster that held more so many bars ago."""
    most = cluster.usd / (1 - fraction)
    stood = np.where(np.arange(600) < 600 - bars, most, cluster.usd)
    return with_columns(a_scene(cluster), cluster, stood)


def dipped(scene: Scene, bars_ago: int) -> Scene:
    """Return the scene with a wick into the cluster."""
    candles = scene.history.candles
    low = np.array(candles.low)
    low[-bars_ago] = CLUSTER.high
    return replace(scene, history=replace(scene.history, candles=replace(candles, low=floats(low))))


def test_two_fifths_that_went_without_price_are_told() -> None:
    (found,) = judged("cluster_fade", faded(0.41))
    assert found.entered
    assert (found.case, found.cluster) == ("long", "L-1")
    assert found.value == pytest.approx(0.41, rel=1e-5)
    assert told(found)["held at most"] == pytest.approx(40e6 / 0.59)
    assert told(found)["left"] == 40e6
    assert worth_of(found).value == pytest.approx(30e6 / 0.59)  # and not the $30M that is left
    assert found.criteria[1].fact.value == pytest.approx(0.3 / 0.59)


@pytest.mark.parametrize(("fraction", "seen"), [(0.39, [False]), (0.33, [False]), (0.31, [])])
def test_less_is_not_told(fraction: float, seen: list[bool]) -> None:
    assert [each.entered for each in judged("cluster_fade", faded(fraction))] == seen


def test_what_went_longer_ago_is_told_only_to_who_looks_longer() -> None:
    old = faded(0.6, bars=145)
    assert not judged("cluster_fade", old)
    assert judged("cluster_fade", old, within=timedelta(hours=24))


def test_what_price_took_did_not_fade() -> None:
    assert not judged("cluster_fade", dipped(faded(0.6), 12))
    assert judged("cluster_fade", dipped(faded(0.6), 40))  # it went after the wick
    inside = faded(0.6)
    snapshot = replace(inside.history.snapshot, mark=Price(CLUSTER.high))
    assert not judged(
        "cluster_fade", replace(inside, history=replace(inside.history, snapshot=snapshot))
    )


def dissolved(ago: float, kind: Kind = Kind.FADED, **changes: Any) -> Scene:  # noqa: ANN401
    event = gone(kind, Side.LONG, CLUSTER.low, CLUSTER.high, ago=ago, left_usd=10e6, most_usd=40e6)
    scene = a_scene(events=[event], **changes)
    return with_columns(scene, CLUSTER, np.full(600, 40e6))


def test_a_cluster_that_is_no_more_is_told_for_an_hour() -> None:
    (found,) = judged("cluster_fade", dissolved(59.0))
    assert (found.case, found.cluster, found.entered) == ("long", "L-9", True)
    assert found.value == pytest.approx(0.75, rel=1e-5)
    assert (found.low, found.high) == (CLUSTER.low, CLUSTER.high)
    assert not judged("cluster_fade", dissolved(61.0))


def test_a_cluster_that_was_swept_did_not_dissolve() -> None:
    assert not judged("cluster_fade", dissolved(10.0, Kind.SWEPT))
    assert not judged("cluster_fade", dissolved(10.0, Kind.OUTGROWN))


def test_a_light_cluster_may_fade_as_it_likes() -> None:
    assert not judged("cluster_fade", faded(0.41, cluster=a_long(-0.045, 6e6)))


@pytest.mark.parametrize(
    ("distance", "seen"), [(0.0499, [True]), (0.0501, [False]), (0.0624, [False]), (0.0626, [])]
)
def test_a_cluster_far_from_the_price_may_fade_as_it_likes(
    distance: float, seen: list[bool]
) -> None:
    for cluster in (a_long(-distance), a_short(distance)):
        found = judged("cluster_fade", faded(0.41, cluster=cluster))
        assert [each.entered for each in found] == seen


def test_how_far_is_far_is_for_the_operator_to_say() -> None:
    (found,) = judged("cluster_fade", faded(0.41, cluster=a_long(-0.12)), reach=0.15)
    assert found.entered


def test_nothing_is_told_of_an_old_map() -> None:
    assert "two bars" in reason("cluster_fade", dissolved(10.0, data_age_s=1000.0))


def test_what_is_gone_stays_as_it_was_said() -> None:
    assert RULES["cluster_fade"].patience.past
