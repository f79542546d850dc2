"""Which prices and which times a picture shows, and where."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, exp, floor, log, log10

import numpy as np
from numpy.typing import NDArray

from liqbot.charts._geometry import Box
from liqbot.charts.chart import Range
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.history import History
from liqbot.market.units import F8

_WIDEST = {"A": 2.0, "B": 2.0, "C": 1.5}  # a zone widens the window to so many reaches at most
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_HOURS = (1 / 12, 1 / 4, 1 / 2, 1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 168, 336, 504, 720)


@dataclass(frozen=True, slots=True)
class PriceWindow:
    """A span of prices on a logarithmic axis, the highest on top."""

    low: float
    high: float
    top: float  # px
    bottom: float  # px

    def y(self, price: float) -> float:
        """Return the height of a price, px; outside the box for prices outside the window."""
        share = log(price / self.low) / log(self.high / self.low)
        return self.bottom - share * (self.bottom - self.top)

    def clamped(self, price: float) -> float:
        """Return the height of a price, px, or of the edge that it lies beyond."""
        return min(max(self.y(price), self.top), self.bottom)

    def holds(self, price: float) -> bool:
        """Tell whether a price is in view."""
        return self.low <= price <= self.high

    def edges(self, rows: int) -> F8:
        """Return the edges of so many equal rows, (rows + 1,) Price, rising."""
        edges: F8 = np.geomspace(self.low, self.high, rows + 1)
        return edges

    def ticks(self, most: int = 7) -> tuple[float, list[float]]:
        """Round prices in view and the step between them, at most so many."""
        rough = (self.high - self.low) / most
        decade = 10.0 ** floor(log10(rough))
        step = next(s * decade for s in _STEPS if s * decade >= rough * (1 - 1e-9))
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return step, [i * step for i in range(first, last + 1)][-most:]


def price_window(history: History, span: Range, seen: NDArray[np.float64], box: Box) -> PriceWindow:
    """Return what to show: the prices seen (n,), the named zones, the range's usual reach.

    A zone widens it from its near edge to its peak, by so many reaches at most; prices that
    were traded are always in.
    """
    mark = log(history.snapshot.mark)
    reach = log(1 + span.reach)
    low, high = mark - reach, mark + reach
    for zone in (cluster for cluster in history.clusters if cluster.zone):
        most = _WIDEST.get(zone.zone or "", 1.0) * reach
        for price in (zone.peak, history.snapshot.mark * (1 + zone.distance)):
            held = min(max(log(price), mark - most), mark + most)
            low, high = min(low, held), max(high, held)
    known = seen[np.isfinite(seen) & (seen > 0)]
    margin = 0.04 * (high - low)
    if known.size:
        low = min(low, log(known.min()) - margin)
        high = max(high, log(known.max()) + margin)
    grid = history.heatmap.grid.step
    return PriceWindow(exp(floor(low / grid) * grid), exp(ceil(high / grid) * grid), box.y0, box.y1)


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A span of time in equal slots, the newest on the right."""

    from_ms: int
    slot_ms: int
    columns: int
    left: float  # px
    right: float  # px

    @property
    def to_ms(self) -> int:
        """The end of the last slot, Unix ms."""
        return self.from_ms + self.slot_ms * self.columns

    def x(self, at_ms: float) -> float:
        """Return the place of a moment, px."""
        return self.left + (at_ms - self.from_ms) / (self.to_ms - self.from_ms) * (
            self.right - self.left
        )

    def ticks(self, numbers: Numbers, most: int = 5) -> list[tuple[int, str]]:
        """Round moments of the reader's zone (Unix ms) and how they are written."""
        hours = (self.to_ms - self.from_ms) / 3_600_000
        step = next((h for h in _HOURS if hours / h <= most), _HOURS[-1])
        start = numbers.local(datetime.fromtimestamp(self.from_ms / 1000, UTC))
        moment = start.replace(hour=0, minute=0, second=0, microsecond=0)
        ticks = []
        while (at_ms := round(moment.timestamp() * 1000)) <= self.to_ms:
            if at_ms >= self.from_ms:
                midnight = step >= 24 or (moment.hour == 0 and hours > 24)
                ticks.append((at_ms, numbers.day(moment) if midnight else f"{moment:%H:%M}"))
            moment = (moment.replace(tzinfo=None) + timedelta(hours=step)).replace(
                tzinfo=start.tzinfo
            )
        return ticks


def time_window(history: History, span: Range, box: Box) -> TimeWindow:
    """Return the slots that end with the one being filled, or with `at` when data are late."""
    interval = history.heatmap.interval_ms
    slot = max(span.slot // timedelta(milliseconds=1), interval)
    at_ms = round(history.at.timestamp() * 1000)
    known = history.heatmap.opened_ms
    newest = int(known[-1]) if known.size else at_ms - interval
    late = at_ms - (newest + interval) >= 2 * slot
    last = (at_ms - 1 if late else newest) // slot
    columns = max(span.length // timedelta(milliseconds=slot), 1)
    return TimeWindow((last + 1 - columns) * slot, slot, columns, box.x0, box.x1)
