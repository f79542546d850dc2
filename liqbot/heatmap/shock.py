"""What several markets have near their prices, and what one shock to all of them would fire."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from liqbot.errors import OutOfRange
from liqbot.heatmap.cascade import Cascade, cascade_of
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History
from liqbot.market.units import Side, Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One market; what is of a side comes by Side.index."""

    history: History
    shock: float  # a fraction of each mark
    nearest: tuple[Cluster | None, Cluster | None]  # named, on each side
    pushed: tuple[Cascade, Cascade]  # down by the shock, firing longs; up, firing shorts

    def is_near(self, side: Side) -> bool:
        """Tell whether a named cluster of a side is within the shock."""
        cluster = self.nearest[side.index]
        return cluster is not None and abs(cluster.distance) <= self.shock


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What all markets together are expected to fire in one shock, Usd.

    The low and the high case are those of all markets at once: what makes one of them differ
    from what is expected makes the others, too.
    """

    low: Usd
    base: Usd
    high: Usd


def exposures_of(histories: Iterable[History], shock: float) -> tuple[Exposure, ...]:
    """Return what each market has near its price, that which fires most in either shock first.

    Raise OutOfRange for a shock that a map does not reach.
    """
    if not 0 < shock < 1:
        raise OutOfRange("A shock is more than 0% and less than 100%.")
    found = [_exposure(each, shock) for each in histories]
    return tuple(sorted(found, key=_weight, reverse=True))


def total_of(exposures: Sequence[Exposure], side: Side) -> Total:
    """Return what all fire when prices move against a side."""
    pushed = [each.pushed[side.index] for each in exposures]
    return Total(
        low=Usd(sum(each.low.fired_usd for each in pushed)),
        base=Usd(sum(each.base.fired_usd for each in pushed)),
        high=Usd(sum(each.high.fired_usd for each in pushed)),
    )


def _exposure(history: History, shock: float) -> Exposure:
    mark = history.snapshot.mark
    return Exposure(
        history=history,
        shock=shock,
        nearest=(_nearest(history, Side.LONG), _nearest(history, Side.SHORT)),
        pushed=(cascade_of(history, mark * (1 - shock)), cascade_of(history, mark * (1 + shock))),
    )


def _nearest(history: History, side: Side) -> Cluster | None:
    named = (each for each in history.clusters if each.zone and each.side is side)
    return min(named, key=lambda each: abs(each.distance), default=None)


def _weight(exposure: Exposure) -> float:
    return max(each.base.fired_usd for each in exposure.pushed)
