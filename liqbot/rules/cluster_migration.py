"""A cluster is no longer where it was first noted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Interval

from liqbot.heatmap.clusters import Cluster
from liqbot.rules._finding import LESS, MORE, finding, is_over, worth
from liqbot.rules.rule import STRUCTURE, Blind, Criterion, Fact, Finding, Rule, Scene, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How far."""

    min_move: Annotated[
        float,
        Interval(gt=0, lt=1),
        "How far its middle is from where it was first noted, as a fraction of that price.",
    ] = 0.01
    reach: Annotated[
        float,
        Interval(gt=0, lt=1),
        "How near the price its edge has to be, as a fraction of the price.",
    ] = 0.05
    min_share: Annotated[
        float, Ge(0), "What the cluster is expected to fire, of a usual day's liquidations."
    ] = 0.15


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Compare where each cluster is with where it was first noted."""
    if scene.blind:
        return scene.blind
    return [found for each in scene.clusters for found in _move(scene, settings, each)]


def _move(scene: Scene, settings: Settings, cluster: Cluster) -> Iterator[Finding]:
    track = scene.tracks[cluster.id]
    first, now, mark = track.first_centre, track.band.centre, scene.history.snapshot.mark
    nearer = abs(now - mark) < abs(first - mark)
    moved = Fact("moved", abs(now / first - 1), Unit.FRACTION)
    distance = Fact("distance to its edge", abs(cluster.distance), Unit.FRACTION)
    criteria = [
        Criterion("min_move", moved, settings.min_move, MORE),
        worth(scene, cluster.expected_usd, settings.min_share),
        Criterion("reach", distance, settings.reach, LESS),
    ]
    if is_over(criteria):
        return
    yield finding(
        scene,
        cluster.side,
        f"A cluster of {cluster.side}s moved {'towards' if nearer else 'away from'} the price",
        criteria,
        [Fact("first noted at", first, Unit.PRICE), Fact("now at", now, Unit.PRICE)],
        cluster=cluster,
    )


RULE = Rule(
    name="cluster_migration",
    summary="Say when a cluster has moved from where it was first noted",
    settings=Settings,
    evaluate=evaluate,
    patience=STRUCTURE,
    chart="heatmap",
)
