"""Modelled and realised liquidations over the same spans of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from liqbot.heatmap.bars import Bars
from liqbot.market.tape import LiquidationTotals, Tape
from liqbot.market.units import DAY_MS, F8, HOUR_MS, I8, floats, integers

# What share of forced orders a venue tells. Binance streams at most one a second and symbol:
# a floor that no constant corrects, so it is not corrected here but shows in `realisation`.
COMPLETENESS: Mapping[str, float] = MappingProxyType({})
WARM_MS = 5 * DAY_MS  # what stood before the first bar is guessed; most of it is gone by then
_WARM_SHARE = 0.25  # of a window too short for that


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Consecutive spans of time with what was liquidated in each."""

    from_ms: I8  # (span,) Unix ms, UTC
    to_ms: I8
    realised: F8  # (side, span) Usd

    def __len__(self) -> int:
        """Count the spans."""
        return int(self.from_ms.size)

    def where(self, mask: NDArray[np.bool_]) -> "Spans":
        """Return the spans that a mask (span,) picks."""
        return Spans(
            from_ms=integers(self.from_ms[mask]),
            to_ms=integers(self.to_ms[mask]),
            realised=floats(self.realised[:, mask]),
        )


def realised(tapes: Mapping[str, Tape], totals: LiquidationTotals | None) -> Spans:
    """Return realised dollars by hour: of the venues' tapes where there are any, else of totals.

    tapes by venue. Hours are whole hours UTC between the first and the last print; the ends,
    which may be cut, are left out.
    """
    known = {venue: tape for venue, tape in tapes.items() if len(tape)}
    if not known:
        if totals is None:
            return Spans(from_ms=integers([]), to_ms=integers([]), realised=floats([[], []]))
        return Spans(from_ms=totals.from_ms, to_ms=totals.to_ms, realised=totals.usd)
    first = min(int(tape.at_ms[0]) for tape in known.values())
    last = max(int(tape.at_ms[-1]) for tape in known.values())
    begin, end = -(-first // HOUR_MS), last // HOUR_MS
    edges = integers(np.arange(begin, max(begin, end) + 1) * HOUR_MS)
    sums = [tape.totals(edges) / COMPLETENESS.get(venue, 1.0) for venue, tape in known.items()]
    return Spans(from_ms=edges[:-1], to_ms=edges[1:], realised=floats(np.sum(sums, axis=0)))


def scored(spans: Spans, bars: Bars) -> Spans:
    """Return the spans that count: known, wholly inside the bars, warm, with most bars known."""
    length = bars.ended_ms - int(bars.opened_ms[0])
    warm_ms = int(bars.opened_ms[0]) + min(WARM_MS, int(length * _WARM_SHARE))
    inside = (spans.from_ms >= warm_ms) & (spans.to_ms <= bars.ended_ms)
    known = np.where(np.isnan(bars.close).all(axis=0), 0.0, 1.0)
    share = (
        summed(known, bars, spans) * bars.interval_ms / np.maximum(spans.to_ms - spans.from_ms, 1)
    )
    told = ~np.isnan(spans.realised).any(axis=0)
    return spans.where(told & inside & (share > 0.5))


def summed(values: NDArray[np.float64], bars: Bars, spans: Spans) -> NDArray[np.float64]:
    """Sum values (bar, …) over the bars that open within each span: (span, …)."""
    before = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
    first = np.searchsorted(bars.opened_ms, spans.from_ms)
    last = np.searchsorted(bars.opened_ms, spans.to_ms)
    sums: NDArray[np.float64] = before[last] - before[first]
    return sums


def halves(spans: Spans, fit_until_ms: int | None) -> NDArray[np.bool_]:
    """Return which spans the fit may see, (span,): those over by a moment, or the first half."""
    if fit_until_ms is None:
        return np.arange(len(spans)) < len(spans) // 2
    return spans.to_ms <= fit_until_ms
