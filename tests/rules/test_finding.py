from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.market.calendar import Event
from liqbot.market.norms import UNKNOWN
from liqbot.market.units import Side, Usd
from liqbot.rules._finding import finding, is_over, worth
from liqbot.rules.rule import Criterion, Fact, Unit
from tests.rules.scenes import a_long, a_scene, told

NEAR = Criterion("near", Fact("distance", 0.01, Unit.FRACTION), 0.02, 1.25)


def test_a_cluster_lends_its_side_id_prices_and_facts() -> None:
    cluster = a_long(-0.01, 30e6, venues={"okx": 85.0, "bybit": 15.0})
    found = finding(a_scene(cluster), "long", "It is near", [NEAR], cluster=cluster)
    assert (found.side, found.cluster, found.venues) == (Side.LONG, "L-1", 2)
    assert (found.low, found.high) == (cluster.low, cluster.high)
    assert told(found)["modelled"] == 40e6
    assert told(found)["expected"] == 30e6
    assert told(found)["persistence"] == 0.8
    assert told(found)["share on okx"] == 0.85
    assert told(found)["share on bybit"] == 0.15


def test_a_finding_of_whichever_cluster_has_no_id() -> None:
    cluster = a_long()
    found = finding(a_scene(cluster), "long", "It is", [NEAR], cluster=cluster, tracked=False)
    assert found.cluster is None
    assert "modelled" not in told(found)
    assert "share on okx" in told(found)


def test_without_a_cluster_all_venues_support_it() -> None:
    found = finding(a_scene(), "rise", "It rises", [NEAR])
    assert (found.side, found.cluster, found.low, found.high) == (None, None, None, None)
    assert found.venues == 3


@pytest.mark.parametrize(
    ("cluster", "macro", "grade"), [("A", False, "B"), ("C", False, "C"), ("A", True, "C")]
)
def test_it_is_graded_as_its_worst_part_and_lower_near_a_release(
    cluster: str, macro: bool, grade: str
) -> None:
    scene = a_scene()
    assert scene.quality.grade == "B"
    event = Event(at=scene.history.at + timedelta(hours=1), name="CPI")
    found = finding(
        replace(scene, events=(event,) if macro else ()),
        "long",
        "It is",
        [NEAR],
        cluster=a_long(grade=cluster),
    )
    assert found.grade == grade
    assert told(found).get("until CPI") == (3600.0 if macro else None)


def test_weight_is_told_with_where_the_usual_day_is_from() -> None:
    scene = a_scene()
    modelled = worth(scene, 15e6, 0.15)
    told_day = worth(replace(scene, norms=replace(UNKNOWN, daily_usd=Usd(10e6))), 15e6, 0.15)
    assert (modelled.fact.label, modelled.fact.value) == ("of a usual day, as modelled", 0.15)
    assert (told_day.fact.label, told_day.fact.value) == ("of a usual day", 1.5)
    assert modelled.entered
    assert not is_over([modelled, NEAR])
    assert is_over([NEAR, worth(scene, 11e6, 0.15)])
    assert (
        worth(replace(scene, norms=replace(UNKNOWN, daily_usd=Usd(1.0))), 1e9, 1).fact.value == 100
    )
