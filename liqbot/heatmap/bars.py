"""What the venues told of one market, on one line of equal bars."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from liqbot.errors import OutOfRange
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, OpenInterest
from liqbot.market.units import F8, I8, floats, integers, ms_of

_LATE_MS = 2_000  # by how much a sample's stamp may lag the instant that it is meant for


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Aligned bars of several venues, without holes in time; NaN = unknown, axes (venue, bar)."""

    venues: tuple[str, ...]
    interval_ms: int
    opened_ms: I8  # (bar,) Unix ms, UTC
    low: F8  # Price traded
    high: F8
    close: F8
    trigger_low: F8  # Price that forced orders look at: mark where known, else traded
    trigger_high: F8
    volume: F8  # base units
    change: F8  # base units of open interest by which the bar differs from the last known before
    before: F8  # base units of open interest last known before the bar; if none yet, at its end

    def __len__(self) -> int:
        """Count the bars."""
        return int(self.opened_ms.size)

    @property
    def ended_ms(self) -> int:
        """When the last bar ended, Unix ms."""
        return int(self.opened_ms[-1]) + self.interval_ms

    def rows(self, first: int, last: int) -> "Bars":
        """Return the bars first … last − 1."""
        names = ("low", "high", "close", "trigger_low", "trigger_high")
        parts = {name: getattr(self, name)[:, first:last] for name in names}
        more = {name: getattr(self, name)[:, first:last] for name in ("volume", "change", "before")}
        return replace(self, opened_ms=self.opened_ms[first:last], **parts, **more)


def align(observations: Iterable[Observation]) -> Bars:
    """Lay what several venues told of one market onto one line of bars.

    Bars are as long as the coarsest venue's candles. Raises OutOfRange if no venue knows a
    candle. Nothing is filled in: a change of open interest across a hole belongs to the first
    known bar after it, so that no past bar ever changes.
    """
    seen = [each for each in observations if (~np.isnan(each.candles.close)).any()]
    if not seen:
        raise OutOfRange("No candles: a map needs the prices at which positions were opened.")
    interval_ms = max(each.candles.interval_ms for each in seen)
    candles = [each.candles.resample(interval_ms, ms_of(each.observed_at)) for each in seen]
    first = min(int(each.opened_ms[0]) for each in candles if len(each))
    last = max(int(each.opened_ms[-1]) for each in candles if len(each))
    opened_ms = integers(np.arange(first, last + 1, interval_ms))
    laid = [
        _lay(one, each, opened_ms, interval_ms) for one, each in zip(candles, seen, strict=True)
    ]
    return Bars(
        venues=tuple(each.instrument.venue for each in seen),
        interval_ms=interval_ms,
        opened_ms=opened_ms,
        **{name: floats([one[name] for one in laid]) for name in laid[0]},
    )


def _lay(
    candles: Candles, seen: Observation, opened_ms: I8, interval_ms: int
) -> dict[str, NDArray[np.float64]]:
    """Lay one venue's series onto the line of bars, a column a name of Bars."""
    laid = _columns(candles, opened_ms, ("low", "high", "close", "volume"))
    laid["trigger_low"], laid["trigger_high"] = laid["low"], laid["high"]
    marks, open_interest = seen.mark_candles, seen.open_interest
    if marks is not None and interval_ms % marks.interval_ms == 0:
        marks = marks.resample(interval_ms, ms_of(seen.observed_at))
        mark = _columns(marks, opened_ms, ("low", "high"))
        known = ~np.isnan(mark["low"]) & ~np.isnan(laid["low"])
        laid["trigger_low"] = np.where(known, mark["low"], laid["low"])
        laid["trigger_high"] = np.where(known, mark["high"], laid["high"])
    ends = _sampled(open_interest, opened_ms + interval_ms, interval_ms)
    ends[np.isnan(laid["close"])] = np.nan
    start = _sampled(open_interest, opened_ms[:1], interval_ms)
    known_last = _carried(np.concatenate([start, ends]))
    told_first = int(np.argmax(~np.isnan(known_last)))
    known_last[max(told_first - 1, 0)] = known_last[told_first]
    laid["before"] = known_last[:-1]
    laid["change"] = np.nan_to_num(np.diff(known_last))
    return laid


def _columns(
    candles: Candles, opened_ms: I8, names: Sequence[str]
) -> dict[str, NDArray[np.float64]]:
    """Return columns of candles at the given bars, NaN where there is no candle."""
    if not len(candles):
        return {name: np.full(opened_ms.size, np.nan) for name in names}
    row = np.clip(np.searchsorted(candles.opened_ms, opened_ms), 0, len(candles) - 1)
    there = candles.opened_ms[row] == opened_ms
    return {name: np.where(there, getattr(candles, name)[row], np.nan) for name in names}


def _sampled(
    open_interest: OpenInterest, at_ms: NDArray[np.int64], within_ms: int
) -> NDArray[np.float64]:
    """Return the newest sample at each instant, NaN where it is as old as a bar."""
    known = ~np.isnan(open_interest.quantity)
    stamps, quantity = open_interest.at_ms[known], open_interest.quantity[known]
    if not stamps.size:
        return np.full(at_ms.size, np.nan)
    row = np.searchsorted(stamps, at_ms + _LATE_MS, side="right") - 1
    fresh = (row >= 0) & (stamps[np.maximum(row, 0)] > at_ms - within_ms)
    return np.where(fresh, quantity[np.maximum(row, 0)], np.nan)


def _carried(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Replace each unknown by the last known before it."""
    row = np.maximum.accumulate(np.where(np.isnan(values), 0, np.arange(values.size)))
    return values[row]
