"""Little rests between the price and a cluster."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt, Interval

from liqbot.heatmap.approach import Approach, approach_of
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.quality import fresh_books
from liqbot.rules._finding import LESS, finding, worth
from liqbot.rules.rule import NEARNESS, Blind, Criterion, Fact, Finding, Rule, Scene, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How little, and before what."""

    max_resting: Annotated[
        float, Gt(0), "Orders resting up to the cluster ÷ what it is expected to fire."
    ] = 0.2
    reach: Annotated[
        float, Interval(gt=0, lt=1), "How far from the price is looked, as a fraction of it."
    ] = 0.03
    min_share: Annotated[
        float, Ge(0), "What the cluster is expected to fire, of a usual day's liquidations."
    ] = 0.15


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Compare each cluster with the orders before it, on the venues whose books reach it."""
    if scene.blind:
        return scene.blind
    if not fresh_books(scene.history):
        return Blind("no order book is known, or all are out of date")
    return _thin(scene, settings)


def _thin(scene: Scene, settings: Settings) -> Iterator[Finding]:
    for cluster in scene.clusters:
        if abs(cluster.distance) > settings.reach * LESS:
            continue
        if (way := approach_of(scene.history, cluster)) is not None:
            yield _found(scene, settings, cluster, way)


def _found(scene: Scene, settings: Settings, cluster: Cluster, way: Approach) -> Finding:
    share = Fact("resting to expected", way.share, Unit.RATIO)
    distance = Fact("distance to its edge", abs(cluster.distance), Unit.FRACTION)
    return finding(
        scene,
        cluster.side,
        f"Few orders rest between the price and a cluster of {cluster.side}s",
        [
            Criterion("max_resting", share, settings.max_resting, LESS),
            Criterion("reach", distance, settings.reach, LESS),
            worth(scene, cluster.expected_usd, settings.min_share),
        ],
        [
            Fact("resting on the way", way.resting_usd, Unit.USD),
            Fact("expected on the same venues", way.expected_usd, Unit.USD),
        ],
        cluster=cluster,
    )


RULE = Rule(
    name="thin_book",
    summary="Say when little rests between the price and a cluster",
    settings=Settings,
    evaluate=evaluate,
    patience=NEARNESS,
    chart="heatmap",
)
