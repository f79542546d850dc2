"""Price comes near a cluster."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Interval, Len

from liqbot.heatmap.clusters import Cluster
from liqbot.market.units import Side
from liqbot.rules._finding import LESS, finding, worth
from liqbot.rules.rule import (
    NEARNESS,
    Blind,
    Criterion,
    Fact,
    Finding,
    Rule,
    Scene,
    Severity,
    Unit,
)

_HEADLINES = {
    Side.LONG: "Price is near a cluster of longs below it",
    Side.SHORT: "Price is near a cluster of shorts above it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How near, and to what."""

    tiers: Annotated[
        tuple[Annotated[float, Interval(gt=0, lt=1)], ...],
        Len(1, 5),
        "Distances from the price to the cluster's edge, as fractions of the price, falling.",
    ] = (0.02, 0.01, 0.005)
    min_share: Annotated[
        float, Ge(0), "What the cluster is expected to fire, of a usual day's liquidations."
    ] = 0.15


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Find the clusters within each tier; a nearer tier is a case of higher rank."""
    if scene.blind:
        return scene.blind
    widest = max(settings.tiers) * LESS
    near = (each for each in scene.clusters if abs(each.distance) <= widest)
    return [found for each in near for found in _tiers(scene, settings, each)]


def _tiers(scene: Scene, settings: Settings, cluster: Cluster) -> Iterator[Finding]:
    distance = Fact("distance to its edge", abs(cluster.distance), Unit.FRACTION)
    heavy = worth(scene, cluster.expected_usd, settings.min_share)
    if heavy.left:
        return
    tiers = sorted(settings.tiers, reverse=True)
    for rank, tier in enumerate(tiers):
        nearest = len(tiers) > 1 and rank == len(tiers) - 1
        near = Criterion("tiers", distance, tier, LESS)
        if not near.left:
            yield finding(
                scene,
                f"{cluster.side} {tier:g}",
                _HEADLINES[cluster.side],
                [near, heavy],
                cluster=cluster,
                severity=Severity.NOTABLE if nearest else Severity.INFO,
                rank=rank,
            )


RULE = Rule(
    name="cluster_approach",
    summary="Say when price comes near a cluster",
    settings=Settings,
    evaluate=evaluate,
    patience=NEARNESS,
    chart="heatmap",
)
