"""What an export's map holds, laid out as a history does."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqbot.heatmap.history import History
from liqbot.market.units import Side

SPAN = timedelta(days=3)


def laid_out(
    history: History, ended_ms: NDArray[np.int64], rows: Mapping[str, NDArray[Any]]
) -> NDArray[np.float64]:
    """Return (side, column, bin) expected Usd of the rows of a map."""
    grid = history.heatmap.grid
    found = np.zeros((2, ended_ms.size, grid.bins))
    side = np.array([Side(each).index for each in rows["side"]], dtype=np.int64)
    middle = np.sqrt(rows["price_low"] * rows["price_high"])
    band = np.array([grid.index(each) for each in middle], dtype=np.int64)
    found[side, np.searchsorted(ended_ms, rows["at"]), band] = rows["expected_usd"]
    return found
