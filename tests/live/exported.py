"""What is exported, and what an export's map holds, laid out as a history does."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqbot.cli.sight import Sight
from liqbot.heatmap.history import History
from liqbot.market.observation import Observation
from liqbot.market.tape import Tape
from liqbot.market.units import HOUR_MS, Side, ms_of
from tests.builders import START_MS, a_liquidation
from tests.cli.conftest import seen

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


def told() -> Sight:
    """Return eight days of BTC with three orders an hour."""
    orders = [
        a_liquidation(
            side,
            at_ms=START_MS + hour * HOUR_MS + 60_000 * minute,
            price=90_000.0,
            quantity=0.1 + (hour * 7 % 5) * 0.2,
        )
        for hour in range(8 * 24)
        for minute, side in ((5, Side.LONG), (25, Side.SHORT), (45, Side.LONG))
    ]
    return sight(seen("bybit", "BTC", 90_000.0, days=8, tape=Tape.of(orders)))


def sight(observation: Observation) -> Sight:
    """Return what was seen, as a command is given it."""
    return Sight(
        where="here",
        base=observation.instrument.base,
        at_ms=ms_of(observation.observed_at),
        observations=(observation,),
    )
