"""Runs of heavy bins, and which of them matter.

`bands` says which runs those are. Of a side's clusters within 15 % of mark, those at least a
fifth as heavy as the heaviest are dense: the nearest is zone A (above) or B (below), the
heaviest of those beyond it zone C, one on each side. What lies further away is context.

The grade counts what speaks for a cluster: its share of its side within 15 % (8 %, 20 %), its
persistence (0.25, 0.75), how many venues it rests on (1.5, 2.5 effective ones, 1 ÷ Σ share²) and
how narrow it is (1.5 %, 0.75 %). Six of these eight make an A, four a B, two a C; a transient
cluster is a C at best.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from liqbot.heatmap.bands import Band, Column
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Heatmap, Snapshot
from liqbot.market.units import DAY_MS, F8, Price, Side, Usd

REACH = 0.15  # fraction of mark within which there are zones
_DENSE = 0.2  # of the heaviest on its side
_COMPARABLE = 0.5  # of today's mass, to count as having been there
TRANSIENT = 0.25  # persistence
_GRADES = ((6, "A"), (4, "B"), (2, "C"), (0, "D"))  # from so many points


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A run of neighbouring heavy bins on one side of one snapshot."""

    id: str  # kept while the cluster is tracked
    side: Side
    low: Price
    high: Price
    peak: Price  # middle of its heaviest bin
    usd: Usd  # raw modelled
    expected_usd: Usd  # raw × realisation ratio
    distance: float  # from mark to its nearest edge, signed, fraction of mark
    zone: str | None  # "A" nearest above, "B" nearest below, "C" the larger one beyond on each side
    tiers: Mapping[float, Usd]  # raw Usd by leverage
    venues: Mapping[str, Usd]  # raw Usd by venue
    persistence: float  # share of the last 24 h in which it was there; < 0.25 = transient
    grade: str  # "A" (best) … "D"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asymmetry:
    """Which side is heavier near the price."""

    long_usd: Usd  # raw, longs within reach below mark
    short_usd: Usd  # raw, shorts within reach above mark
    ratio: float  # heavier ÷ lighter, ≥ 1; inf if one side is empty
    reach: float  # fraction of mark looked at on each side

    @property
    def heavier(self) -> Side:
        """The side that holds more."""
        return Side.LONG if self.long_usd >= self.short_usd else Side.SHORT


def find_clusters(
    snapshot: Snapshot, heatmap: Heatmap, realisation: tuple[float, float]
) -> tuple[Cluster, ...]:
    """Return a snapshot's clusters: longs, then shorts, nearest first, at most twelve a side.

    `heatmap` is the past of the same market on the same lattice, `realisation` the realised ÷
    modelled USD of (long, short). Ids name the peak ("L-11423") until a track lends its own.
    """
    day = _last_day(heatmap, snapshot.at_ms)
    near = [within(snapshot, side, REACH) for side in Side]
    found = [
        _cluster(
            band,
            snapshot,
            near_usd=near[band.side.index],
            expected=realisation[band.side.index],
            persistence=_persistence(band, day, heatmap.grid),
        )
        for band in snapshot.bands
    ]
    zones = {**_zones(found, Side.LONG, "B"), **_zones(found, Side.SHORT, "A")}
    return tuple(replace(each, zone=zones[each.id]) if each.id in zones else each for each in found)


def seen_from(clusters: Sequence[Cluster], mark: Price) -> tuple[Cluster, ...]:
    """Return clusters as a later mark sees them: how far they are, which are zones, in order.

    Those that price has gone through by now are left out: what held them was closed.
    """
    standing = [
        replace(each, distance=_distance(each.side, each.low, each.high, mark))
        for each in clusters
        if (each.low <= mark if each.side is Side.LONG else each.high >= mark)
    ]
    standing.sort(key=lambda each: (each.side.index, abs(each.distance)))
    zones = {**_zones(standing, Side.LONG, "B"), **_zones(standing, Side.SHORT, "A")}
    return tuple(replace(each, zone=zones.get(each.id)) for each in standing)


def asymmetry_of(snapshot: Snapshot, reach: float = 0.05) -> Asymmetry:
    """Weigh the sides within `reach`, a fraction of mark; two empty sides are even (ratio 1)."""
    long_usd, short_usd = (within(snapshot, side, reach) for side in Side)
    lighter, heavier = sorted((long_usd, short_usd))
    ratio = heavier / lighter if lighter > 0 else np.inf
    return Asymmetry(
        long_usd=long_usd,
        short_usd=short_usd,
        ratio=ratio if heavier > 0 else 1.0,
        reach=reach,
    )


def within(snapshot: Snapshot, side: Side, reach: float) -> Usd:
    """Return what a side holds from mark to `reach` (a fraction of mark) beyond it, raw Usd."""
    return Usd(float(snapshot.total[side.index, bins_within(snapshot, side, reach)].sum()))


def bins_within(snapshot: Snapshot, side: Side, reach: float) -> NDArray[np.bool_]:
    """Tell of each bin, (bin,), whether it is on a side's way from mark to `reach` beyond it."""
    centres, at = snapshot.grid.centres, snapshot.grid.index(snapshot.mark)
    bins = np.arange(snapshot.grid.bins)
    if side is Side.LONG:
        return (bins <= at) & (centres >= snapshot.mark * (1 - reach))
    return (bins >= at) & (centres <= snapshot.mark * (1 + reach))


def _cluster(
    band: Band, snapshot: Snapshot, *, near_usd: Usd, expected: float, persistence: float
) -> Cluster:
    first = band.span.first - snapshot.grid.first
    bins = slice(first, first + band.span.bins)
    tiers = snapshot.by_tier[band.side.index, :, bins].sum(axis=1)
    venues = snapshot.by_venue[:, band.side.index, bins].sum(axis=1)
    return Cluster(
        id=band.name,
        side=band.side,
        low=band.low,
        high=band.high,
        peak=Price(float(snapshot.grid.centres[band.peak - snapshot.grid.first])),
        usd=band.usd,
        expected_usd=Usd(band.usd * expected),
        distance=_distance(band.side, band.low, band.high, snapshot.mark),
        zone=None,
        tiers={k: Usd(usd) for k, usd in zip(snapshot.tiers, tiers.tolist(), strict=True)},
        venues={v: Usd(usd) for v, usd in zip(snapshot.venues, venues.tolist(), strict=True)},
        persistence=persistence,
        grade=_grade(band, venues, near_usd, persistence),
    )


def _distance(side: Side, low: float, high: float, mark: float) -> float:
    """Return how far the nearest edge is from mark, signed, fraction of mark; 0 within."""
    return min(high / mark - 1, 0.0) if side is Side.LONG else max(low / mark - 1, 0.0)


def _last_day(heatmap: Heatmap, at_ms: int) -> Column:
    """Return the columns that ended in the last 24 h, (side, bar, bin) raw Usd."""
    closed = heatmap.opened_ms + heatmap.interval_ms
    since, until = np.searchsorted(closed, (at_ms - DAY_MS, at_ms), side="right")
    return heatmap.usd[:, since:until]


def _persistence(band: Band, day: Column, grid: PriceGrid) -> float:
    """Return the share of columns in which the band held half as much as now or more.

    A shorter past counts as it is; where there is none, nothing persisted.
    """
    first, stop = max(band.span.first - grid.first, 0), max(band.stop - grid.first, 0)
    held = day[band.side.index, :, first:stop].sum(axis=1, dtype=np.float64)
    return float((held >= _COMPARABLE * band.usd).mean()) if held.size else 0.0


def _zones(clusters: Sequence[Cluster], side: Side, nearest: str) -> dict[str, str]:
    """Return the zones of one side by id; its clusters come nearest first."""
    near = [each for each in clusters if each.side is side and abs(each.distance) <= REACH]
    heaviest = max((each.usd for each in near), default=0.0)
    dense = [each for each in near if each.usd >= _DENSE * heaviest]
    zones = {each.id: nearest for each in dense[:1]}
    if dense[1:]:
        zones[max(dense[1:], key=lambda each: each.usd).id] = "C"
    return zones


def _grade(band: Band, venues: F8, near_usd: Usd, persistence: float) -> str:
    share = band.usd / near_usd if near_usd > 0 else 0.0
    effective = venues.sum() ** 2 / (venues**2).sum()
    width = band.high / band.low - 1
    points = sum(share >= each for each in (0.08, 0.20))
    points += sum(persistence >= each for each in (TRANSIENT, 0.75))
    points += sum(effective >= each for each in (1.5, 2.5))
    points += sum(width <= each for each in (0.015, 0.0075))
    grade = next(grade for least, grade in _GRADES if points >= least)
    return max(grade, "C") if persistence < TRANSIENT else grade
