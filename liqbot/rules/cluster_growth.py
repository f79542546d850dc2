"""A cluster grows fast."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Ge, Gt, Interval

from liqbot.heatmap.clusters import Cluster
from liqbot.market.units import ms_of
from liqbot.rules._columns import held
from liqbot.rules._finding import MORE, MOST, finding, is_over, worth
from liqbot.rules.rule import STRUCTURE, Blind, Criterion, Fact, Finding, Rule, Scene, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How fast."""

    min_growth: Annotated[
        float, Gt(0), "Growth over what stood in its place, as a fraction of that."
    ] = 0.5
    within: Annotated[
        timedelta,
        Interval(ge=timedelta(minutes=15), le=timedelta(hours=24)),
        "How long ago that was.",
    ] = timedelta(hours=1)
    min_share: Annotated[
        float, Ge(0), "What the cluster is expected to fire, of a usual day's liquidations."
    ] = 0.15


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Compare what each cluster holds with what stood in the same place before."""
    if scene.blind:
        return scene.blind
    return [found for each in scene.clusters for found in _growth(scene, settings, each)]


def _growth(scene: Scene, settings: Settings, cluster: Cluster) -> Iterator[Finding]:
    heatmap, then_ms = scene.history.heatmap, ms_of(scene.history.at - settings.within)
    since_ms = then_ms - heatmap.interval_ms
    then = held(
        heatmap, cluster.side, cluster.low, cluster.high, since_ms=since_ms, until_ms=then_ms
    )
    if not then.size:
        return
    before = float(then[-1])
    growth = min(cluster.usd / before - 1, MOST) if before > 0 else MOST
    criteria = [
        Criterion("min_growth", Fact("growth", growth, Unit.FRACTION), settings.min_growth, MORE),
        worth(scene, cluster.expected_usd, settings.min_share),
    ]
    if is_over(criteria):
        return
    yield finding(
        scene,
        cluster.side,
        f"A cluster of {cluster.side}s grows fast",
        criteria,
        [
            Fact("held before", before, Unit.USD),
            Fact("within", settings.within.total_seconds(), Unit.SECONDS),
        ],
        cluster=cluster,
    )


RULE = Rule(
    name="cluster_growth",
    summary="Say when a cluster grows fast",
    settings=Settings,
    evaluate=evaluate,
    patience=STRUCTURE,
    chart="heatmap",
)
