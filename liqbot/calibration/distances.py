"""How far from the price positions are liquidated: those that are known beside those modelled.

Both are taken as shapes: what is known is a handful of holders whom somebody chose, or the largest.
So it says nothing of how much there is, and of where only as much as they are like the others.
"""

import math
from dataclasses import dataclass

import numpy as np

from liqbot.heatmap.heatmap import Snapshot
from liqbot.heatmap.measured import Measured, usd_of
from liqbot.market.mending import Mask
from liqbot.market.units import F8, Side

REACH = 0.25  # log price: beyond, the model has few tiers left
_CRITICAL = 1.358  # Kolmogorov's distribution reaches 95 % there


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceScore:
    """Two distributions of log distance from the mark, each dollar counting alike."""

    n: int  # positions within REACH
    alike: float  # as many of equal size would tell as much: (Σw)² ÷ Σw²
    beyond: float  # share of the dollars known that lies beyond REACH
    measured: float  # median distance, fraction of the mark
    modelled: float  # of the same venues and sides
    ks: float  # largest difference of the two cumulative shares, 0 … 1
    chance: float  # what it stays below in 95 of 100 samples of the model itself
    energy: float  # energy distance: 2 ∫ (F − G)² over log distance

    @property
    def is_apart(self) -> bool:
        """Whether they differ by more than a sample of that size does by chance."""
        return self.ks > self.chance


def distance_score(found: Measured, snapshot: Snapshot) -> DistanceScore | None:
    """Compare what is known with what is modelled on the same venues; None where either is empty.

    The model's sides count as much as what is known has on each. Kolmogorov–Smirnov for weighted
    samples with Kish's effective n and Stephens' correction (J. R. Stat. Soc. B 32, 1970).
    """
    usd = np.array([usd_of(each) for each in found.positions])
    away = np.array([abs(math.log(p.liquidation / snapshot.mark)) for p in found.positions])
    near = away <= REACH
    modelled = _modelled(found, snapshot, near, usd)
    if not near.any() or not modelled.sum() > 0:
        return None
    edges = np.linspace(0.0, REACH, modelled.size + 1)
    model = np.concatenate([[0.0], np.cumsum(modelled) / modelled.sum()])
    order = np.argsort(away[near])
    known, weights = away[near][order], usd[near][order] / usd[near].sum()
    share = np.cumsum(weights)
    expected = np.interp(known, edges, model)
    apart = np.maximum(np.abs(share - expected), np.abs(share - weights - expected))
    alike = float(1 / (weights**2).sum())
    root = math.sqrt(alike)
    stairs = share[np.maximum(np.searchsorted(known, edges, side="right") - 1, 0)]
    stairs = np.where(edges < known[0], 0.0, stairs)
    return DistanceScore(
        n=int(near.sum()),
        alike=alike,
        beyond=float(usd[~near].sum() / usd.sum()),
        measured=math.expm1(float(known[np.searchsorted(share, 0.5)])),
        modelled=math.expm1(float(np.interp(0.5, model, edges))),
        ks=float(apart.max()),
        chance=_CRITICAL / (root + 0.12 + 0.11 / root),
        energy=float(2 * np.trapezoid((stairs - model) ** 2, edges)),
    )


def _modelled(found: Measured, snapshot: Snapshot, near: Mask, usd: F8) -> F8:
    """Return the model's shares by log distance, (step,) of the grid's width up to REACH."""
    grid = snapshot.grid
    venues = {each.instrument.venue for each in found.positions}
    rows = [row for row, venue in enumerate(snapshot.venues) if venue in venues]
    held = snapshot.by_venue[rows].sum(axis=0)
    steps = max(round(REACH / grid.step), 1)
    total = np.zeros(steps)
    for side in Side:
        away = -side.sign * np.log(grid.centres / snapshot.mark)
        place = np.floor(away / REACH * steps).astype(np.int64)
        inside = (place >= 0) & (place < steps)
        column = np.bincount(place[inside], held[side.index][inside], steps)
        mine = np.array([each.side is side for each in found.positions]) & near
        if column.sum() > 0:
            total += column / column.sum() * usd[mine].sum()
    return total
