"""What a history says about itself, before any wording or drawing."""

from datetime import datetime, timedelta

import numpy as np

from liqbot.heatmap.history import History
from liqbot.market.calendar import AHEAD
from liqbot.market.units import DAY_MS

NOTABLE_RATIO = 2.0  # of one side to the other, from which it is worth saying
_NEAR, _FAR = 0.02, 0.05  # distances at which one horizon of traders ends and the next begins
_NAMES = {"okx": "OKX", "dydx": "dYdX"}


def venue_name(venue: str) -> str:
    """Return how a venue writes itself."""
    return _NAMES.get(venue, venue.capitalize())


def age(seconds: float) -> str:
    """Return a span of time in the largest unit that it fills."""
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{max(seconds, 0):.0f} s"


def horizon(distance: float) -> str:
    """Name the span of time for which a cluster at a signed distance (fraction of mark) matters."""
    if abs(distance) <= _NEAR:
        return "1-4 h"
    return "12-72 h" if abs(distance) <= _FAR else "context"


def change(history: History) -> float | None:
    """Return how the mark differs from the price 24 h before, a fraction; None if unknown."""
    candles = history.candles
    then = history.snapshot.at_ms - DAY_MS
    known = np.flatnonzero((candles.opened_ms <= then) & np.isfinite(candles.close))
    if not known.size:
        return None
    row = known[-1]
    before = (candles.open if candles.opened_ms[row] == then else candles.close)[row]
    return float(history.snapshot.mark / before - 1) if before > 0 else None


def is_empty(history: History) -> bool:
    """Tell whether nothing at all is modelled now."""
    return not history.snapshot.usd.sum() > 0


def is_macro_near(history: History, macro_at: datetime | None) -> bool:
    """Tell whether a scheduled release is less than 4 h away."""
    return macro_at is not None and timedelta(0) <= macro_at - history.at < AHEAD
