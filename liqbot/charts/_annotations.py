"""Which clusters are named on a picture, and labels that keep clear of each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from liqbot.charts._canvas import Canvas
from liqbot.charts._geometry import Box
from liqbot.charts._themes import Theme
from liqbot.charts._window import PriceWindow
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.quality import is_transient
from liqbot.market.units import F8, Side

MOST = 3  # named clusters a side
GAP = 38.0  # px between labels, ≥ 36
ARROW = {Side.LONG: "▼", Side.SHORT: "▲"}


@dataclass(frozen=True, slots=True)
class Note:
    """A cluster to point out, and the height of its label."""

    cluster: Cluster
    y: float


def in_view(clusters: Sequence[Cluster], prices: PriceWindow) -> list[Cluster]:
    """Return up to three a side that reach into the window: the zones, then the heaviest."""
    chosen = []
    for side in (Side.SHORT, Side.LONG):
        seen = [
            c for c in clusters if c.side is side and c.low < prices.high and c.high > prices.low
        ]
        seen.sort(key=lambda c: (c.zone is None, -c.usd))
        chosen += sorted(seen[:MOST], key=lambda c: abs(c.distance))
    return chosen


def beyond(clusters: Sequence[Cluster], prices: PriceWindow) -> list[Cluster]:
    """Return at most one cluster past each edge: the nearest zone, else one that outweighs all.

    All are those of its side in view.
    """
    found = []
    for side in (Side.SHORT, Side.LONG):
        mine = [c for c in clusters if c.side is side]
        outside = [c for c in mine if c.low >= prices.high or c.high <= prices.low]
        inside = max((c.usd for c in mine if c not in outside), default=0.0)
        zone = min((c for c in outside if c.zone), key=lambda c: abs(c.distance), default=None)
        heaviest = max(outside, key=lambda c: c.usd, default=None)
        if zone:
            found.append(zone)
        elif heaviest and heaviest.usd > inside:
            found.append(heaviest)
    return found


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return heights as near as can be to the wanted ones, `gap` apart, within low … high.

    Least squares under an order: neighbours that are too near move together (pool adjacent
    violators). `wanted` rises; there has to be room for all.
    """
    pools: list[list[float]] = []
    for i, each in enumerate(wanted):
        pools.append([each - i * gap])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    flat = [float(np.mean(pool)) for pool in pools for _ in pool]
    top = high - (len(wanted) - 1) * gap
    return [min(max(each, low), top) + i * gap for i, each in enumerate(flat)]


def notes(
    clusters: Sequence[Cluster], prices: PriceWindow, mark: float, room: Box, gap: float = GAP
) -> list[Note]:
    """Place a label beside each cluster, above or below the price line as its side is."""
    line = prices.clamped(mark)
    placed = []
    for side, low, high in (
        (Side.SHORT, room.y0, line - gap / 2 - 4),
        (Side.LONG, line + gap / 2 + 4, room.y1),
    ):
        fit = max(int((high - low) // gap) + 1, 0) if high >= low else 0
        mine = sorted((c for c in clusters if c.side is side), key=lambda c: -c.peak)
        if len(mine) > fit:
            kept = sorted(mine, key=lambda c: (c.zone is None, -c.usd))[:fit]
            mine = [c for c in mine if c in kept]
        wanted = [(prices.clamped(c.low) + prices.clamped(c.high)) / 2 for c in mine]
        heights = spread(_rising(wanted), gap, low, high) if mine else []
        placed += [Note(c, y) for c, y in zip(mine, heights, strict=True)]
    return placed


def _rising(values: Sequence[float]) -> list[float]:
    running: F8 = np.maximum.accumulate(values)
    return [float(each) for each in running]


def draw_bracket(
    canvas: Canvas, theme: Theme, cluster: Cluster, prices: PriceWindow, x: float
) -> float:
    """Draw a bracket along a cluster's range, dashed if it is transient; return its middle.

    An end beyond the window is left open.
    """
    top, bottom = prices.clamped(cluster.high), prices.clamped(cluster.low)
    middle = (top + bottom) / 2
    top, bottom = min(top, middle - 6), max(bottom, middle + 6)
    points = [(x, top), (x, bottom)]
    if cluster.high <= prices.high:
        points.insert(0, (x - 7, top))
    if cluster.low >= prices.low:
        points.append((x - 7, bottom))
    dash = min((bottom - top) / 5, 10.0)
    dashes = (dash, dash * 0.7) if is_transient(cluster) else None
    canvas.line(points, theme.side(cluster.side), 4, dashes=dashes, halo=2)
    return middle
