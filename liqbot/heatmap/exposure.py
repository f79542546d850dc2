"""What a position is exposed to: the clusters on the way to the prices at which it ends.

Longs are closed by falling prices, and so are those of others: what stands between mark and a
long's stop are clusters of longs, which drive price on as they fire. So a position meets clusters
of its own side alone.
"""

from collections.abc import Iterable
from math import inf

from liqbot.heatmap.clusters import Cluster, within
from liqbot.heatmap.history import History
from liqbot.heatmap.quality import is_weekend
from liqbot.market.units import Price, Side, Usd

BESIDE = 0.005  # of the price: so near, a cluster takes it along
_BUFFER = 0.006  # of a cluster's edge, that a stop outside keeps: not beside it, however rounded …
_WEEKEND = 0.005  # … and so much more at a weekend
_ROOM = 0.002  # of a price, that is left between a stop and liquidation, and the price now


def gap(cluster: Cluster, price: float) -> float:
    """Return how far a price is from a cluster's nearest edge, a fraction of it; 0 within."""
    if not price > 0:
        return inf
    return max(cluster.low / price - 1, 1 - cluster.high / price, 0.0)


def beside(
    clusters: Iterable[Cluster], side: Side, price: float, reach: float = BESIDE
) -> Cluster | None:
    """Return the cluster of a side that holds a price, else the nearest within reach of it."""
    near = [each for each in clusters if each.side is side and gap(each, price) <= reach]
    return min(near, key=lambda each: (gap(each, price), -each.expected_usd), default=None)


def on_the_way(
    clusters: Iterable[Cluster], side: Side, mark: float, price: float
) -> tuple[Cluster, ...]:
    """Return the clusters of a side that begin between mark and a price, nearest first."""
    sign = side.sign
    met = [each for each in clusters if each.side is side and sign * (_near(each) - price) >= 0]
    return tuple(sorted(met, key=lambda each: abs(_near(each) / mark - 1)))


def fired_usd(history: History, side: Side, price: float) -> Usd:
    """Return what a side is expected to fire from mark to a price that lies against it, Usd."""
    mark = history.snapshot.mark
    reach = side.sign * (1 - price / mark)
    if not reach > 0:
        return Usd(0.0)
    return Usd(within(history.snapshot, side, reach) * history.model.realisation[side.index])


def buffer(history: History) -> float:
    """Return how far outside a cluster a stop is kept, a fraction; wider at a weekend."""
    return _BUFFER + (_WEEKEND if is_weekend(history) else 0.0)


def outside(
    history: History, side: Side, price: float, limit: float, *, beyond: bool = True
) -> Price | None:
    """Return the nearest price that keeps outside all clusters, for a stop that stands at one.

    On the far side of them where `beyond`, with room left before `limit`, the liquidation price;
    else on the near side, before mark. None where there is none.
    """
    mark, room = history.snapshot.mark, buffer(history)
    falls = (side is Side.LONG) is beyond
    found, left = price, list(history.clusters)
    while (met := beside(left, side, found)) is not None:
        left.remove(met)
        edge = met.low * (1 - room) if falls else met.high * (1 + room)
        found = min(found, edge) if falls else max(found, edge)
    return Price(found) if _fits(side, found, mark, limit) else None


def _fits(side: Side, price: float, mark: float, limit: float) -> bool:
    """Tell whether a stop stands between mark and limit, with room to spare on both sides."""
    room = _ROOM * price
    return side.sign * (mark - price) > room and side.sign * (price - limit) > room


def _near(cluster: Cluster) -> float:
    """Return the edge that price comes to first."""
    return cluster.high if cluster.side is Side.LONG else cluster.low
