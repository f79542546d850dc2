"""Clusters of one side are near the price in several markets at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from annotated_types import Ge, Interval

from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.quality import supporters
from liqbot.market.units import Side
from liqbot.rules._finding import LESS, finding, worth
from liqbot.rules.rule import NEARNESS, Blind, Criterion, Fact, Finding, Rule, Scene, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How many, and how near."""

    min_markets: Annotated[int, Ge(2), "In how many of the watched markets."] = 3
    reach: Annotated[
        float,
        Interval(gt=0, lt=1),
        "How near the last of these is to its cluster's edge, as a fraction of its price.",
    ] = 0.03
    min_share: Annotated[
        float, Ge(0), "What each cluster is expected to fire, of its market's usual day."
    ] = 0.15


@dataclass(frozen=True, slots=True)
class _Near:
    scene: Scene
    cluster: Cluster
    share: Criterion


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Find the nearest cluster of each side in each market; the last needed one decides.

    So the distance has an edge to fall back from, as a count of markets would not.
    """
    scenes = sorted((scene, *scene.others), key=lambda each: each.history.base)
    seen = [each for each in scenes if not each.blind]
    if len(seen) < settings.min_markets:
        return Blind(f"{len(seen)} markets can be seen, and {settings.min_markets} are needed")
    return [found for side in Side for found in _on(side, seen, settings)]


def _on(side: Side, scenes: Sequence[Scene], settings: Settings) -> Iterator[Finding]:
    nearest = [near for each in scenes if (near := _nearest(side, each, settings))]
    nearest.sort(key=lambda each: (abs(each.cluster.distance), each.scene.history.base))
    if len(nearest) < settings.min_markets:
        return
    last = nearest[settings.min_markets - 1]
    if abs(last.cluster.distance) > settings.reach * LESS:
        return
    within = [n for n in nearest if abs(n.cluster.distance) <= settings.reach * LESS]
    told = Fact("distance of the last", abs(last.cluster.distance), Unit.FRACTION)
    shares = (each.share for each in nearest[: settings.min_markets])
    found = finding(
        last.scene,
        side.value,
        f"Clusters of {side}s are near the price in several markets",
        [
            Criterion("reach", told, settings.reach, LESS),
            min(shares, key=lambda each: each.fact.value),
        ],
        [
            Fact("markets", len(within), Unit.COUNT),
            *(
                Fact(f"{n.scene.history.base}, distance", n.cluster.distance, Unit.FRACTION)
                for n in within
            ),
        ],
        side=side,
    )
    yield replace(
        found,
        markets=tuple(sorted(each.scene.history.base for each in within)),
        grade=max(each.scene.grade(each.cluster) for each in within),
        venues=min(len(supporters(each.cluster)) for each in within),
    )


def _nearest(side: Side, scene: Scene, settings: Settings) -> _Near | None:
    """Return the nearest of a side's clusters that are heavy enough, or nearly so."""
    for cluster in scene.clusters:
        if cluster.side is side:
            share = worth(scene, cluster.expected_usd, settings.min_share)
            if not share.left:
                return _Near(scene, cluster, share)
    return None


RULE = Rule(
    name="correlated_risk",
    summary="Say when clusters are near the price in several markets at once",
    settings=Settings,
    evaluate=evaluate,
    patience=NEARNESS,
    chart="heatmap",
    across=True,
)
