"""Bins that every run shares, whatever span of prices it looks at."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.heatmap.grid import PriceGrid

prices = st.floats(1e-6, 1e7)
widths = st.sampled_from([0.0005, 0.001, 0.003, 0.01])


@given(prices, st.floats(1.0001, 4.0), widths)
def test_a_grid_covers_what_it_was_asked_for_and_no_bin_more(
    low: float, ratio: float, width: float
) -> None:
    high = low * ratio
    grid = PriceGrid.between(low, high, width)
    assert grid.edges[0] <= low * (1 + 1e-9)
    assert grid.edges[1] > low * (1 - 1e-9)
    assert grid.edges[-2] <= high * (1 + 1e-9)
    assert grid.edges[-1] > high * (1 - 1e-9)
    assert (grid.index(low), grid.index(high)) == (0, grid.bins - 1)


@given(prices, st.floats(1.01, 4.0), widths)
def test_every_bin_holds_its_own_middle(low: float, ratio: float, width: float) -> None:
    grid = PriceGrid.between(low, low * ratio, width)
    assert [grid.index(price) for price in grid.centres] == list(range(grid.bins))


@given(prices, st.floats(1.01, 4.0), widths)
def test_edges_part_the_bins_and_centres_are_their_geometric_middles(
    low: float, ratio: float, width: float
) -> None:
    grid = PriceGrid.between(low, low * ratio, width)
    assert grid.edges.shape == (grid.bins + 1,)
    assert grid.low == grid.edges[0]
    assert grid.edges[1:] / grid.edges[:-1] == pytest.approx(1 + width)
    assert grid.centres == pytest.approx(np.sqrt(grid.edges[1:] * grid.edges[:-1]))
    just_above, just_below = grid.edges[:-1] * (1 + 1e-9), grid.edges[1:] * (1 - 1e-9)
    assert [grid.index(price) for price in just_above] == list(range(grid.bins))
    assert [grid.index(price) for price in just_below] == list(range(grid.bins))


@given(prices, st.floats(1.01, 3.0), st.floats(0.5, 2.0), st.floats(1.01, 3.0), widths)
def test_two_grids_agree_on_every_bin_that_both_have(
    low: float, ratio: float, moved: float, other: float, width: float
) -> None:
    one = PriceGrid.between(low, low * ratio, width)
    two = PriceGrid.between(low * moved, low * moved * other, width)
    first = max(one.first, two.first)
    last = min(one.first + one.bins, two.first + two.bins)
    if first < last:
        cut_one, cut_two = (slice(first - each.first, last - each.first) for each in (one, two))
        assert np.array_equal(one.centres[cut_one], two.centres[cut_two])
        assert np.array_equal(one.edges[:-1][cut_one], two.edges[:-1][cut_two])
        price = one.centres[first - one.first]
        assert one.first + one.index(price) == two.first + two.index(price)


def test_prices_outside_have_bins_that_are_not_there() -> None:
    grid = PriceGrid.between(100.0, 200.0, 0.01)
    assert grid.index(99.0) < 0
    assert grid.index(203.0) >= grid.bins
    assert grid.index(grid.low * 0.9999) == -1
    assert grid.index(grid.edges[-1] * 1.0001) == grid.bins


def test_bins_are_as_wide_as_asked_for() -> None:
    assert PriceGrid.between(100.0, 200.0).width == 0.001
    assert PriceGrid.between(100.0, 200.0).bins in {694, 695}  # log 2 ÷ log 1.001 = 693.5
    assert PriceGrid(0, 0.01, 1).edges == pytest.approx([1.0, 1.01])


def test_edges_and_centres_cannot_be_written_to() -> None:
    grid = PriceGrid(0, 0.01, 5)
    assert not grid.edges.flags.writeable
    assert not grid.centres.flags.writeable


@pytest.mark.parametrize(
    ("low", "high", "width"),
    [
        (0.0, 1.0, 0.01),
        (-1.0, 1.0, 0.01),
        (2.0, 1.0, 0.01),
        (1.0, 1.0, 0.01),
        (1.0, math.inf, 0.01),
        (math.nan, 1.0, 0.01),
        (1.0, math.nan, 0.01),
        (1.0, 2.0, 0.0),
        (1.0, 2.0, -0.01),
        (1.0, 2.0, 1.0),
        (1.0, 2.0, math.nan),
    ],
)
def test_what_is_no_span_of_prices_has_no_grid(low: float, high: float, width: float) -> None:
    with pytest.raises(ValueError, match=r"no grid from .* to .* in steps of"):
        PriceGrid.between(low, high, width)
