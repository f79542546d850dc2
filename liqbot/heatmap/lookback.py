"""What is known of clusters from the past: their tracks over the columns of a map.

The look-back takes the last column of each quarter of an hour and begins with a UTC day. So ids
follow from the data and, for what stood already on that morning, from the day; not from the
moment at which a program was started. Only what was born since the last quarter is named by the
moment at which it was looked at.

Who looks again hands on what was `settled` by the last quarter. Then a cluster keeps its id for as
long as it lives, whatever the day, and each quarter is followed once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from liqbot.heatmap.heatmap import Heatmap, Snapshot
from liqbot.heatmap.tracks import USUAL, Moment, Params, Tracking, follow
from liqbot.market.series import Candles
from liqbot.market.units import DAY_MS, F8, HOUR_MS, MINUTE_MS, Price

_QUARTER_MS = 15 * MINUTE_MS
_TOLD_MS = 2 * DAY_MS  # for how long events are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookback:
    """Clusters as they were followed."""

    now: Tracking  # up to the snapshot
    settled: Tracking  # up to the last quarter of an hour that was over by then
    settled_ms: int  # which that was, Unix ms


def tracked(
    heatmap: Heatmap,
    candles: Candles,
    snapshot: Snapshot,
    *,
    hours: int = 24,
    params: Params = USUAL,
    before: Lookback | None = None,
) -> Lookback:
    """Follow clusters up to a snapshot, from where a look before this one had settled.

    `candles` are those of the leading venue. Without a look before, on another lattice or after
    a silence longer than the candles reach, it begins with the UTC day that it was `hours` ago;
    what stood in the beginning was not born there, so it comes without an event.
    """
    if before is not None and _reaches(heatmap, candles, snapshot, before):
        moments = [*moments_of(heatmap, candles, snapshot, hours, before.settled_ms)]
        settled, settled_ms = before.settled, before.settled_ms
    else:
        first, *moments = moments_of(heatmap, candles, snapshot, hours)
        settled, settled_ms = replace(follow((), first, params), events=()), first.at_ms
    for quarter in moments[:-1]:
        settled, settled_ms = _stepped(settled, quarter, params), quarter.at_ms
    now = _stepped(settled, moments[-1], params) if moments else settled
    return Lookback(now=now, settled=settled, settled_ms=settled_ms)


def _reaches(heatmap: Heatmap, candles: Candles, snapshot: Snapshot, before: Lookback) -> bool:
    same = all(each.band.span.width == heatmap.grid.width for each in before.settled.tracks)
    first_ms = int(candles.opened_ms[0]) if len(candles) else snapshot.at_ms
    return same and first_ms <= before.settled_ms < snapshot.at_ms


def _stepped(before: Tracking, moment: Moment, params: Params) -> Tracking:
    step = follow(before.tracks, moment, params)
    kept = (each for each in before.events if each.at_ms > moment.at_ms - _TOLD_MS)
    return replace(step, events=(*kept, *step.events))


def moments_of(
    heatmap: Heatmap,
    candles: Candles,
    snapshot: Snapshot,
    hours: int,
    after_ms: int | None = None,
) -> Iterator[Moment]:
    """Yield the last column of each quarter of an hour that is over, then the snapshot.

    Since the UTC day that it was `hours` ago, or after a moment (Unix ms).
    """
    since_ms = (snapshot.at_ms - hours * HOUR_MS) // DAY_MS * DAY_MS
    if after_ms is not None:
        since_ms = after_ms + 1
        candles = candles.since(after_ms)
    closed = heatmap.opened_ms + heatmap.interval_ms
    quarter = -(-closed // _QUARTER_MS)
    last = np.append(quarter[1:] > quarter[:-1], quarter[-1:] * _QUARTER_MS <= snapshot.at_ms)
    wanted = last & (closed >= since_ms) & (closed < snapshot.at_ms)
    known = ~np.isnan((candles := candles.until(snapshot.at_ms)).close)
    close, low, high = candles.close[known], candles.low[known], candles.high[known]
    rows = np.searchsorted(candles.closed_ms[known], closed[wanted], side="right")
    before = 0
    for bar, row in zip(np.flatnonzero(wanted).tolist(), rows.tolist(), strict=True):
        if row == 0:
            continue
        mark = float(close[row - 1])
        yield Moment(
            at_ms=int(closed[bar]),
            grid=heatmap.grid,
            usd=heatmap.usd[:, bar],
            mark=Price(mark),
            low=Price(float(low[before:row].min(initial=mark))),
            high=Price(float(high[before:row].max(initial=mark))),
        )
        before = row
    yield _shown(snapshot, low[before:], high[before:])


def _shown(snapshot: Snapshot, low: F8, high: F8) -> Moment:
    return Moment(
        at_ms=snapshot.at_ms,
        grid=snapshot.grid,
        usd=snapshot.total,
        mark=snapshot.mark,
        low=Price(float(low.min(initial=snapshot.mark))),
        high=Price(float(high.max(initial=snapshot.mark))),
        bands=snapshot.bands,
    )
