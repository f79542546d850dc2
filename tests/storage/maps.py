"""Heatmaps to keep."""

import numpy as np

from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Heatmap
from liqbot.market.units import HOUR_MS, floats, integers
from tests.builders import FIVE_MINUTES_MS, START_MS


def a_map(
    hours: float = 1, *, start_ms: int = START_MS, first: int = 6900, bins: int = 40, seed: int = 1
) -> Heatmap:
    """Return a map whose every cell is of another size, a third of them empty."""
    chance = np.random.default_rng(seed)
    bars = int(hours * HOUR_MS) // FIVE_MINUTES_MS
    usd = chance.lognormal(10, 4, (2, bars, bins)) * (chance.random((2, bars, bins)) > 1 / 3)
    return Heatmap(
        grid=PriceGrid(first, 0.001, bins),
        interval_ms=FIVE_MINUTES_MS,
        opened_ms=integers(start_ms + FIVE_MINUTES_MS * np.arange(bars)),
        usd=usd.astype(np.float32),
        swept_usd=floats(chance.lognormal(10, 4, (2, bars))),
    )
