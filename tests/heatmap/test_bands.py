from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from liqbot.heatmap.bands import MOST, Band, band_on, bands_of, shared_usd
from liqbot.heatmap.grid import PriceGrid
from liqbot.market.units import F8, Side

BINS = 120
GRID = PriceGrid(11_000, 0.001, BINS)
MARK = float(GRID.centres[60])

usd_columns = arrays(
    np.float64,
    (2, BINS),
    elements=st.one_of(st.just(0.0), st.integers(1, 1000).map(float)),
    fill=st.just(0.0),
)
smooth_columns = usd_columns.map(
    lambda usd: np.stack([np.convolve(side, np.ones(9) / 9, mode="same") for side in usd])
)
any_columns = st.one_of(usd_columns, smooth_columns)


def a_column(
    shorts: Sequence[tuple[int, int, float]] = (), longs: Sequence[tuple[int, int, float]] = ()
) -> NDArray[np.float64]:
    """Return a column made of blocks: first bin, one past the last, Usd a bin."""
    usd = np.zeros((2, BINS))
    for side, blocks in ((0, longs), (1, shorts)):
        for first, stop, each in blocks:
            usd[side, first:stop] = each
    return usd


def undiscounted(usd: F8) -> F8:
    """Return the map that is this one once it is discounted by distance."""
    seen: F8 = usd * (1 + np.abs(np.log(GRID.centres / MARK)) / 0.03)
    return seen


def humps(*peaks: tuple[float, float, float]) -> F8:
    """Return bell-shaped shorts: middle and s.d. in bins, height in Usd."""
    bins = np.arange(BINS)
    usd = np.zeros((2, BINS))
    for middle, deviation, height in peaks:
        usd[1] += height * np.exp(-0.5 * ((bins - middle) / deviation) ** 2)
    return usd


def bins_of(band: Band) -> tuple[int, int]:
    return band.span.first - GRID.first, band.stop - GRID.first


def spans(usd: F8) -> list[tuple[int, int]]:
    return [bins_of(band) for band in bands_of(usd, GRID, MARK)]


def test_a_block_is_a_band_of_exactly_its_bins_and_mass() -> None:
    (band,) = bands_of(a_column(shorts=[(70, 80, 5.0)]), GRID, MARK)
    assert bins_of(band) == (70, 80)
    assert (band.side, band.usd, band.name) == (Side.SHORT, 50.0, "S-11070")
    assert band.low == pytest.approx(GRID.edges[70])
    assert band.high == pytest.approx(GRID.edges[80])
    assert band.centre == pytest.approx(GRID.edges[75])


def test_longs_come_before_shorts_and_the_nearest_first() -> None:
    usd = a_column(longs=[(10, 14, 5.0), (40, 44, 5.0)], shorts=[(100, 104, 5.0), (80, 84, 5.0)])
    found = bands_of(usd, GRID, MARK)
    assert [(band.side, bins_of(band)[0]) for band in found] == [
        (Side.LONG, 40),
        (Side.LONG, 10),
        (Side.SHORT, 80),
        (Side.SHORT, 100),
    ]


@pytest.mark.parametrize(("gap", "count"), [(1, 1), (2, 1), (3, 2)])
def test_gaps_of_at_most_two_bins_are_closed(gap: int, count: int) -> None:
    usd = a_column(shorts=[(70, 75, 5.0), (75 + gap, 80 + gap, 5.0)])
    assert len(spans(usd)) == count


def test_what_is_reported_is_the_mass_as_it_stands_not_the_closed_one() -> None:
    (band,) = bands_of(a_column(shorts=[(70, 75, 5.0), (77, 80, 5.0)]), GRID, MARK)
    assert band.usd == 40.0


def test_bins_below_the_floor_are_no_band() -> None:
    lower, higher = ([(70, 75, 10.0), (90, 95, each)] for each in (1.4, 1.6))
    assert spans(undiscounted(a_column(shorts=lower))) == [(70, 75)]
    assert spans(undiscounted(a_column(shorts=higher))) == [(70, 75), (90, 95)]


def test_what_is_three_percent_away_counts_half() -> None:
    near, away = (61, 62, 10.0), (89, 91)
    assert spans(a_column(shorts=[near, (*away, 2.8)])) == [(61, 62)]
    assert spans(a_column(shorts=[near, (*away, 3.2)])) == [(61, 62), away]


def test_what_is_hardly_any_of_its_side_is_no_band() -> None:
    sea = [(i, i + 5, 20.0) for i in range(65, 115, 10)]  # 500 in all
    lone = (118, 119)
    assert lone not in spans(undiscounted(a_column(shorts=[*sea, (*lone, 10.0)])))
    assert lone in spans(undiscounted(a_column(shorts=[*sea, (*lone, 10.4)])))


def test_a_plateau_is_one_band_of_three_percent_nearest_the_mark() -> None:
    (short,) = bands_of(a_column(shorts=[(65, 115, 5.0)]), GRID, MARK)
    assert bins_of(short) == (65, 94)
    assert short.high / short.low <= 1.03
    (long,) = bands_of(a_column(longs=[(5, 55, 5.0)]), GRID, MARK)
    assert bins_of(long) == (26, 55)


def test_a_broad_hump_is_its_heaviest_three_percent() -> None:
    (band,) = bands_of(undiscounted(humps((90, 15, 100.0))), GRID, MARK)
    assert bins_of(band) == (76, 105)


def test_a_sharp_hump_is_as_wide_as_at_half_its_height() -> None:
    (band,) = bands_of(humps((90, 4, 100.0)), GRID, MARK)
    assert bins_of(band) == (86, 95)


def test_two_humps_with_a_valley_between_are_two_bands() -> None:
    assert len(spans(humps((75, 5, 100.0), (100, 5, 80.0)))) == 2


def test_a_shoulder_is_no_band_of_its_own() -> None:
    usd = humps((75, 8, 100.0))
    usd[1, 85:95] = np.maximum(usd[1, 85:95], np.linspace(60, 50, 10))
    assert len(spans(usd)) == 1


@pytest.mark.parametrize(("valley", "count"), [(96.0, 1), (94.0, 2)])
def test_a_hump_has_to_rise_five_percent_over_the_valley(valley: float, count: int) -> None:
    usd = a_column(shorts=[(70, 75, 110.0), (75, 80, valley), (80, 85, 100.0)])
    assert len(spans(undiscounted(usd))) == count


def test_ripples_on_a_hump_do_not_part_it() -> None:
    usd = humps((90, 10, 100.0))
    usd[1] *= 1 + 0.02 * (-1.0) ** np.arange(BINS)
    assert len(spans(usd)) == 1


def test_a_side_gives_at_most_its_twelve_heaviest() -> None:
    usd = np.zeros((2, BINS))
    usd[1, 62:118:4] = 100.0 + np.arange(14)
    found = bands_of(undiscounted(usd), GRID, MARK)
    assert len(found) == MOST
    assert bins_of(found[0])[0] == 70
    assert [band.peak for band in found] == sorted(band.peak for band in found)


def test_what_stands_on_the_wrong_side_of_the_mark_is_left_out() -> None:
    usd = a_column(longs=[(70, 75, 5.0)], shorts=[(40, 45, 5.0)])
    assert spans(usd) == []


@pytest.mark.parametrize("mark", [GRID.low * 0.5, float(GRID.edges[-1]) * 2])
def test_a_mark_outside_the_grid_leaves_one_side(mark: float) -> None:
    usd = a_column(longs=[(40, 45, 5.0)], shorts=[(70, 75, 5.0)])
    side = Side.SHORT if mark < GRID.low else Side.LONG
    assert [band.side for band in bands_of(usd, GRID, mark)] == [side]


def test_an_empty_column_has_no_bands() -> None:
    assert bands_of(np.zeros((2, BINS)), GRID, MARK) == ()


@given(any_columns)
def test_bands_of_a_side_share_no_bin_and_hold_no_more_than_stands(usd: F8) -> None:
    found = bands_of(usd, GRID, MARK)
    for side in Side:
        mine = sorted(bins_of(band) for band in found if band.side is side)
        assert all(stop <= first for (_, stop), (first, _) in pairwise(mine))
        held = sum(band.usd for band in found if band.side is side)
        assert held <= usd[side.index].sum() * (1 + 1e-12)


@given(any_columns)
def test_a_band_is_what_stands_on_its_bins_with_mass_at_both_ends(usd: F8) -> None:
    for band in bands_of(usd, GRID, MARK):
        first, stop = bins_of(band)
        mine = usd[band.side.index, first:stop]
        assert band.usd == pytest.approx(mine.sum())
        assert mine[0] > 0
        assert mine[-1] > 0
        assert mine[band.peak - band.span.first] == mine.max()
        assert band.low <= band.centre <= band.high
        assert band.high / band.low <= 1.03 + 1e-9
        assert first <= 60 if band.side is Side.LONG else stop > 60


@given(any_columns)
def test_a_side_of_few_bins_with_any_mass_has_a_band(usd: F8) -> None:
    found = {band.side for band in bands_of(usd, GRID, MARK)}
    assert (Side.LONG in found) == (usd[0, :61].sum() > 0)
    assert (Side.SHORT in found) == (usd[1, 60:].sum() > 0)


@given(any_columns, st.integers(-20, 20))
def test_scaling_a_map_changes_nothing_but_usd(usd: F8, power: int) -> None:
    scale = 2.0**power
    before, after = bands_of(usd, GRID, MARK), bands_of(usd * scale, GRID, MARK)
    assert [(b.side, b.span, b.peak) for b in before] == [(b.side, b.span, b.peak) for b in after]
    assert [b.usd * scale for b in before] == [b.usd for b in after]


@given(any_columns, st.integers(-12_000, 12_000))
def test_a_shift_along_the_lattice_moves_every_band(usd: F8, bins: int) -> None:
    there = PriceGrid(GRID.first + bins, GRID.width, GRID.bins)
    before = bands_of(usd, GRID, MARK)
    after = bands_of(usd, there, float(there.centres[60]))
    assert [(b.side, b.span.first + bins, b.span.bins, b.peak + bins, b.usd) for b in before] == [
        (b.side, b.span.first, b.span.bins, b.peak, b.usd) for b in after
    ]


@given(any_columns)
def test_a_map_turned_over_gives_the_bands_turned_over(usd: F8) -> None:
    mirror = np.ascontiguousarray(usd[::-1, ::-1])
    mark = float(GRID.centres[BINS - 1 - 60])
    turned = [
        (band.side.index, BINS - bins_of(band)[1], BINS - bins_of(band)[0])
        for band in bands_of(mirror, GRID, mark)
    ]
    straight = [(1 - band.side.index, *bins_of(band)) for band in bands_of(usd, GRID, MARK)]
    assert sorted(turned) == sorted(straight)


def test_nothing_on_a_span_is_no_band() -> None:
    assert band_on(Side.LONG, GRID, np.zeros((2, BINS)), GRID) is None


def test_a_span_beside_the_grid_holds_nothing() -> None:
    usd = a_column(longs=[(0, BINS, 1.0)])
    for first in (GRID.first - 50, GRID.first + BINS + 50):
        assert band_on(Side.LONG, PriceGrid(first, 0.001, 10), usd, GRID) is None


def test_bands_share_what_stands_on_their_common_bins() -> None:
    usd = a_column(shorts=[(70, 90, 2.0)])
    one = band_on(Side.SHORT, PriceGrid(GRID.first + 70, 0.001, 10), usd, GRID)
    other = band_on(Side.SHORT, PriceGrid(GRID.first + 77, 0.001, 10), usd, GRID)
    away = band_on(Side.SHORT, PriceGrid(GRID.first + 85, 0.001, 5), usd, GRID)
    assert one is not None
    assert other is not None
    assert away is not None
    assert shared_usd(one, other, usd, GRID) == 6.0
    assert shared_usd(one, away, usd, GRID) == 0.0
