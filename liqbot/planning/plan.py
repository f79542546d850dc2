"""A plan: at which prices there is something to look for, and what would end each idea.

Distances are those of the product's rules: one comes in 0.5 to 0.3 % ahead of a cluster's edge;
the idea of a move there ends beyond the near zone on the other side, the idea of a turn there
beyond the zone itself. Neither price lies in a zone or within 0.5 % of one, and at weekends both
are half a percent farther away. Lighter clusters are not minded: real maps are full of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from liqbot.alerting.outcome import reach_of
from liqbot.alerting.score import Row
from liqbot.heatmap.approach import Approach, approach_of
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.exposure import BESIDE, buffer
from liqbot.heatmap.quality import is_weekend
from liqbot.market.units import Price, Side
from liqbot.planning.past import Past, past_of
from liqbot.planning.structure import Structure, structure_of
from liqbot.planning.weighing import Weighing, weigh
from liqbot.rules.rule import Scene

ALERTS = (0.01, 0.005)  # ahead of the edge, fractions of the price then
LEADER = "BTC"  # the market that others are held against
AHEAD = (0.005, 0.003)  # of the edge, where one would come in; fractions of the edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One of zones A, B and C, and what to look for there."""

    cluster: Cluster
    grade: str  # the worse of the cluster's and the map's, one worse near a release
    ahead: float  # of its edge, where one is told: 1 %, 0.5 % or, nearer than these, 0
    alert: Price  # the price then
    entry: tuple[Price, Price]  # the farther and the nearer end of where one would come in
    invalidation: Price | None  # a close beyond ends the idea of a move there; None: nothing would
    behind: Price  # a close beyond ends the idea of a turn there
    approach: Approach | None  # None = unknown
    weighing: Weighing
    past: Past | None  # None = no case yet

    @property
    def far(self) -> Price:
        """The edge that price comes to last."""
        return self.cluster.low if self.cluster.side is Side.LONG else self.cluster.high

    @property
    def near(self) -> Price:
        """The edge that price comes to first."""
        return self.cluster.high if self.cluster.side is Side.LONG else self.cluster.low

    @property
    def is_here(self) -> bool:
        """Whether price is in it now."""
        return self.cluster.distance == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What one side of the market would have to show; None = there is no such cluster."""

    through: Zone | None  # that price would have to close beyond
    then: Cluster | None  # the next one after it
    turn: Zone | None  # on the other side, that price would have to come back from


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What there is to look for in one market."""

    scene: Scene
    structure: Structure
    zones: tuple[Zone, ...]  # the highest price first
    bull: Scenario
    bear: Scenario
    weekend: bool
    leader: float | None  # what LEADER's price did over 24 h, fraction; None = unknown, or its own

    def named(self, name: str, side: Side | None = None) -> Zone | None:
        """Return a zone by its letter, and of the two C by their side."""
        there = (each for each in self.zones if each.cluster.zone == name)
        return next((each for each in there if side in {None, each.cluster.side}), None)


def plan_of(scene: Scene, rows: Iterable[Row], leader: float | None = None) -> Plan:
    """Make a plan of a scene that sees; `rows` tell what came of alerts, by `past.AXES`.

    `leader` is what the leading market did over a day, to hold this one against.
    """
    clusters, structure, told = scene.history.clusters, structure_of(scene.history), tuple(rows)
    zones = [_zone(scene, each, structure, told) for each in clusters if each.zone]
    near = {each.cluster.side: each for each in zones if each.cluster.zone in {"A", "B"}}
    return Plan(
        scene=scene,
        structure=structure,
        zones=tuple(sorted(zones, key=lambda each: -each.cluster.peak)),
        bull=_scenario(clusters, near.get(Side.SHORT), near.get(Side.LONG)),
        bear=_scenario(clusters, near.get(Side.LONG), near.get(Side.SHORT)),
        weekend=is_weekend(scene.history),
        leader=leader,
    )


def _zone(scene: Scene, cluster: Cluster, structure: Structure, rows: tuple[Row, ...]) -> Zone:
    history, way = scene.history, -cluster.side.sign  # +1 = up
    is_long = cluster.side is Side.LONG
    near, far = (cluster.high, cluster.low) if is_long else (cluster.low, cluster.high)
    away = abs(cluster.distance)
    ahead = next((each for each in ALERTS if each < away), 0.0)
    zones, room = [each for each in history.clusters if each.zone], buffer(history)
    opposing = _nearest(zones, cluster.side)
    first, last = (Price(near * (1 - way * each)) for each in AHEAD)
    return Zone(
        cluster=cluster,
        grade=scene.grade(cluster),
        ahead=ahead,
        alert=Price(near / (1 + way * ahead)),
        entry=(first, last),
        invalidation=(None if opposing is None else _clear(zones, opposing, -way, room)),
        behind=_clear(zones, far, way, room),
        approach=approach_of(history, cluster),
        weighing=weigh(scene, cluster, structure),
        past=past_of(rows, history.base, cluster.side, reach_of(away)),
    )


def _nearest(zones: Iterable[Cluster], side: Side) -> Price | None:
    """Return the far edge of the near zone on the other side, if there is one."""
    near = (each for each in zones if each.side is not side and each.zone in {"A", "B"})
    return next((each.low if each.side is Side.LONG else each.high for each in near), None)


def _clear(zones: Sequence[Cluster], edge: Price, way: int, room: float) -> Price:
    """Return the first price beyond an edge that no zone holds or is beside."""
    price = edge * (1 + way * room)
    while beside := [
        each for each in zones if each.low * (1 - BESIDE) <= price <= each.high * (1 + BESIDE)
    ]:
        edges = [each.high if way > 0 else each.low for each in beside]
        price = way * max(way * each for each in edges) * (1 + way * room)
    return Price(price)


def _scenario(clusters: tuple[Cluster, ...], through: Zone | None, turn: Zone | None) -> Scenario:
    """Return what follows where a zone gives way; clusters of a side come nearest first."""
    then = None
    if through is not None:
        same = [each for each in clusters if each.side is through.cluster.side]
        beyond = same[same.index(through.cluster) + 1 :]
        then = next((each for each in beyond if each.zone), None) or next(iter(beyond), None)
    return Scenario(through=through, then=then, turn=turn)
