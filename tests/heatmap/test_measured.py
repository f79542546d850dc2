"""Positions that are known, as they are seen from a mark."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.heatmap.measured import Measured, bands, measured
from liqbot.market.position import Position
from liqbot.market.units import Price, Quantity, Side
from tests.fakes.positions import a_position

MARK = Price(100.0)
prices = st.floats(20.0, 400.0).filter(lambda price: abs(price - MARK) > 1e-6)


def seen(*told: Position, mark: float = MARK, interest: float = 1e6) -> Measured:
    return measured(told, Price(mark), interest, holders=2, listed=3, age_s=40.0)


def test_a_position_is_worth_what_it_is_where_it_ends() -> None:
    found = seen(a_position(110.0, usd=400.0), a_position(90.0, usd=600.0))
    assert [each.liquidation for each in found.positions] == [90.0, 110.0]
    assert found.usd == pytest.approx(1000.0)
    assert not found.is_blind


def test_what_the_mark_has_passed_is_closed_and_counts_no_more() -> None:
    told = [a_position(90.0), a_position(95.0), a_position(110.0)]
    assert [each.liquidation for each in seen(*told, mark=94.0).positions] == [90.0, 110.0]
    assert [each.liquidation for each in seen(*told, mark=110.0).positions] == [90.0, 95.0]


def test_what_no_price_liquidates_is_counted_apart() -> None:
    found = seen(a_position(), a_position(math.nan))
    assert (len(found.positions), found.unreachable) == (1, 1)


def test_the_share_is_of_both_sides_as_every_contract_is_a_long_and_a_short() -> None:
    whole = [replace(a_position(p), quantity=Quantity(500.0)) for p in (90.0, 110.0)]
    assert seen(*whole, interest=500.0).share == 1.0
    assert seen(whole[0], interest=500.0).share == 0.5
    assert math.isnan(seen(*whole, interest=math.nan).share)


def test_nobody_telling_is_blindness_and_no_emptiness() -> None:
    nobody = measured([], MARK, 1.0, holders=0, listed=3, age_s=math.inf)
    assert nobody.is_blind
    assert not seen().is_blind


@given(st.lists(prices, max_size=20))
def test_bands_hold_all_of_it_a_percent_at_a_time(levels: list[float]) -> None:
    found = seen(*(a_position(each) for each in levels))
    told = bands(found, MARK)
    assert sum(each.count for each in told) == len(levels)
    assert sum(each.usd for each in told) == pytest.approx(found.usd)
    assert [each.low for each in told] == sorted(each.low for each in told)
    for each in told:
        assert each.high / each.low == pytest.approx(math.exp(0.01))
        assert (each.distance <= 0) if each.side is Side.LONG else (each.distance >= 0)


def test_bands_stand_still_while_the_mark_moves() -> None:
    told = a_position(90.0), a_position(89.9), a_position(112.0)
    edges = [
        [(each.low, each.high) for each in bands(seen(*told, mark=mark), Price(mark))]
        for mark in (97.0, 103.0)
    ]
    assert edges[0] == edges[1]
    assert len(edges[0]) == 2
