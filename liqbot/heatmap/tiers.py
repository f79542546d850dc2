"""Neighbouring tiers of leverage as one: what each holds, and by where half of it would fire."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from liqbot.heatmap.heatmap import Snapshot
from liqbot.market.units import F8, Side, Usd

_FROM = (60.0, 35.0, 15.0, 7.5, 0.0)  # from which leverage on, the first to fire first


@dataclass(frozen=True, slots=True)
class TierBand:
    """Neighbouring tiers of leverage, taken together."""

    tiers: Mapping[float, tuple[Usd, Usd]]  # what each holds, by Side.index
    usd: F8  # (side, bin) Usd
    half: tuple[float | None, float | None]  # distance by which half would fire, by Side.index

    @property
    def name(self) -> str:
        """Its leverage in short: 75–125x."""
        first, last = min(self.tiers), max(self.tiers)
        return f"{first:g}x" if first == last else f"{first:g}–{last:g}x"

    def total(self, side: Side) -> Usd:
        """All that stands on a side."""
        return Usd(float(self.usd[side.index].sum()))


def tier_bands(snapshot: Snapshot) -> list[TierBand]:
    """Return the bands of which a map has any tier, the highest leverage first."""
    tiers = np.array(snapshot.tiers)
    bands = []
    upper = np.inf
    for lower in _FROM:
        inside = np.flatnonzero((tiers >= lower) & (tiers < upper))
        upper = lower
        if inside.size:
            held = snapshot.by_tier[:, inside].sum(axis=2)
            usd: F8 = snapshot.by_tier[:, inside].sum(axis=1)
            named = {
                float(tiers[i]): (Usd(float(held[0, k])), Usd(float(held[1, k])))
                for k, i in enumerate(inside)
            }
            halves = (_half(snapshot, usd[side.index], side) for side in (Side.LONG, Side.SHORT))
            bands.append(TierBand(named, usd, (next(halves), next(halves))))
    return bands


def _half(snapshot: Snapshot, usd: F8, side: Side) -> float | None:
    """Return the signed distance by which half of a side (bin,) would fire; None if empty."""
    if not usd.sum() > 0:
        return None
    order = usd[::-1] if side is Side.LONG else usd
    row = int(np.searchsorted(np.cumsum(order), usd.sum() / 2))
    centre = snapshot.grid.centres[::-1][row] if side is Side.LONG else snapshot.grid.centres[row]
    return float(centre / snapshot.mark - 1)
