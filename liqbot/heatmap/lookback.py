"""What is known of clusters from the past: their tracks over the columns of a map.

The look-back takes the last column of each quarter of an hour and begins with a UTC day. So ids
follow from the data and, for what stood already on that morning, from the day; not from the
moment at which a program was started. Only what was born since the last quarter is named by the
moment at which it was looked at.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from liqbot.heatmap.heatmap import Heatmap, Snapshot
from liqbot.heatmap.tracks import USUAL, Event, Moment, Params, Tracking, follow
from liqbot.market.series import Candles
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, Price

_QUARTER_MS = 15 * MINUTE_MS


def tracked(
    heatmap: Heatmap,
    candles: Candles,
    snapshot: Snapshot,
    *,
    hours: int = 24,
    params: Params = USUAL,
) -> Tracking:
    """Follow clusters from the UTC day that it was `hours` before a snapshot, up to it.

    `candles` are those of the leading venue. What stood in the beginning was not born there, so
    it comes without an event.
    """
    moments = moments_of(heatmap, candles, snapshot, hours)
    tracking = follow((), next(moments), params)
    events: list[Event] = []
    for moment in moments:
        tracking = follow(tracking.tracks, moment, params)
        events += tracking.events
    return replace(tracking, events=tuple(events))


def moments_of(
    heatmap: Heatmap, candles: Candles, snapshot: Snapshot, hours: int
) -> Iterator[Moment]:
    """Yield the last column of each quarter of an hour that is over, then the snapshot."""
    since_ms = (snapshot.at_ms - hours * HOUR_MS) // DAY_MS * DAY_MS
    closed = heatmap.opened_ms + heatmap.interval_ms
    quarter = -(-closed // _QUARTER_MS)
    last = np.append(quarter[1:] > quarter[:-1], quarter[-1:] * _QUARTER_MS <= snapshot.at_ms)
    wanted = last & (closed >= since_ms) & (closed < snapshot.at_ms)
    candles = candles.until(snapshot.at_ms)
    known = ~np.isnan(candles.close)
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
    yield Moment(
        at_ms=snapshot.at_ms,
        grid=snapshot.grid,
        usd=snapshot.total,
        mark=snapshot.mark,
        low=Price(float(low[before:].min(initial=snapshot.mark))),
        high=Price(float(high[before:].max(initial=snapshot.mark))),
    )
