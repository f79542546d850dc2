import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import ArrayLike

from liqbot.heatmap.clusters import Cluster, asymmetry_of, find_clusters
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Heatmap, Snapshot
from liqbot.market.units import DAY_MS, F8, HOUR_MS, Price, Side, floats, integers
from tests.builders import START_MS

BINS = 400
GRID = PriceGrid(11_200, 0.001, BINS)
AT = 200  # the bin of the mark
MARK = Price(float(GRID.centres[AT]))
AT_MS = START_MS + 2 * DAY_MS
ALL = (0.75, 0.5)

columns = arrays(
    np.float64,
    (2, BINS),
    elements=st.one_of(st.just(0.0), st.integers(1, 1000).map(float)),
    fill=st.just(0.0),
)


def a_column(*blocks: tuple[int, int, float]) -> F8:
    """Return blocks: first bin and one past the last, counted from the mark; Usd a bin."""
    usd = np.zeros((2, BINS))
    for first, stop, each in blocks:
        side = Side.LONG if first < 0 else Side.SHORT
        usd[side.index, AT + first : AT + stop] = each
    return usd


def a_snapshot(
    column: F8,
    *,
    venues: dict[str, float] | None = None,
    tiers: dict[float, float] | None = None,
) -> Snapshot:
    """Return a snapshot in which every bin is shared between venues and tiers in the same way."""
    venues, tiers = venues or {"binance": 1.0}, tiers or {10.0: 1.0}
    split = np.outer(list(venues.values()), list(tiers.values()))
    return Snapshot(
        at_ms=AT_MS,
        mark=MARK,
        grid=GRID,
        venues=tuple(venues),
        tiers=tuple(tiers),
        usd=floats(split[:, None, :, None] * column[None, :, None, :]),
    )


def a_heatmap(*past: ArrayLike, interval_ms: int = HOUR_MS) -> Heatmap:
    """Return columns of which the last closed when the snapshot was taken."""
    usd = np.array(past, np.float32).reshape(-1, 2, BINS).transpose(1, 0, 2)
    opened_ms = AT_MS + interval_ms * np.arange(-usd.shape[1], 0)
    return Heatmap(
        grid=GRID,
        interval_ms=interval_ms,
        opened_ms=integers(opened_ms),
        usd=usd,
        swept_usd=floats(np.zeros(usd.shape[:2])),
    )


def clusters_of(
    column: F8,
    *,
    venues: dict[str, float] | None = None,
    tiers: dict[float, float] | None = None,
) -> tuple[Cluster, ...]:
    """Return the clusters of a column that has stood for a day."""
    snapshot = a_snapshot(column, venues=venues, tiers=tiers)
    return find_clusters(snapshot, a_heatmap(*[column] * 24), ALL)


def zones_of(*blocks: tuple[int, int, float]) -> list[str]:
    """Return side and zone of each cluster, in order."""
    return [f"{each.side}: {each.zone}" for each in clusters_of(a_column(*blocks))]


def grade_of(
    *,
    share: float = 0.05,
    bins: int = 20,
    held: float = 0.5,
    venues: dict[str, float] | None = None,
) -> str:
    """Return the grade of a cluster of a share of its side, so wide, for that part of a day."""
    column = a_column((20, 20 + bins, share / bins))
    column[1, AT + 60 : AT + 140] = (1 - share) / 80
    past = [column * 0] * round(24 * (1 - held)) + [column] * round(24 * held)
    snapshot = a_snapshot(column, venues=venues)
    found = find_clusters(snapshot, a_heatmap(*past), ALL)
    (mine,) = (each for each in found if each.low < GRID.edges[AT + 60])
    return mine.grade


def test_a_cluster_says_where_it_is_what_it_holds_and_what_is_expected() -> None:
    (cluster,) = clusters_of(a_column((20, 30, 4.0), (24, 25, 6.0)))
    assert cluster.id == "S-11424"
    assert cluster.side is Side.SHORT
    assert cluster.low == pytest.approx(GRID.edges[AT + 20])
    assert cluster.high == pytest.approx(GRID.edges[AT + 30])
    assert cluster.peak == GRID.centres[AT + 24]
    assert cluster.usd == 42.0
    assert cluster.expected_usd == 42.0 * 0.5


def test_expected_usd_follows_the_realisation_of_the_side() -> None:
    long, short = clusters_of(a_column((20, 30, 4.0), (-30, -20, 4.0)))
    assert (long.expected_usd, short.expected_usd) == (30.0, 20.0)


def test_distance_is_signed_and_runs_to_the_nearest_edge() -> None:
    long, short = clusters_of(a_column((20, 30, 4.0), (-30, -20, 4.0)))
    assert long.distance == pytest.approx(long.high / MARK - 1)
    assert short.distance == pytest.approx(short.low / MARK - 1)
    assert long.distance < 0 < short.distance


def test_a_cluster_around_the_mark_is_at_no_distance() -> None:
    column = np.zeros((2, BINS))
    column[:, AT] = 4.0
    assert [each.distance for each in clusters_of(column)] == [0.0, 0.0]


def test_tiers_and_venues_are_the_parts_of_its_own_bins() -> None:
    column = a_column((20, 30, 4.0), (-30, -20, 4.0))
    usd = np.zeros((2, 2, 2, BINS))
    usd[0, :, 0] = column
    usd[1, Side.SHORT.index, 1] = 3 * column[Side.SHORT.index]
    snapshot = replace(
        a_snapshot(column),
        venues=("binance", "okx"),
        tiers=(10.0, 50.0),
        usd=floats(usd),
    )
    long, short = find_clusters(snapshot, a_heatmap(column), ALL)
    assert long.tiers == {10.0: 40.0, 50.0: 0.0}
    assert long.venues == {"binance": 40.0, "okx": 0.0}
    assert short.tiers == {10.0: 40.0, 50.0: 120.0}
    assert short.venues == {"binance": 40.0, "okx": 120.0}


@pytest.mark.parametrize(("share", "persistence"), [(0.4, 0.25), (0.6, 1.0), (3.0, 1.0)])
def test_persistence_counts_columns_with_half_the_mass_or_more(
    share: float, persistence: float
) -> None:
    column = a_column((20, 30, 4.0))
    past = [column * share] * 18 + [column] * 6
    (cluster,) = find_clusters(a_snapshot(column), a_heatmap(*past), ALL)
    assert cluster.persistence == persistence


def test_persistence_looks_at_its_own_bins() -> None:
    column = a_column((20, 30, 4.0))
    past = [a_column((31, 41, 4.0)), a_column((-30, -20, 4.0)), column, column]
    (cluster,) = find_clusters(a_snapshot(column), a_heatmap(*past), ALL)
    assert cluster.persistence == 0.5


def test_persistence_looks_back_24_hours() -> None:
    column = a_column((20, 30, 4.0))
    past = [np.zeros((2, BINS))] * 100 + [column] * 24
    (cluster,) = find_clusters(a_snapshot(column), a_heatmap(*past), ALL)
    assert cluster.persistence == 1.0


def test_persistence_does_not_look_ahead() -> None:
    column = a_column((20, 30, 4.0))
    heatmap = a_heatmap(column, column, column * 0, column * 0)
    earlier = replace(a_snapshot(column), at_ms=AT_MS - 2 * HOUR_MS)
    (cluster,) = find_clusters(earlier, heatmap, ALL)
    assert cluster.persistence == 1.0


def test_without_a_past_nothing_persisted() -> None:
    column = a_column((20, 30, 4.0))
    (cluster,) = find_clusters(a_snapshot(column), a_heatmap(), ALL)
    assert (cluster.persistence, cluster.grade) == (0.0, "C")


def test_zone_a_is_the_nearest_above_and_b_the_nearest_below() -> None:
    blocks = [(20, 30, 4.0), (50, 60, 4.0), (-30, -20, 4.0), (-60, -50, 4.0)]
    assert zones_of(*blocks) == ["long: B", "long: C", "short: A", "short: C"]


def test_zone_c_is_the_heaviest_beyond_on_each_side() -> None:
    above = [(20, 30, 4.0), (50, 60, 5.0), (80, 90, 9.0), (110, 120, 8.0)]
    below = [(-30, -20, 4.0), (-60, -50, 3.0), (-90, -80, 2.0)]
    assert zones_of(*above, *below) == [
        "long: B",
        "long: C",
        "long: None",
        "short: A",
        "short: None",
        "short: C",
        "short: None",
    ]


def test_what_is_hardly_dense_beside_the_rest_is_no_zone() -> None:
    assert zones_of((20, 22, 4.0), (50, 60, 5.0)) == ["short: None", "short: A"]
    assert zones_of((20, 23, 4.0), (50, 60, 5.0)) == ["short: A", "short: C"]


def test_what_lies_beyond_fifteen_percent_is_no_zone_and_makes_none_less_dense() -> None:
    assert zones_of((20, 22, 4.0), (150, 160, 9.0)) == ["short: A", "short: None"]


def test_a_broad_lone_hump_of_one_venue_is_graded_by_weight_and_persistence() -> None:
    assert grade_of(share=0.05) == "D"
    assert grade_of(share=0.10) == "C"
    assert grade_of(share=0.25) == "C"
    assert grade_of(share=0.25, held=1.0) == "B"


def test_more_venues_raise_the_grade() -> None:
    split = {"binance": 0.4, "bybit": 0.3, "okx": 0.3}
    assert grade_of(share=0.25, held=1.0, venues=split) == "A"
    assert grade_of(share=0.25, held=1.0, venues={"binance": 0.9, "bybit": 0.1}) == "B"


def test_a_narrow_band_raises_the_grade() -> None:
    assert grade_of(share=0.10, bins=20) == "C"
    assert grade_of(share=0.10, bins=7) == "B"


def test_a_transient_cluster_is_a_c_at_best() -> None:
    best = {"share": 0.25, "bins": 7, "venues": {"binance": 0.4, "bybit": 0.3, "okx": 0.3}}
    assert grade_of(**best, held=0.25) == "A"  # type: ignore[arg-type]  # of mixed values
    assert grade_of(**best, held=0.2) == "C"  # type: ignore[arg-type]  # of mixed values


def test_asymmetry_weighs_the_sides_within_reach() -> None:
    column = a_column((20, 30, 4.0), (-30, -20, 10.0), (80, 90, 50.0), (-90, -80, 50.0))
    found = asymmetry_of(a_snapshot(column))
    assert (found.long_usd, found.short_usd) == (100.0, 40.0)
    assert (found.ratio, found.heavier, found.reach) == (2.5, Side.LONG, 0.05)
    assert asymmetry_of(a_snapshot(column), 0.1).ratio == 600 / 540


def test_asymmetry_leaves_out_what_stands_on_the_wrong_side_of_the_mark() -> None:
    column = a_column((20, 30, 4.0), (-30, -20, 4.0))[::-1]
    found = asymmetry_of(a_snapshot(column))
    assert (found.long_usd, found.short_usd) == (0.0, 0.0)


def test_an_empty_side_makes_asymmetry_infinite_and_two_make_it_even() -> None:
    alone = asymmetry_of(a_snapshot(a_column((20, 30, 4.0))))
    assert (alone.ratio, alone.heavier) == (math.inf, Side.SHORT)
    assert asymmetry_of(a_snapshot(a_column())).ratio == 1.0


def test_an_empty_map_has_no_clusters() -> None:
    assert clusters_of(a_column()) == ()


@given(columns)
def test_ids_are_unique_and_parts_sum_to_the_whole(column: F8) -> None:
    found = clusters_of(
        column, venues={"binance": 0.5, "okx": 0.25, "gate": 0.25}, tiers={10.0: 0.5, 50.0: 0.5}
    )
    assert len({each.id for each in found}) == len(found)
    for each in found:
        assert sum(each.tiers.values()) == pytest.approx(each.usd)
        assert sum(each.venues.values()) == pytest.approx(each.usd)


@given(columns)
def test_zones_are_few_and_ordered(column: F8) -> None:
    found = clusters_of(column)
    for side, nearest in ((Side.LONG, "B"), (Side.SHORT, "A")):
        mine = [each for each in found if each.side is side]
        zones = [each.zone for each in mine if each.zone]
        assert zones in ([], [nearest], [nearest, "C"])
        assert [abs(each.distance) for each in mine] == sorted(abs(c.distance) for c in mine)


@given(columns, st.integers(-20, 20))
def test_scaling_a_map_changes_nothing_but_usd(column: F8, power: int) -> None:
    def bare(cluster: Cluster) -> Cluster:
        return replace(cluster, usd=0, expected_usd=0, tiers={}, venues={})  # type: ignore[arg-type]  # not a new Usd

    before, after = clusters_of(column), clusters_of(column * 2.0**power)
    assert [bare(each) for each in before] == [bare(each) for each in after]
    assert [each.usd * 2.0**power for each in before] == [each.usd for each in after]
