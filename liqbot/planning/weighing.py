"""What speaks for a cluster and what against it, each part seen.

Every part is +1 (it makes the cluster matter more, or be reached more easily), −1 (less) or 0
(neither), or unknown; the score is their sum and no probability. Which way a part points is the
rule of thumb that people use, not something measured here: `past` is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from liqbot.heatmap.approach import approach_of
from liqbot.heatmap.clusters import Cluster
from liqbot.market.units import Side
from liqbot.planning.structure import Structure
from liqbot.rules.rule import Fact, Scene, Unit

Lean = Literal["continuation", "rejection"]

_INTEREST = 0.03  # change of open interest over a day
_CROWDED = 0.8  # place of a funding rate among those of 30 days
_FLOW = 0.1  # of an hour's volume
_THIN, _THICK = 0.2, 1.0  # resting ÷ expected
_TREND = 0.01  # change of price over a day
_QUIET, _BUSY = 0.7, 1.5  # of the usual hour's volume
_ALIGNED = 0.005  # between a level on the chart and the cluster, fraction of price
_PUSHING = ("taker flow, 1 h", "trend, 24 h", "volume, 1 h to usual")  # what carries price on


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was looked at."""

    name: str
    vote: int | None  # −1, 0, +1; None = unknown
    fact: Fact | None  # the number behind it


@dataclass(frozen=True, slots=True)
class Weighing:
    """All of them."""

    parts: tuple[Part, ...]

    @property
    def score(self) -> int:
        """For less against."""
        return sum(each.vote or 0 for each in self.parts)

    @property
    def known(self) -> int:
        """How many parts could be looked at."""
        return sum(each.vote is not None for each in self.parts)

    @property
    def lean(self) -> Lean | None:
        """Whether flow, trend and volume go with the move there or against it; None = neither."""
        push = sum(each.vote or 0 for each in self.parts if each.name in _PUSHING)
        return "continuation" if push >= 2 else "rejection" if push <= -2 else None


def weigh(scene: Scene, cluster: Cluster, structure: Structure) -> Weighing:
    """Look at all that may speak for a cluster or against it."""
    return Weighing(tuple(_parts(scene, cluster, structure)))


def _parts(scene: Scene, cluster: Cluster, structure: Structure) -> Iterator[Part]:
    told, side = scene.confluence, cluster.side
    towards = -side.sign  # longs stand below the price, shorts above
    interest = _beyond(told.interest_day, _INTEREST)
    yield _part("open interest, 24 h", interest, told.interest_day, Unit.FRACTION)
    crowd = _crowding(told.funding, told.funding_rank)
    vote = None if crowd is None else crowd * side.sign
    yield _part("funding", vote, told.funding, Unit.FRACTION)
    flow = _beyond(told.taker_flow, _FLOW, towards)
    yield _part("taker flow, 1 h", flow, told.taker_flow, Unit.FRACTION)
    way = approach_of(scene.history, cluster)
    resting = None if way is None else way.share
    vote = None if resting is None else int(resting < _THIN) - int(resting >= _THICK)
    yield _part("book before it, to expected", vote, resting, Unit.RATIO)
    trend = _beyond(told.trend, _TREND, towards)
    yield _part("trend, 24 h", trend, told.trend, Unit.FRACTION)
    busy = told.volume
    vote = None if busy is None else int(busy >= _BUSY) - int(busy <= _QUIET)
    yield _part("volume, 1 h to usual", vote, busy, Unit.RATIO)
    yield _alignment(cluster, structure)
    yield _release(scene)


def _part(name: str, vote: int | None, value: float | None, unit: Unit) -> Part:
    return Part(name, vote, None if value is None else Fact(name, value, unit))


def _beyond(value: float | None, line: float, sign: int = 1) -> int | None:
    """Return +1 beyond a line, −1 beyond the same below zero; turned about by the sign."""
    if value is None:
        return None
    return sign * (int(value >= line) - int(value <= -line))


def _crowding(rate: float | None, rank: float | None) -> int | None:
    """Return +1 where longs crowd, −1 where shorts do: the usual rate is a little above 0."""
    if rate is None:
        return None
    if rate < 0:
        return -1
    return int(rate > 0 and rank is not None and rank >= _CROWDED)


def _alignment(cluster: Cluster, structure: Structure) -> Part:
    """Look whether a level on the chart lies in the cluster or beside it."""
    level = structure.support if cluster.side is Side.LONG else structure.resistance
    if level is None:
        return Part("level on the chart", None, None)
    low, high = cluster.low * (1 - _ALIGNED), cluster.high * (1 + _ALIGNED)
    return _part("level on the chart", int(low <= level <= high), level, Unit.PRICE)


def _release(scene: Scene) -> Part:
    """Look for a scheduled release, which makes every map say less."""
    if not scene.events:
        return Part("scheduled release", None, None)
    if scene.near is None:
        return Part("scheduled release", 0, None)
    away = (scene.near.at - scene.history.at).total_seconds()
    return _part("scheduled release", -1, away, Unit.SECONDS)
