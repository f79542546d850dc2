"""Maps of a few blocks, and clusters followed through a sequence of them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.tracks import Event, Kind, Moment, Params, Tracking, follow
from liqbot.market.units import F8, MINUTE_MS, Price, Side
from tests.builders import START_MS

BINS = 400
GRID = PriceGrid(11_200, 0.001, BINS)
AT = 200  # the bin of the mark, unless told otherwise
STEP_MS = 15 * MINUTE_MS


def a_column(*blocks: tuple[int, int, float]) -> F8:
    """Return blocks: first bin and one past the last, counted from the mark; Usd a bin."""
    usd = np.zeros((2, BINS))
    for first, stop, each in blocks:
        side = Side.LONG if first < 0 else Side.SHORT
        usd[side.index, AT + first : AT + stop] += each
    return usd


def a_moment(
    column: F8, at_ms: int = START_MS, *, mark: int = 0, low: int = 0, high: int = 0
) -> Moment:
    """Return a moment; prices are the middles of bins, counted from the usual mark."""
    prices = [Price(float(GRID.centres[AT + bins])) for bins in (mark, low, high)]
    return Moment(at_ms=at_ms, grid=GRID, usd=column, mark=prices[0], low=prices[1], high=prices[2])


def walked(
    columns: Iterable[F8 | Moment], *, step_ms: int = STEP_MS, params: Params | None = None
) -> Tracking:
    """Follow columns, equally far apart; return the last tracks and all events."""
    tracking = Tracking(tracks=(), events=(), ids={})
    events: list[Event] = []
    for i, column in enumerate(columns):
        moment = column if isinstance(column, Moment) else a_moment(column)
        moment = replace(moment, at_ms=START_MS + i * step_ms)
        tracking = follow(tracking.tracks, moment, params or Params())
        events += tracking.events
    return replace(tracking, events=tuple(events))


def swept(column: F8, low: int = 0, high: int = 0) -> F8:
    """Return what stands after price went from the mark down to and up to a bin."""
    left = column.copy()
    left[Side.LONG.index, AT + low :] = 0.0
    left[Side.SHORT.index, : AT + high + 1] = 0.0
    return left


def kinds(events: Sequence[Event]) -> list[Kind]:
    return [event.kind for event in events]
