from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.market.norms import UNKNOWN
from liqbot.market.units import Usd
from liqbot.rules.rule import Severity
from tests.rules.scenes import a_long, a_scene, a_short, judged, reason, told


def entered(distance: float, expected: float = 30e6) -> list[str]:
    found = judged("cluster_approach", a_scene(a_short(distance, expected)))
    return [each.case for each in found if each.entered]


@pytest.mark.parametrize(
    ("distance", "cases"),
    [
        (0.0201, []),
        (0.0199, ["short 0.02"]),
        (0.0101, ["short 0.02"]),
        (0.0099, ["short 0.02", "short 0.01"]),
        (0.0049, ["short 0.02", "short 0.01", "short 0.005"]),
        (0.0, ["short 0.02", "short 0.01", "short 0.005"]),
    ],
)
def test_each_tier_that_is_reached_is_a_case(distance: float, cases: list[str]) -> None:
    assert entered(distance) == cases


def test_a_finding_says_how_near_and_how_heavy() -> None:
    (found, *_) = judged("cluster_approach", a_scene(a_long(-0.0125, 30e6, id="L-7")))
    assert (found.case, found.cluster, found.rank) == ("long 0.02", "L-7", 0)
    assert found.value == pytest.approx(0.0125)
    assert found.criteria[1].fact.value == pytest.approx(0.3)
    assert told(found)["modelled"] == 40e6
    assert told(found)["distance"] == pytest.approx(-0.0125)
    assert found.venues == 3
    assert found.headline == "Price is near a cluster of longs below it"


def test_a_nearer_tier_ranks_higher_and_the_nearest_is_notable() -> None:
    found = judged("cluster_approach", a_scene(a_short(0.001)))
    assert [each.rank for each in found] == [0, 1, 2]
    info, notable = Severity.INFO, Severity.NOTABLE
    assert [each.severity for each in found] == [info, info, notable]


@pytest.mark.parametrize(("distance", "cases"), [(0.0249, 1), (0.0251, 0), (0.0124, 2)])
def test_a_tier_is_left_a_quarter_further_away(distance: float, cases: int) -> None:
    assert len(judged("cluster_approach", a_scene(a_short(distance)))) == cases


@pytest.mark.parametrize(
    ("usd", "cases", "found"), [(15.1e6, 1, 1), (14.9e6, 0, 1), (11.9e6, 0, 0)]
)
def test_a_light_cluster_is_no_news(usd: float, cases: int, found: int) -> None:
    assert len(entered(0.015, usd)) == cases
    assert len(judged("cluster_approach", a_scene(a_short(0.015, usd)))) == found


def test_at_a_weekend_a_cluster_weighs_as_much_less_as_open_interest_is() -> None:
    scene = a_scene(a_short(0.015, 20e6), scene={"norms": replace(UNKNOWN, weekend=0.7)})
    saturday = replace(scene, history=replace(scene.history, at=scene.history.at + timedelta(3)))
    for one, share in ((scene, 0.2), (saturday, 0.14)):
        (found,) = judged("cluster_approach", one)
        assert found.criteria[1].fact.value == pytest.approx(share)
        assert found.entered is (share > 0.15)


def test_a_cluster_whose_name_does_not_last_is_waited_for() -> None:
    scene = a_scene(a_short(0.01, id="S-1"), a_short(0.015, id="S-2"), settled=("S-2",))
    assert {each.cluster for each in judged("cluster_approach", scene)} == {"S-2"}


def test_tiers_may_be_others_in_any_order() -> None:
    found = judged("cluster_approach", a_scene(a_short(0.03)), tiers=(0.01, 0.04))
    assert [(each.case, each.rank) for each in found] == [("short 0.04", 0)]


def test_nothing_is_told_of_an_old_map_or_an_unknown_usual_day() -> None:
    assert "two bars" in reason("cluster_approach", a_scene(a_short(), data_age_s=601.0))
    assert "usual day" in reason("cluster_approach", a_scene(a_short(), daily_usd=Usd(0.0)))
