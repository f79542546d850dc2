"""Clusters as a later mark sees them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.heatmap.clusters import find_clusters, seen_from
from liqbot.market.units import Price, Side
from tests.builders import same
from tests.heatmap.test_clusters import ALL, MARK, a_column, a_heatmap, a_snapshot

COLUMN = a_column((-60, -50, 100.0), (-30, -25, 80.0), (20, 24, 60.0), (50, 60, 120.0))
FOUND = find_clusters(a_snapshot(COLUMN), a_heatmap(COLUMN), ALL)


def test_from_the_same_mark_they_are_the_same() -> None:
    assert len(FOUND) == 4
    assert same(seen_from(FOUND, MARK), FOUND)


def test_distances_follow_the_mark() -> None:
    nearer = seen_from(FOUND, Price(MARK * 1.01))
    for before, now in zip(FOUND, nearer, strict=True):
        edge = before.high if before.side is Side.LONG else before.low
        assert now.id == before.id
        assert now.distance == pytest.approx(edge / (MARK * 1.01) - 1)


def test_what_price_has_gone_through_is_left_out_and_the_next_becomes_the_zone() -> None:
    below = Price(MARK * 0.96)
    found = seen_from(FOUND, below)
    assert [each.zone for each in FOUND if each.side is Side.LONG] == ["B", "C"]
    longs = [each for each in found if each.side is Side.LONG]
    assert [(each.id, each.zone) for each in longs] == [(FOUND[1].id, "B")]
    assert all(each.low <= below for each in longs)


def test_within_a_cluster_the_distance_is_nothing() -> None:
    nearest = FOUND[0]
    inside = Price((nearest.low + nearest.high) / 2)
    assert seen_from(FOUND, inside)[0].distance == 0.0


@given(st.floats(0.9, 1.1), st.floats(0.9, 1.1))
def test_longs_are_below_and_shorts_above_nearest_first(first: float, then: float) -> None:
    found = seen_from(seen_from(FOUND, Price(MARK * first)), Price(MARK * then))
    assert {each.id for each in found} <= {each.id for each in FOUND}
    for side in Side:
        distances = [abs(each.distance) for each in found if each.side is side]
        assert distances == sorted(distances)
    assert all(each.distance <= 0 for each in found if each.side is Side.LONG)
    assert all(each.distance >= 0 for each in found if each.side is Side.SHORT)
