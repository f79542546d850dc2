import pytest

from liqbot.rules.rule import Scene
from tests.rules.scenes import PRICE, a_long, a_scene, a_short, a_track, judged, reason, told


def moved(fraction: float, expected: float = 30e6, distance: float = 0.02) -> Scene:
    """Return shorts that were first noted so much lower."""
    cluster = a_short(distance, expected)
    now = a_track(cluster).band.centre
    return a_scene(cluster, tracks=[a_track(cluster, first_centre=now / (1 + fraction))])


def test_a_move_is_told_with_both_prices() -> None:
    (found,) = judged("cluster_migration", moved(0.0101))
    assert found.entered
    assert found.value == pytest.approx(0.0101)
    assert told(found)["now at"] == pytest.approx(1.0101 * told(found)["first noted at"])
    assert found.headline == "A cluster of shorts moved away from the price"


def test_a_move_towards_the_price_is_one_too() -> None:
    cluster = a_long(-0.02)
    scene = a_scene(cluster, tracks=[a_track(cluster, first_centre=0.95 * PRICE)])
    (found,) = judged("cluster_migration", scene)
    assert found.headline == "A cluster of longs moved towards the price"
    assert found.value == pytest.approx(told(found)["now at"] / (0.95 * PRICE) - 1)


@pytest.mark.parametrize(("fraction", "seen"), [(0.0099, [False]), (0.0081, [False]), (0.0079, [])])
def test_a_smaller_move_is_not_told(fraction: float, seen: list[bool]) -> None:
    assert [each.entered for each in judged("cluster_migration", moved(fraction))] == seen


def test_a_light_cluster_may_move_as_it_likes() -> None:
    assert not judged("cluster_migration", moved(0.05, expected=11e6))


@pytest.mark.parametrize(
    ("distance", "seen"), [(0.0499, [True]), (0.0501, [False]), (0.0624, [False]), (0.0626, [])]
)
def test_a_cluster_far_from_the_price_may_move_as_it_likes(
    distance: float, seen: list[bool]
) -> None:
    found = judged("cluster_migration", moved(0.02, distance=distance))
    assert [each.entered for each in found] == seen


def test_how_far_is_far_is_for_the_operator_to_say() -> None:
    (found,) = judged("cluster_migration", moved(0.02, distance=0.12), reach=0.15)
    assert found.entered


def test_nothing_is_told_of_an_empty_map() -> None:
    assert "nothing is modelled" in reason("cluster_migration", a_scene(usd=0.0))
