import numpy as np
import pytest

from liqbot.alerting.alert import worth_of
from liqbot.heatmap.clusters import Asymmetry
from liqbot.market.units import Usd
from liqbot.rules.rule import Scene
from tests.rules.scenes import PRICE, a_long, a_scene, a_short, judged, reason, told


def sides(long_usd: float, short_usd: float) -> Scene:
    lighter, heavier = sorted((long_usd, short_usd))
    ratio = heavier / lighter if lighter else np.inf
    both = Asymmetry(long_usd=Usd(long_usd), short_usd=Usd(short_usd), ratio=ratio, reach=0.05)
    clusters = (a_long(-0.01, id="L-1"), a_long(-0.03, 60e6, id="L-2"), a_short(id="S-1"))
    return a_scene(*clusters, asymmetry=both)


def test_a_side_twice_as_heavy_is_told_with_its_numbers() -> None:
    (found,) = judged("asymmetric_cluster", sides(80e6, 40e6))
    assert found.entered
    assert found.case == found.side == "long"
    assert (found.value, told(found)["longs below, modelled"]) == (2.0, 80e6)
    assert found.criteria[1].fact.value == pytest.approx(0.75 * 80e6 / 100e6)
    assert found.low == pytest.approx(0.95 * PRICE)
    assert found.high == PRICE
    assert found.cluster is None


@pytest.mark.parametrize(
    ("long_usd", "short_usd", "case"),
    [(40e6, 80e6, "short"), (40e6, 79e6, None), (20e6, 39.9e6, None), (12e6, 26e6, "short")],
)
def test_the_heavier_side_is_the_case_from_two_to_one_on(
    long_usd: float, short_usd: float, case: str | None
) -> None:
    entered = [
        f.case for f in judged("asymmetric_cluster", sides(long_usd, short_usd)) if f.entered
    ]
    assert entered == ([case] if case else [])


def test_what_is_expected_is_that_of_the_heavier_side() -> None:
    (found,) = judged("asymmetric_cluster", sides(100e6, 40e6))
    assert worth_of(found).value == 75e6


def test_it_is_over_only_below_seventeen_to_ten() -> None:
    assert [f.entered for f in judged("asymmetric_cluster", sides(69e6, 40e6))] == [False]
    assert not judged("asymmetric_cluster", sides(67e6, 40e6))


def test_little_on_both_sides_is_no_news_however_uneven() -> None:
    assert [f.entered for f in judged("asymmetric_cluster", sides(17e6, 1e6))] == [False]
    assert not judged("asymmetric_cluster", sides(15e6, 1e6))


def test_an_empty_side_is_told_as_a_hundred_to_one() -> None:
    (found,) = judged("asymmetric_cluster", sides(80e6, 0.0))
    assert found.value == 100.0


def test_another_reach_is_weighed_anew() -> None:
    (found,) = judged("asymmetric_cluster", sides(80e6, 40e6), reach=0.1, min_ratio=1.0001)
    assert told(found)["within"] == 0.1
    assert told(found)["longs below, modelled"] != 80e6


def test_nothing_is_told_before_the_map_is_warm() -> None:
    assert "five days" in reason("asymmetric_cluster", a_scene(warm=False))
