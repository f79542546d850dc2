"""Modelled dollars as cells of a picture: rows of price, columns of time, levels of colour."""

from dataclasses import dataclass
from datetime import timedelta
from math import floor, log, log1p, log10

import numpy as np
from numpy.typing import NDArray

from liqbot.charts._themes import CAPPED
from liqbot.charts._window import PriceWindow, TimeWindow
from liqbot.charts.chart import View
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.history import History
from liqbot.market.units import F8

UNIT = 0.001  # cells are in dollars per 0.1 % of price, so that markets and grids compare
_FLOORS = {"low": 60.0, "mid": 15.0, "high": 0.0}  # percentile of what is there, by noise
_CAP = 99.5  # percentile
_SAMPLES = 200  # moments that a fixed scale looks at
_NICE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_LOGARITHMIC = timedelta(days=30)


def in_rows(usd: NDArray[np.floating], grid: PriceGrid, prices: PriceWindow, rows: int) -> F8:
    """Return (…, row) Usd per 0.1 %, the top row first, of what bins hold, (…, bin) Usd.

    What a bin holds is taken as even in log price, so dollars are conserved. A row is summed bin
    by bin and not as a matrix product, whose last bits would depend on how many columns there are.
    """
    bins, edges = np.log(grid.edges), np.log(prices.edges(rows))
    low, high = edges[:-1], edges[1:]
    first = np.searchsorted(bins, low, side="right") - 1
    held: F8 = np.zeros((*usd.shape[:-1], rows))
    for k in range(int(np.max(np.searchsorted(bins, high) - first))):
        bin_ = np.clip(first + k, 0, grid.bins - 1)
        overlap = np.minimum(bins[bin_ + 1], high) - np.maximum(bins[bin_], low)
        share = np.where(bin_ == first + k, np.clip(overlap, 0, None) / grid.step, 0.0)
        held += usd[..., bin_] * share
    return held[..., ::-1] * (log1p(UNIT) / float(high[0] - low[0]))


def columns(history: History, times: TimeWindow) -> NDArray[np.int64]:
    """Return for each column the last known bar that closed in its slot, (column,); −1 = none.

    A bar whose price is unknown shows nothing, though what stood before it still stands.
    """
    opened = history.heatmap.opened_ms
    slot = (opened - times.from_ms) // times.slot_ms
    known = np.isfinite(history.candles.close)
    inside = np.flatnonzero((slot >= 0) & (slot < times.columns) & known)
    last = np.full(times.columns, -1, dtype=np.int64)
    last[slot[inside]] = inside  # bars rise in time, so the last one of a slot stays
    return last


def cells(history: History, prices: PriceWindow, times: TimeWindow, rows: int) -> F8:
    """Return (row, column) Usd per 0.1 %, both sides together; NaN where nothing is known."""
    last = columns(history, times)
    known = np.flatnonzero(last >= 0)
    out = np.full((times.columns, rows), np.nan)
    both = history.heatmap.usd[:, last[known]].sum(axis=0)
    out[known] = in_rows(both, history.heatmap.grid, prices, rows)
    return out.T


def of_all_times(history: History) -> F8:
    """Return (n, bin) Usd per 0.1 % at about 200 of all the moments that a history knows."""
    usd = history.heatmap.usd
    step = max(usd.shape[1] // _SAMPLES, 1)
    seen: F8 = usd[:, ::step].sum(axis=0, dtype=np.float64)
    return seen * (log1p(UNIT) / history.heatmap.grid.step)


@dataclass(frozen=True, slots=True)
class Scale:
    """How dollars per 0.1 % become one of the levels 0 … 255."""

    floor: float
    cap: float
    power: float  # of the share of the span; 0 = logarithmic

    def levels(self, usd: F8) -> NDArray[np.uint8]:
        """Return the level of each amount; CAPPED from the cap on, 0 for NaN."""
        known = np.nan_to_num(usd)
        level = np.clip(self._shade(known) * CAPPED, 0, CAPPED - 1).astype(np.uint8)
        level[known >= self.cap] = CAPPED
        return level

    def share(self, usd: float) -> float:
        """How far up the scale an amount is, 0 … 1."""
        return float(np.clip(self._shade(np.array(usd)), 0, 1))

    def usd(self, share: float) -> float:
        """Return the amount so far up the scale."""
        if not self.power:
            return float(self.floor * (self.cap / self.floor) ** share)
        return float(self.floor + (self.cap - self.floor) * share ** (1 / self.power))

    def _shade(self, usd: F8) -> F8:
        if not self.power:
            return np.log(np.maximum(usd, self.floor) / self.floor) / log(self.cap / self.floor)
        return np.clip((usd - self.floor) / (self.cap - self.floor), 0, None) ** self.power


def scale_of(usd: F8, view: View) -> Scale:
    """Return the scale for what is seen, (…) Usd per 0.1 %, or what the view asks for.

    The cap is rounded up to a round number, so that it changes seldom.
    """
    seen = usd[np.isfinite(usd) & (usd > 0)]
    low, cap = np.percentile(seen, (_FLOORS[view.noise], _CAP)) if seen.size else (1.0, 1e6)
    cap = view.max_usd or nice_above(float(cap))
    low = view.min_usd or min(float(low), cap / 4)
    if low >= cap:
        cap = nice_above(2 * low)
    if view.range >= _LOGARITHMIC:
        return Scale(max(low, cap * 1e-3), cap, 0.0)
    return Scale(low, cap, _power(seen, low, cap))


def _power(seen: F8, low: float, cap: float) -> float:
    """Return the square root, or less of it for a flat map, whose cells would all be bright."""
    middle = (float(np.median(seen)) - low) / (cap - low) if seen.size else 0.0
    return float(np.clip(np.log(0.5) / np.log(np.clip(middle, 0.01, 0.99)), 0.5, 1.0))


def nice_above(value: float) -> float:
    """Return the next round number from a positive value on."""
    decade = 10.0 ** floor(log10(value))
    return next(n * decade for n in _NICE if n * decade >= value * (1 - 1e-9))
