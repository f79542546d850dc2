"""What stands on the way to a position's end, and where a stop is out of it."""

from dataclasses import replace
from datetime import timedelta
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.heatmap.clusters import Cluster, within
from liqbot.heatmap.exposure import BESIDE, beside, buffer, fired_usd, gap, on_the_way, outside
from liqbot.heatmap.history import History
from liqbot.market.units import Side
from tests.charts.histories import a_cluster
from tests.rules.scenes import PRICE, a_long, a_scene, a_short

LOW, HIGH = 63_000.0, 63_500.0


def longs(low: float = LOW, high: float = HIGH) -> Cluster:
    return a_cluster(Side.LONG, low, high)


def a_map(*clusters: Cluster, days: int = 0) -> History:
    history = a_scene(*clusters).history
    return replace(history, at=history.at + timedelta(days))


@pytest.mark.parametrize(
    ("price", "away"),
    [
        (63_000.0, 0.0),
        (63_200.0, 0.0),
        (63_500.0, 0.0),
        (64_000.0, 500 / 64_000),
        (62_000.0, 1000 / 62_000),
        (0.0, inf),
    ],
)
def test_a_gap_is_to_the_nearest_edge(price: float, away: float) -> None:
    assert gap(longs(), price) == pytest.approx(away)


@pytest.mark.parametrize(
    ("price", "side", "found"),
    [
        (63_200.0, Side.LONG, True),
        (63_500.0 * 1.0049, Side.LONG, True),
        (63_500.0 * 1.0052, Side.LONG, False),
        (63_000.0 * 0.9951, Side.LONG, True),
        (63_000.0 * 0.9948, Side.LONG, False),
        (63_200.0, Side.SHORT, False),
    ],
)
def test_beside_a_cluster_is_within_half_a_percent(
    *, price: float, side: Side, found: bool
) -> None:
    assert (beside([longs()], side, price) is not None) is found


def test_a_cluster_that_holds_a_price_comes_before_one_beside_it() -> None:
    near, holds = longs(63_010.0, 63_100.0), longs(62_500.0, 63_000.0)
    assert beside([near, holds], Side.LONG, 63_000.0) is holds


def test_of_two_as_near_the_one_that_fires_more_counts() -> None:
    light, heavy = a_cluster(Side.LONG, LOW, HIGH, usd=1e6), longs()
    assert beside([light, heavy], Side.LONG, LOW) is heavy
    assert beside([light, heavy], Side.LONG, LOW, reach=0.0) is heavy


def test_what_begins_before_a_price_is_on_the_way_nearest_first() -> None:
    far, near, shorts = a_long(-0.03), a_long(-0.01), a_short(0.02)
    found = on_the_way((far, near, shorts), Side.LONG, PRICE, PRICE * 0.97)
    assert found == (near, far)
    assert on_the_way((far, near, shorts), Side.LONG, PRICE, PRICE * 0.9701) == (near,)
    assert on_the_way((far, near, shorts), Side.SHORT, PRICE, PRICE * 1.05) == (shorts,)


def test_what_fires_is_what_the_side_holds_up_to_there_as_expected() -> None:
    history = a_map(longs())
    mark = history.snapshot.mark
    modelled = within(history.snapshot, Side.LONG, 0.03)
    share = history.model.realisation[Side.LONG.index]
    assert fired_usd(history, Side.LONG, mark * 0.97) == pytest.approx(modelled * share)
    assert fired_usd(history, Side.SHORT, mark * 1.03) > 0


@pytest.mark.parametrize("side", [*Side])
def test_nothing_fires_on_the_way_to_a_price_that_is_past(side: Side) -> None:
    history = a_map()
    snapshot = history.snapshot
    full = replace(history, snapshot=replace(snapshot, usd=np.ones_like(snapshot.usd)))
    assert fired_usd(full, side, snapshot.mark) == 0.0
    assert fired_usd(full, side, snapshot.mark * (1 + side.sign * 0.01)) == 0.0


def test_a_stop_is_beside_nothing_and_half_a_percent_farther_outside_at_a_weekend() -> None:
    history, saturday = a_map(longs()), a_map(longs(), days=3)
    assert saturday.at.weekday() == 5
    for each, room in ((history, 0.006), (saturday, 0.011)):
        assert buffer(each) == pytest.approx(room)
        beyond = outside(each, Side.LONG, 63_200.0, 60_000.0)
        before = outside(each, Side.LONG, 63_200.0, 60_000.0, beyond=False)
        assert beyond == pytest.approx(LOW * (1 - room))
        assert before == pytest.approx(HIGH * (1 + room))


def test_a_short_is_its_mirror() -> None:
    shorts = a_cluster(Side.SHORT, 66_000.0, 66_500.0)
    beyond = outside(a_map(shorts), Side.SHORT, 66_200.0, 68_000.0)
    before = outside(a_map(shorts), Side.SHORT, 66_200.0, 68_000.0, beyond=False)
    assert beyond == pytest.approx(66_500 * 1.006)
    assert before == pytest.approx(66_000 * 0.994)


def test_it_keeps_out_of_the_next_one_too() -> None:
    history = a_map(longs(), longs(62_400.0, 62_600.0))
    assert outside(history, Side.LONG, 63_200.0, 60_000.0) == pytest.approx(62_400 * 0.994)


def test_there_is_none_where_liquidation_or_the_price_is_in_between() -> None:
    assert outside(a_map(longs()), Side.LONG, 63_200.0, 62_650.0) is None
    close = longs(64_500.0, 64_900.0)
    assert outside(a_map(close), Side.LONG, 64_600.0, 60_000.0, beyond=False) is None


@pytest.mark.parametrize(("away", "is_told"), [(0.0019, False), (0.0021, True)])
def test_no_stop_is_told_that_price_all_but_stands_at(away: float, *, is_told: bool) -> None:
    edge = PRICE * (1 - away) / 1.006
    near = a_map(longs(edge * 0.99, edge))
    found = outside(near, Side.LONG, edge * 0.995, 60_000.0, beyond=False)
    assert (found is not None) is is_told


@given(
    side=st.sampled_from(list(Side)),
    spans=st.lists(st.tuples(st.floats(0.002, 0.06), st.floats(0.0005, 0.01)), max_size=5),
    stop=st.floats(0.004, 0.06),
    beyond=st.booleans(),
)
def test_a_stop_that_is_found_is_outside_of_all_and_comes_first(
    *, side: Side, spans: list[tuple[float, float]], stop: float, beyond: bool
) -> None:
    sign = side.sign
    ends = [sorted((PRICE * (1 - sign * at), PRICE * (1 - sign * (at + w)))) for at, w in spans]
    history = a_map(*(a_cluster(side, *each) for each in ends))
    limit = PRICE * (1 - sign * 0.08)
    found = outside(history, side, PRICE * (1 - sign * stop), limit, beyond=beyond)
    if found is None:
        return
    assert sign * limit < sign * found < sign * PRICE
    assert all(gap(each, found) > BESIDE for each in history.clusters)
    told = float(f"{found:.5g}")  # whoever takes the price that is shown is told the same of it
    assert beside(history.clusters, side, told) is None
