"""Time × price, per side; its newest column per venue and tier; and where all mass went."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from liqbot.heatmap.bands import Band, bands_of
from liqbot.heatmap.grid import PriceGrid
from liqbot.market.units import F8, I8, Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Heatmap:
    """Raw modelled USD that stood at the end of each bar, summed over venues and tiers."""

    grid: PriceGrid
    interval_ms: int
    opened_ms: I8  # (bar,) Unix ms, UTC
    usd: NDArray[np.float32]  # (side, bar, bin) Usd, sides by Side.index
    swept_usd: F8  # (side, bar) Usd that price passed through during the bar

    def newest(self, bars: int) -> "Heatmap":
        """Return the last so many columns, copied: a view would keep all of them in memory."""
        usd = self.usd[:, -bars:].copy()
        usd.flags.writeable = False
        return replace(
            self,
            opened_ms=self.opened_ms[-bars:],
            usd=usd,
            swept_usd=self.swept_usd[:, -bars:],
        )


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The newest column, with the parts it is the sum of. Raw modelled USD."""

    at_ms: int  # the end of the last bar, Unix ms, UTC
    mark: Price
    grid: PriceGrid
    venues: tuple[str, ...]
    tiers: tuple[float, ...]  # leverage of each tier, rising
    usd: F8  # (venue, side, tier, bin) Usd

    @cached_property
    def total(self) -> F8:
        """Over venues and tiers: (side, bin) Usd."""
        total: F8 = self.usd.sum(axis=(0, 2))
        return total

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """Its dense bands: longs, then shorts, nearest first."""
        return bands_of(self.total, self.grid, self.mark)

    @cached_property
    def by_tier(self) -> F8:
        """Over venues: (side, tier, bin) Usd."""
        by_tier: F8 = self.usd.sum(axis=0)
        return by_tier

    @cached_property
    def by_venue(self) -> F8:
        """Over tiers: (venue, side, bin) Usd."""
        by_venue: F8 = self.usd.sum(axis=2)
        return by_venue


@dataclass(frozen=True, slots=True, kw_only=True)
class MassLedger:
    """Where every deposited unit went; each (venue, side, tier) base units, since the first bar."""

    deposited: F8
    standing: F8
    swept: F8
    decayed: F8
    shrunk: F8
    out_of_grid: F8

    @property
    def error(self) -> float:
        """The largest relative difference between what came in and what is accounted for."""
        found = self.standing + self.swept + self.decayed + self.shrunk + self.out_of_grid
        scale = np.maximum(self.deposited, np.finfo(np.float64).tiny)
        return float(np.max(np.abs(self.deposited - found) / scale, initial=0.0))
