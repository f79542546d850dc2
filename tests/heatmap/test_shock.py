"""What several markets have near their prices."""

from dataclasses import replace

import pytest

from liqbot.errors import OutOfRange
from liqbot.heatmap.shock import exposures_of, total_of
from liqbot.market.units import Side
from tests.charts.histories import a_history, an_empty_history
from tests.heatmap.books import booked

BTC = booked(density=8e9)
ETH = booked(a_history(base="ETH", price=3_000.0, usd=60e6), density=4e9)


def test_the_market_that_fires_most_comes_first() -> None:
    assert [each.history.base for each in exposures_of([ETH, BTC], 0.03)] == ["BTC", "ETH"]


def test_the_worse_of_both_ways_decides_which_comes_first() -> None:
    usd = BTC.snapshot.usd.copy()
    usd[:, Side.LONG.index] = 0.0
    one_sided = replace(BTC, base="SOL", snapshot=replace(BTC.snapshot, usd=usd))
    assert [each.history.base for each in exposures_of([ETH, one_sided], 0.03)] == ["SOL", "ETH"]


def test_one_shock_fires_the_sum_of_what_it_fires_in_each() -> None:
    found = exposures_of([BTC, ETH], 0.03)
    for side in Side:
        total = total_of(found, side)
        assert total.base == sum(each.pushed[side.index].base.fired_usd for each in found)
        assert 0 < total.low < total.base < total.high
        assert all(each.pushed[side.index].side is side for each in found)
    assert total_of((), Side.LONG).high == 0.0


def test_the_nearest_zone_of_each_side_is_told() -> None:
    (found,) = exposures_of([BTC], 0.03)
    zones = [each.zone for each in found.nearest if each is not None]
    assert zones == ["B", "A"]
    assert found.is_near(Side.LONG)
    assert not exposures_of([BTC], 0.005)[0].is_near(Side.LONG)


def test_a_market_without_clusters_is_near_nothing() -> None:
    (found,) = exposures_of([booked(an_empty_history())], 0.03)
    assert found.nearest == (None, None)
    assert not any(found.is_near(side) for side in Side)


@pytest.mark.parametrize("shock", [0.0, -0.03, 1.0, float("nan")])
def test_a_shock_is_a_fraction_of_price(shock: float) -> None:
    with pytest.raises(OutOfRange, match="A shock is more than 0%"):
        exposures_of([BTC], shock)
