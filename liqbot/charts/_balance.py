"""Longs below against shorts above: by distance from the price, and over time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqbot.charts._cells import UNIT, columns
from liqbot.charts._window import TimeWindow
from liqbot.heatmap.heatmap import Heatmap, Snapshot
from liqbot.heatmap.history import History
from liqbot.market.units import F8, Side, floats


@dataclass(frozen=True, slots=True)
class Balance:
    """What each side holds at equal distances from the mark, the nearest first."""

    distance: F8  # (row + 1,) edges, fraction of mark
    long: F8  # (row,) Usd per 0.1 %
    short: F8  # (row,) Usd per 0.1 %
    net: F8  # (row + 1,) Usd: longs less shorts within each distance


def balance(snapshot: Snapshot, reach: float, rows: int) -> Balance:
    """Return both sides by distance up to `reach`, a fraction of mark, in so many rows."""
    distance = np.linspace(0, reach, rows + 1)
    long, short = _held(snapshot, distance)
    net = np.concatenate([[0.0], np.cumsum(long - short)])
    per_row = rows * UNIT / reach
    return Balance(distance, long * per_row, short * per_row, net)


def within(snapshot: Snapshot, reach: float) -> tuple[float, float]:
    """Return the dollars up to a distance, a fraction of mark: (longs, shorts)."""
    long, short = _held(snapshot, floats([0.0, reach]))
    return float(long[0]), float(short[0])


def _held(snapshot: Snapshot, distance: F8) -> tuple[F8, F8]:
    """Return (row,) Usd of longs and of shorts between distances (row + 1,) from the mark."""
    edges = np.log(snapshot.grid.edges)
    summed = np.pad(np.cumsum(snapshot.total, axis=1), ((0, 0), (1, 0)))
    long, short = (
        floats(np.abs(np.diff(np.interp(np.log(snapshot.mark * prices), edges, summed[side]))))
        for side, prices in enumerate((1 - distance, 1 + distance))
    )
    return long, short


def distances(reach: float) -> list[float]:
    """Return three round distances within which sides are summed, the last one being the reach."""
    near = [each for each in (0.01, 0.02, 0.05, 0.10) if each <= reach / 2]
    return [*near[-2:], reach]


def net_over_time(history: History, times: TimeWindow, reach: float) -> F8:
    """Return (column,) Usd: longs less shorts within reach of a column's price, NaN = unknown."""
    last = columns(history, times)
    known = np.flatnonzero(last >= 0)
    bars = last[known]
    price = history.candles.close[bars]
    net = np.full(times.columns, np.nan)
    net[known] = _between(history.heatmap, Side.LONG, bars, price * (1 - reach), price)
    net[known] -= _between(history.heatmap, Side.SHORT, bars, price, price * (1 + reach))
    return net


def _between(heatmap: Heatmap, side: Side, bars: NDArray[np.int64], low: F8, high: F8) -> F8:
    """Return (n,) Usd that stood on a side between two prices (n,) at the end of bars (n,)."""
    usd = heatmap.usd[side.index, bars].astype(np.float64)
    summed = np.pad(np.cumsum(usd, axis=1), ((0, 0), (1, 1)), mode="edge")
    summed[:, 0] = 0.0
    rows = np.arange(bars.size)

    def up_to(price: F8) -> F8:
        bins = np.log(price) / heatmap.grid.step - heatmap.grid.first
        bins = np.clip(bins, 0, heatmap.grid.bins)
        whole = bins.astype(np.int64)
        below, above = summed[rows, whole], summed[rows, whole + 1]
        inside: F8 = below + (above - below) * (bins - whole)
        return inside

    return up_to(high) - up_to(low)
