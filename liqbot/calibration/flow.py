"""Modelled and realised liquidations over the same spans of time."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqbot.heatmap.bars import Bars
from liqbot.market.tape import LiquidationTotals, Tape
from liqbot.market.units import DAY_MS, F8, HOUR_MS, I8, floats, integers

PARTIAL = ("binance",)  # venues that stream at most one forced order a second and symbol
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


def realised(
    tapes: Mapping[str, Tape],
    totals: LiquidationTotals | None,
    bars: Bars,
    *,
    judged_by_ms: int | None = None,
) -> Spans:
    """Return realised dollars by hour: the tapes' where every venue of the map has one.

    tapes by venue. Else the totals, where there are any, else the tapes there are. Hours of
    tapes are whole hours UTC between the first and the last print; the ends, which may be cut,
    are left out. How complete a tape is, is judged by what was told by a moment (default: ever).
    """
    told = {venue: tape for venue, tape in tapes.items() if len(tape)}
    if totals is not None and not set(bars.venues) <= set(told):
        return Spans(from_ms=totals.from_ms, to_ms=totals.to_ms, realised=totals.usd)
    if not told:
        return Spans(from_ms=integers([]), to_ms=integers([]), realised=floats([[], []]))
    first = min(int(tape.at_ms[0]) for tape in told.values())
    last = max(int(tape.at_ms[-1]) for tape in told.values())
    begin, end = -(-first // HOUR_MS), last // HOUR_MS
    edges = integers(np.arange(begin, max(begin, end) + 1) * HOUR_MS)
    share = completeness(told, bars, last if judged_by_ms is None else judged_by_ms)
    sums = [tape.totals(edges) / share[venue] for venue, tape in told.items()]
    return Spans(from_ms=edges[:-1], to_ms=edges[1:], realised=floats(np.sum(sums, axis=0)))


def completeness(tapes: Mapping[str, Tape], bars: Bars, until_ms: int) -> dict[str, float]:
    """Return what share of its forced orders each venue's tape tells, 1 for complete ones.

    A partial tape is a floor. What the venue would have told had its open interest been
    liquidated at the rate of the complete venues is an estimate that ignores how users differ.
    The geometric middle of the two is taken; without a complete venue beside it, the floor.
    Venues are compared while all of them told, up to a moment.
    """
    since_ms = max(int(tape.at_ms[0]) for tape in tapes.values())
    until_ms = min(until_ms, *(int(tape.at_ms[-1]) for tape in tapes.values()))
    usd = {v: float(tape.since(since_ms).until(until_ms).usd.sum()) for v, tape in tapes.items()}
    known = ~np.isnan(bars.before) & (bars.opened_ms <= until_ms)
    mean = np.where(known, bars.before, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    size = {v: float(q) for v, q in zip(bars.venues, mean, strict=True) if q > 0 < usd.get(v, 0)}
    whole = [venue for venue in size if venue not in PARTIAL]
    share = dict.fromkeys(tapes, 1.0)
    if whole:
        usual = sum(usd[v] for v in whole) / sum(size[v] for v in whole)
        share |= {v: min((usd[v] / size[v] / usual) ** 0.5, 1.0) for v in size if v in PARTIAL}
    return share


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
