"""Support, resistance, sweeps and the width of moves, read from candles."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from liqbot.heatmap.history import History
from liqbot.market.series import Candles
from liqbot.market.units import F8, HOUR_MS, Price

Edge = Literal["high", "low"]

_AROUND_MS = 2 * HOUR_MS  # on both sides, within which a turn is the farthest price
_RECENT_MS = 4 * HOUR_MS  # a sweep older than that is none
_NOW_MS = 6 * HOUR_MS  # whose moves are compared with all
_FEWEST = 12  # returns, to measure how wide moves are


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What candles show beside the map; None = unknown, or there is none."""

    support: Price | None  # the nearest turn below that nothing went under since
    resistance: Price | None  # the nearest turn above that nothing went over since
    swept: Edge | None  # an earlier extreme that price went beyond and came back from
    broken: Edge | None  # … or has closed beyond and stayed
    width: float | None  # s.d. of returns over 6 h ÷ over all; below 1 = compressed


def structure_of(history: History) -> Structure:
    """Read the candles of a history."""
    candles, mark = history.candles, history.snapshot.mark
    below = [each for each in _turns(candles.low, _bars(candles, _AROUND_MS)) if each < mark]
    above = [-each for each in _turns(-candles.high, _bars(candles, _AROUND_MS)) if -each > mark]
    swept, broken = _beyond(candles, mark)
    return Structure(
        support=Price(max(below)) if below else None,
        resistance=Price(min(above)) if above else None,
        swept=swept,
        broken=broken,
        width=_width(candles),
    )


def _bars(candles: Candles, span_ms: int) -> int:
    return max(span_ms // candles.interval_ms, 1)


def _turns(low: np.ndarray[tuple[int, ...], np.dtype[np.float64]], around: int) -> list[float]:
    """Return the lows that are the lowest of those around them, and that held until now."""
    if low.size < 2 * around + 1:
        return []
    filled = np.where(np.isnan(low), np.inf, low)
    lowest = sliding_window_view(filled, 2 * around + 1).min(axis=1)
    middle = filled[around : filled.size - around]
    since = np.minimum.accumulate(filled[::-1])[::-1][around : filled.size - around]
    turned = (middle == lowest) & (middle <= since) & np.isfinite(middle)
    return [float(each) for each in middle[turned]]


def _beyond(candles: Candles, mark: Price) -> tuple[Edge | None, Edge | None]:
    """Return which earlier extreme was swept lately, and which one broken; the farther counts."""
    count = _bars(candles, _RECENT_MS)
    before, recent = slice(None, -count), slice(-count, None)
    earlier_high, earlier_low = candles.high[before], candles.low[before]
    if np.isnan(earlier_high).all() or np.isnan(candles.high[recent]).all():
        return None, None
    ways: dict[Edge, tuple[float, bool]] = {
        "high": _over(earlier_high, candles.high[recent], mark),
        "low": _over(-earlier_low, -candles.low[recent], -mark),
    }
    edge: Edge = max(ways, key=lambda each: ways[each][0])
    far, is_back = ways[edge]
    if far <= 0:
        return None, None
    return (edge, None) if is_back else (None, edge)


def _over(before: F8, recent: F8, mark: float) -> tuple[float, bool]:
    """Return how far recent highs went over earlier ones, and whether price is back below."""
    highest = float(np.nanmax(before))
    return float(np.nanmax(recent)) - highest, mark <= highest


def _width(candles: Candles) -> float | None:
    """Compare how wide moves are now with how wide they were."""
    moves = np.diff(np.log(candles.close))
    recent = moves[-_bars(candles, _NOW_MS) :]
    known, now = moves[~np.isnan(moves)], recent[~np.isnan(recent)]
    if now.size < _FEWEST or known.size <= now.size or not known.std() > 0:
        return None
    return float(now.std() / known.std())
