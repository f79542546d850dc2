"""What the price did, over the cells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqbot.charts._canvas import Canvas
from liqbot.charts._geometry import Box
from liqbot.charts._themes import Theme
from liqbot.charts._window import PriceWindow, TimeWindow
from liqbot.market.series import Candles

_BODY = 0.66  # of the room a candle has
_WICK = 3.0  # px
_BORDER = 2.0  # px
_OUTLINE = 1.0  # px


@dataclass(frozen=True, slots=True)
class Candle:
    """Several candles as one."""

    from_ms: int
    open: float
    high: float
    low: float
    close: float


def merged(candles: Candles, length_ms: int, from_ms: int, to_ms: int) -> list[Candle]:
    """Join the known candles of each slot of `length_ms`, of those opened in [from_ms, to_ms)."""
    opened = candles.opened_ms
    known = np.isfinite(candles.high + candles.low + candles.open + candles.close)
    inside = np.flatnonzero((opened >= from_ms) & (opened < to_ms) & known)
    if not inside.size:
        return []
    slot = opened[inside] // length_ms
    starts = np.flatnonzero(np.diff(slot, prepend=slot[0] - 1))
    ends = np.append(starts[1:], inside.size) - 1
    high = np.maximum.reduceat(candles.high[inside], starts)
    low = np.minimum.reduceat(candles.low[inside], starts)
    return [
        Candle(
            int(slot[a]) * length_ms,
            float(candles.open[inside[a]]),
            float(high[i]),
            float(low[i]),
            float(candles.close[inside[b]]),
        )
        for i, (a, b) in enumerate(zip(starts, ends, strict=True))
    ]


def seen_prices(candles: Candles, from_ms: int, to_ms: int) -> NDArray[np.float64]:
    """Return highs and lows of the candles opened in [from_ms, to_ms), NaN where unknown."""
    inside = (candles.opened_ms >= from_ms) & (candles.opened_ms < to_ms)
    return np.concatenate([candles.low[inside], candles.high[inside]])


def draw_candles(
    canvas: Canvas,
    theme: Theme,
    candles: list[Candle],
    *,
    length_ms: int,
    prices: PriceWindow,
    times: TimeWindow,
) -> None:
    """Draw rising candles hollow and falling ones filled, each with a border and an outline."""
    room = times.x(times.from_ms + length_ms) - times.left
    half = max(room * _BODY, 4.0) / 2
    for candle in candles:
        middle = round(times.x(candle.from_ms) + room / 2)
        if not times.left + half <= middle <= times.right + room / 2:
            continue
        middle = min(middle, round(times.right - half))
        top, bottom = sorted((prices.clamped(candle.open), prices.clamped(candle.close)))
        body = Box(middle - half, top, middle + half, max(bottom, top + 2))
        wick = Box(
            middle - _WICK / 2,
            prices.clamped(candle.high),
            middle + _WICK / 2,
            prices.clamped(candle.low),
        )
        rising = candle.close >= candle.open
        for box in (wick, body):
            canvas.fill(box.grown(_OUTLINE, _OUTLINE), theme.outline)
        canvas.fill(wick, theme.candle if rising else theme.falling)
        canvas.fill(body, theme.candle if rising else theme.falling)
        if rising and body.height > 2 * _BORDER:
            canvas.fill(body.grown(-_BORDER, -_BORDER), theme.rising)
