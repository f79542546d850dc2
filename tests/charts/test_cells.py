from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.charts._cells import (
    UNIT,
    Scale,
    cells,
    columns,
    in_rows,
    nice_above,
    of_all_times,
    scale_of,
)
from liqbot.charts._geometry import Box
from liqbot.charts._themes import CAPPED
from liqbot.charts._window import PriceWindow, TimeWindow, time_window
from liqbot.charts.chart import RANGES, View
from liqbot.heatmap.grid import PriceGrid
from tests.charts.histories import FIVE_MINUTES_MS, START_MS, a_history, shortened, with_a_gap

PRICES = PriceWindow(61_750.0, 68_250.0, 140, 1000)
BOX = Box(16, 140, 592, 1000)
ROWS = 215


def a_window(slot_ms: int = FIVE_MINUTES_MS, slots: int = 288) -> TimeWindow:
    return TimeWindow(START_MS + (600 * FIVE_MINUTES_MS - slots * slot_ms), slot_ms, slots, 0, 576)


@given(
    low=st.floats(50.0, 99.0),
    span=st.floats(1.02, 1.9),
    rows=st.integers(1, 300),
    seed=st.integers(0, 99),
)
def test_rows_hold_the_dollars_of_the_bins_they_cover(
    low: float, span: float, rows: int, seed: int
) -> None:
    grid = PriceGrid.between(40.0, 250.0)
    prices = PriceWindow(low, low * span, 0, 860)
    usd = np.random.default_rng(seed).random(grid.bins) * 1e6
    held = in_rows(usd, grid, prices, rows).sum() * np.log(span) / rows / np.log1p(UNIT)
    summed = np.concatenate([[0.0], np.cumsum(usd)])
    low_sum, high_sum = np.interp(np.log([low, low * span]), np.log(grid.edges), summed)
    assert held == pytest.approx(high_sum - low_sum, rel=1e-9)


def test_an_even_map_is_even_in_every_row_whatever_the_bins() -> None:
    for width in (0.0005, 0.001, 0.004):
        grid = PriceGrid.between(60_000.0, 70_000.0, width)
        usd = np.full(grid.bins, 1e6 * np.log1p(width) / np.log1p(UNIT))
        assert in_rows(usd, grid, PRICES, ROWS) == pytest.approx(np.full(ROWS, 1e6))


def test_the_top_row_is_the_highest_price() -> None:
    grid = PriceGrid.between(60_000.0, 70_000.0)
    usd = np.zeros(grid.bins)
    usd[grid.index(68_000.0)] = 1.0
    assert in_rows(usd, grid, PRICES, ROWS).argmax() < 12


def test_a_window_beyond_the_grid_is_empty() -> None:
    grid = PriceGrid.between(1.0, 2.0)
    assert in_rows(np.ones(grid.bins), grid, PRICES, ROWS).tolist() == [0.0] * ROWS


def test_a_column_is_the_last_bar_that_closed_in_its_slot() -> None:
    history = a_history(bars=600)
    assert columns(history, a_window(slots=3)).tolist() == [597, 598, 599]
    assert columns(history, a_window(3 * FIVE_MINUTES_MS, 2)).tolist() == [596, 599]


def test_a_bar_without_a_price_shows_nothing() -> None:
    history = with_a_gap(a_history(bars=600), 590, 598)
    assert columns(history, a_window(slots=4)).tolist() == [-1, -1, 598, 599]
    assert columns(history, a_window(3 * FIVE_MINUTES_MS, 2)).tolist() == [-1, 599]
    drawn = cells(history, PRICES, a_window(), ROWS)
    assert np.flatnonzero(np.isnan(drawn[0])).tolist() == list(range(278, 286))


def test_what_lies_before_the_first_bar_is_unknown() -> None:
    drawn = cells(a_history(bars=1), PRICES, a_window(slots=288), ROWS)
    assert np.isnan(drawn[:, :-1]).all() or np.isnan(drawn).all()


@pytest.mark.parametrize("later", [1, 2, 7, 40])
@pytest.mark.parametrize("span", ["24h", "3d"])
def test_past_cells_are_the_same_in_a_later_picture(span: str, later: int) -> None:
    now = a_history(bars=600)
    then = shortened(now, later)
    first, second = (time_window(each, RANGES[span], BOX) for each in (then, now))
    before, after = (
        cells(history, PRICES, times, ROWS) for history, times in ((then, first), (now, second))
    )
    moved = (second.from_ms - first.from_ms) // first.slot_ms
    closed = slice(moved, before.shape[1] - 1)  # the last slot of the earlier one still fills
    np.testing.assert_array_equal(before[:, closed], after[:, : before.shape[1] - 1 - moved])


def test_past_colours_are_the_same_under_a_fixed_scale() -> None:
    now = a_history(bars=600)
    then = shortened(now, 1)
    view = View(max_usd=2e7, min_usd=1e5)
    levels = []
    for history in (then, now):
        drawn = cells(history, PRICES, time_window(history, RANGES["24h"], BOX), ROWS)
        levels.append(scale_of(drawn, view).levels(drawn))
    np.testing.assert_array_equal(levels[0][:, 1:-1], levels[1][:, :-2])


@given(
    floor=st.floats(1.0, 1e6),
    times=st.floats(1.01, 1e6),
    power=st.sampled_from([0.0, 0.5, 0.8, 1.0]),
    usd=st.lists(st.floats(0, 1e12), min_size=2, max_size=40),
)
def test_more_dollars_are_never_a_lower_level(
    floor: float, times: float, power: float, usd: list[float]
) -> None:
    scale = Scale(floor, floor * times, power)
    levels = scale.levels(np.sort(usd)).astype(int)
    assert (np.diff(levels) >= 0).all()
    assert ((levels == CAPPED) == (np.sort(usd) >= scale.cap)).all()


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_a_scale_says_which_dollars_a_share_of_it_is(power: float) -> None:
    scale = Scale(1e5, 1e7, power)
    for share in (0.0, 0.25, 0.5, 1.0):
        assert scale.share(scale.usd(share)) == pytest.approx(share)


def test_the_scale_leaves_out_the_faintest_and_ends_on_a_round_number() -> None:
    usd = np.array([0.0, np.nan, *np.linspace(1e5, 2.31e6, 1000)])
    low, mid, high = (scale_of(usd, View(noise=noise)) for noise in ("low", "mid", "high"))
    assert low.floor > mid.floor == pytest.approx(np.percentile(usd[2:], 15))
    assert high.floor == pytest.approx(1e5)
    assert {low.cap, mid.cap, high.cap} == {2.5e6}


def test_a_map_of_few_heavy_levels_goes_by_the_square_root_and_a_flat_one_does_not() -> None:
    sparse = np.geomspace(1e3, 1e8, 1000)
    assert scale_of(sparse, View()).power == 0.5
    assert scale_of(np.linspace(6e6, 1e7, 1000), View()).power > 0.5


def test_a_fixed_scale_is_the_same_at_every_price_and_range() -> None:
    history = a_history()
    seen = of_all_times(history)
    assert np.nanmax(seen) == pytest.approx(
        history.heatmap.usd.sum(axis=0)[:: 600 // 200].max(), rel=1e-6
    )


def test_long_ranges_go_by_the_logarithm() -> None:
    usd = np.geomspace(1e3, 1e8, 1000)
    assert scale_of(usd, View(range=RANGES["30d"].length)).power == 0.0


def test_asked_bounds_are_kept_even_where_nothing_reaches_them() -> None:
    scale = scale_of(np.array([1e3]), replace(View(), min_usd=1e5, max_usd=2e7))
    assert (scale.floor, scale.cap) == (1e5, 2e7)
    assert scale_of(np.array([1e9]), View(max_usd=1e3)).cap == 1e3
    assert scale_of(np.array([1.0]), View(min_usd=1e9)).cap > 1e9
    assert scale_of(np.zeros(3), View()).cap > 0


@given(st.floats(1e-9, 1e15))
def test_a_round_number_is_above_and_near(value: float) -> None:
    assert value * (1 - 1e-6) <= nice_above(value) <= 1.34 * value
