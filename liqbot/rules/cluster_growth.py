"""A cluster grows fast."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Interval

from liqbot.heatmap.clusters import Cluster
from liqbot.market.units import ms_of
from liqbot.rules._finding import MORE, MOST, finding, is_over, worth
from liqbot.rules.rule import STRUCTURE, Blind, Criterion, Fact, Finding, Rule, Scene, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How fast."""

    min_growth: Annotated[
        float, Gt(0), "Growth over the least that it held, as a fraction of that."
    ] = 0.5
    within: Annotated[
        timedelta,
        Interval(ge=timedelta(minutes=15), le=timedelta(hours=24)),
        "How far back that least is looked for.",
    ] = timedelta(hours=1)
    min_share: Annotated[
        float, Ge(0), "What the cluster is expected to fire, of a usual day's liquidations."
    ] = 0.15


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Compare each cluster with the least that its track, or its place before, held."""
    if scene.blind:
        return scene.blind
    return [found for each in scene.clusters for found in _growth(scene, settings, each)]


def _growth(scene: Scene, settings: Settings, cluster: Cluster) -> Iterator[Finding]:
    least = _least(scene, settings, cluster)
    growth = min(cluster.usd / least - 1, MOST) if least > 0 else MOST
    told = Fact("growth", growth, Unit.FRACTION)
    criteria = [
        Criterion("min_growth", told, settings.min_growth, MORE),
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
            Fact("held at least", least, Unit.USD),
            Fact("within", settings.within.total_seconds(), Unit.SECONDS),
        ],
        cluster=cluster,
    )


def _least(scene: Scene, settings: Settings, cluster: Cluster) -> float:
    """Return the least of the time looked at; what was not tracked then counts by its bins."""
    history = scene.history
    since_ms = ms_of(history.at - settings.within)
    track, heatmap = scene.tracks[cluster.id], history.heatmap
    least = min(track.held_since(since_ms))
    if track.born_ms <= since_ms:
        return least
    closed_ms = heatmap.opened_ms + heatmap.interval_ms
    bar = int(np.searchsorted(closed_ms, since_ms, side="right")) - 1
    first = max(track.band.span.first - heatmap.grid.first, 0)
    stop = max(track.band.stop - heatmap.grid.first, 0)
    before = heatmap.usd[cluster.side.index, max(bar, 0), first:stop].sum()
    return min(least, float(before))


RULE = Rule(
    name="cluster_growth",
    summary="Say when a cluster grows fast",
    settings=Settings,
    evaluate=evaluate,
    patience=STRUCTURE,
    chart="heatmap",
)
