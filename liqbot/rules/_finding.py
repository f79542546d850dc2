"""Findings put together: what a rule says of itself, and what is said with every finding."""

from collections.abc import Iterable, Iterator, Sequence

from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.quality import supporters
from liqbot.market.units import Price, Side
from liqbot.rules.rule import Criterion, Fact, Finding, Scene, Severity, Unit

MORE, LESS = 0.8, 1.25  # slack of what has to be large, and of what has to be small
MOST = 100.0  # a ratio beyond is told as this


def finding(
    scene: Scene,
    case: str,
    headline: str,
    criteria: Sequence[Criterion],
    facts: Sequence[Fact] = (),
    *,
    side: Side | None = None,
    cluster: Cluster | None = None,
    span: tuple[float, float] | None = None,
    tracked: bool = True,
    severity: Severity = Severity.NOTABLE,
    rank: int = 0,
) -> Finding:
    """Return a finding of one market, with what is said with every finding.

    `span` are the prices that it is about, by default the cluster's. A finding that is not
    `tracked` is the same one whichever cluster it is about at the moment, and says of that one
    only who holds it.
    """
    low, high = span or ((cluster.low, cluster.high) if cluster else (None, None))
    return Finding(
        case=case,
        side=cluster.side if cluster else side,
        cluster=cluster.id if cluster and tracked else None,
        markets=(scene.history.base,),
        headline=headline,
        criteria=tuple(criteria),
        facts=(
            *facts,
            *(_of(cluster) if cluster and tracked else ()),
            *(_held_on(cluster) if cluster else ()),
            *scene.context,
        ),
        severity=severity,
        grade=scene.grade(cluster),
        venues=len(supporters(cluster)) if cluster else len(scene.history.venues),
        low=None if low is None else Price(low),
        high=None if high is None else Price(high),
        rank=rank,
    )


def is_over(criteria: Iterable[Criterion]) -> bool:
    """Tell whether there is nothing to find: it has left a line, if it was ever over it."""
    return any(each.left for each in criteria)


def worth(scene: Scene, expected_usd: float, min_share: float) -> Criterion:
    """Return how much of a usual day's liquidations it is, against a rule's `min_share`."""
    told = scene.norms.daily_usd > 0
    label = f"of a usual day{'' if told else ', as modelled'}"
    share = Fact(label, min(scene.share(expected_usd), MOST), Unit.RATIO)
    return Criterion("min_share", share, min_share, MORE)


def _of(cluster: Cluster) -> Iterator[Fact]:
    yield Fact("modelled", cluster.usd, Unit.USD)
    yield Fact("expected", cluster.expected_usd, Unit.USD)
    yield Fact("distance", cluster.distance, Unit.FRACTION)
    yield Fact("persistence", cluster.persistence, Unit.FRACTION)


def _held_on(cluster: Cluster) -> Iterator[Fact]:
    total = sum(cluster.venues.values())
    for venue in sorted(supporters(cluster), key=lambda each: -cluster.venues[each]):
        yield Fact(f"share on {venue}", cluster.venues[venue] / total, Unit.FRACTION)
