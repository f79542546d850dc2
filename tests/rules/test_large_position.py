from dataclasses import replace

import numpy as np
import pytest

from liqbot.alerting.alert import worth_of
from liqbot.market.units import floats
from liqbot.rules.rule import Scene
from tests.rules.scenes import a_scene, a_short, judged, reason, told, with_columns

CLUSTER = a_short(0.08)


def built(last: float, *, usual: float = 2e6, expected: float = 0.75, tiers: int = 3) -> Scene:
    """Return a level that grew by `usual` Usd in each hour of a day and by `last` in this one.

    All of it stands in the first so many tiers (3x, 5x, 10x, 20x …).
    """
    grown = np.full(25, usual)
    grown[-1] = last
    hour = (np.arange(600) - 600) // 12 + 25  # the last is 24
    stood = np.where(hour >= 0, grown.cumsum()[np.clip(hour, 0, 24)], 0.0)
    scene = with_columns(a_scene(CLUSTER, daily_usd=100e6), CLUSTER, stood)
    history = scene.history
    usd = np.zeros_like(history.snapshot.usd)
    usd[0, :, :tiers] = history.heatmap.usd[:, -1][:, None] / tiers
    snapshot = replace(history.snapshot, usd=floats(usd))
    model = replace(history.model, realisation=(expected, expected))
    return replace(scene, history=replace(history, snapshot=snapshot, model=model))


def test_a_build_up_ten_times_the_usual_is_told_with_its_level() -> None:
    (found,) = judged("large_position", built(24e6))
    assert found.entered
    assert found.value == pytest.approx(12.0, rel=1e-5)
    assert found.criteria[1].fact.value == pytest.approx(0.75 * 0.24, rel=1e-5)
    assert told(found)["growth, modelled"] == pytest.approx(24e6, rel=1e-5)
    assert worth_of(found).value == pytest.approx(18e6, rel=1e-5)  # not all that the cluster holds
    assert told(found)["leverage at most"] == 10.0
    assert found.case == "short"
    assert found.low is not None
    assert found.high is not None
    assert found.low <= CLUSTER.low < found.high
    assert found.high / found.low == pytest.approx(1.01, rel=1e-3)
    assert found.cluster == CLUSTER.id


@pytest.mark.parametrize(("usual", "seen"), [(8.1e6, [False]), (9.9e6, [False]), (10.1e6, [])])
def test_what_often_builds_up_is_not_told(usual: float, seen: list[bool]) -> None:
    found = judged("large_position", built(24e6, usual=usual))
    assert [each.entered for each in found] == seen


@pytest.mark.parametrize(("usd", "seen"), [(19.9e6, [False]), (15.9e6, [])])
def test_a_small_one_is_not_told(usd: float, seen: list[bool]) -> None:
    assert [each.entered for each in judged("large_position", built(usd))] == seen


def test_what_is_leveraged_more_does_not_count() -> None:
    (found,) = judged("large_position", built(30e6, tiers=4))  # a quarter of it at 20x
    assert found.criteria[1].fact.value == pytest.approx(0.75 * 0.3 * 0.75, rel=1e-5)
    assert judged("large_position", built(30e6, tiers=4), most_leverage=20.0)[0].criteria[
        1
    ].fact.value == pytest.approx(0.75 * 0.3, rel=1e-5)


def test_nothing_new_is_nothing_large() -> None:
    assert not judged("large_position", built(0.0))
    assert not judged("large_position", built(24e6, usual=0.0))


def test_less_than_a_day_of_columns_says_nothing() -> None:
    scene = built(24e6)
    short = replace(scene.history, heatmap=scene.history.heatmap.newest(287))
    assert "less than a day" in reason("large_position", replace(scene, history=short))
