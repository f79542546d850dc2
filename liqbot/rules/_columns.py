"""What stood between two prices, column by column."""

from math import log

import numpy as np

from liqbot.heatmap.heatmap import Heatmap
from liqbot.market.units import F8, Side, floats


def held(
    heatmap: Heatmap, side: Side, low: float, high: float, *, since_ms: int, until_ms: int
) -> F8:
    """Return what stood in the bins from one edge to another, (column,) raw Usd, oldest first.

    The columns that ended within two moments (Unix ms, inclusive). Always the same bins, so that
    a band which is found wider or narrower has neither grown nor faded.
    """
    grid, length = heatmap.grid, heatmap.interval_ms
    start, stop = np.searchsorted(heatmap.opened_ms, (since_ms - length, until_ms + 1 - length))
    lowest, highest = (round(log(price) / grid.step) - grid.first for price in (low, high))
    bins = slice(max(lowest, 0), max(highest, 0))
    return floats(heatmap.usd[side.index, start:stop, bins].sum(axis=1, dtype=np.float64))
