from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from liqbot.heatmap.clusters import Cluster
from liqbot.rules.rule import Scene
from tests.rules.scenes import a_scene, a_short, judged, reason, told, with_columns

CLUSTER = a_short(0.02)  # of $40M, $30M expected


def grown(growth: float, *, bars: int = 12, cluster: Cluster = CLUSTER) -> Scene:
    """Return a cluster that stands, and stood so many bars ago, in the same bins."""
    before = cluster.usd / (1 + growth)
    stood = np.where(np.arange(600) < 600 - bars, before, cluster.usd)
    return with_columns(a_scene(cluster), cluster, stood)


def test_growth_by_half_within_an_hour_is_told_with_what_stood_before() -> None:
    (found,) = judged("cluster_growth", grown(0.51))
    assert found.entered
    assert found.value == pytest.approx(0.51, rel=1e-5)
    assert told(found)["held before"] == pytest.approx(40e6 / 1.51)
    assert told(found)["modelled"] == pytest.approx(40e6)
    assert found.cluster == "S-1"


@pytest.mark.parametrize(("growth", "seen"), [(0.49, [False]), (0.41, [False]), (0.39, [])])
def test_less_growth_is_not_told(growth: float, seen: list[bool]) -> None:
    assert [each.entered for each in judged("cluster_growth", grown(growth))] == seen


def test_slower_growth_is_told_only_to_who_looks_longer() -> None:
    slow = grown(1.0, bars=13)
    assert not judged("cluster_growth", slow)
    (found,) = judged("cluster_growth", slow, within=timedelta(hours=2))
    assert found.value == pytest.approx(1.0, rel=1e-5)


def test_what_stands_where_nothing_stood_has_grown_a_hundredfold() -> None:
    (found,) = judged("cluster_growth", with_columns(a_scene(CLUSTER), CLUSTER, np.zeros(600)))
    assert found.value == 100.0


def test_a_light_cluster_may_grow_as_it_likes() -> None:
    assert not judged("cluster_growth", grown(9.0, cluster=a_short(0.02, 11e6)))


def test_where_the_columns_do_not_reach_nothing_has_grown() -> None:
    scene = grown(9.0)
    short = replace(scene.history, heatmap=scene.history.heatmap.newest(11))
    assert not judged("cluster_growth", replace(scene, history=short))


def test_nothing_is_told_before_the_map_is_warm() -> None:
    assert "five days" in reason("cluster_growth", a_scene(CLUSTER, warm=False))
