"""A position of one's own is in danger: price comes near its end, or a cluster stands there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from annotated_types import Ge, Interval, Len

from liqbot.heatmap.exposure import BESIDE, beside, gap
from liqbot.market.holding import Holding
from liqbot.market.units import Price
from liqbot.rules._finding import LESS, finding, worth
from liqbot.rules.rule import (
    Blind,
    Criterion,
    Fact,
    Finding,
    Patience,
    Rule,
    Scene,
    Severity,
    Unit,
)

# Late is better than never here, so it is not dropped as the news of other people's levels is.
_PATIENCE = Patience(evaluations=2, keep=timedelta(minutes=15))
_ENDS = {"stop": "your stop", "liquidation": "your liquidation price"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How near to the end, and which clusters count."""

    tiers: Annotated[
        tuple[Annotated[float, Interval(gt=0, lt=1)], ...],
        Len(1, 5),
        "Distances from the price to a liquidation price, as fractions of the price, falling.",
    ] = (0.02, 0.01, 0.005)
    beside: Annotated[
        float,
        Interval(gt=0, le=0.05),
        "How near a cluster to a stop or a liquidation price, as a fraction of that.",
    ] = BESIDE
    min_share: Annotated[
        float, Ge(0), "What the cluster is expected to fire, of a usual day's liquidations."
    ] = 0.05


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Look at each position that is watched; what others hold has no part in it.

    How far price is from a liquidation price is told even where a venue is silent or the map is
    young: whoever holds something needs that most of all when little works.
    """
    if not scene.history.snapshot.mark > 0:
        return Blind("the price is unknown")
    return [found for each in scene.holdings for found in _of(scene, settings, each)]


def _of(scene: Scene, settings: Settings, holding: Holding) -> Iterator[Finding]:
    yield from (_owned(each, holding) for each in _near(scene, settings, holding))
    if not (scene.history.warm and scene.daily_usd > 0):
        return
    for name, price in (("stop", holding.stop), ("liquidation", holding.liquidation)):
        if price is not None and price > 0:
            for each in _beside(scene, settings, holding, name, price):
                yield _owned(each, holding)


def _near(scene: Scene, settings: Settings, holding: Holding) -> Iterator[Finding]:
    """Find the tiers within which price is of the liquidation price."""
    if not holding.liquidation > 0:
        return
    away = holding.ahead(scene.history.snapshot.mark, holding.liquidation)
    distance = Fact("distance to your liquidation price", away, Unit.FRACTION)
    for rank, tier in enumerate(sorted(settings.tiers, reverse=True)):
        near = Criterion("tiers", distance, tier, LESS)
        if not near.left:
            yield finding(
                scene,
                f"near {tier:g}",
                "Price is near your liquidation price"
                if away
                else "Price is at your liquidation price, or past it",
                [near],
                side=holding.side,
                severity=Severity.CRITICAL,  # so that none waits behind what was told last
                rank=rank,
            )


def _beside(
    scene: Scene, settings: Settings, holding: Holding, name: str, price: Price
) -> Iterator[Finding]:
    """Find a cluster that holds a price at which a position ends, or stands next to it."""
    reach = settings.beside * LESS
    met = beside(scene.clusters, holding.side, price, reach)
    if met is None:
        return
    away = gap(met, price)
    criteria = [
        Criterion(
            "beside", Fact(f"from {_ENDS[name]} to it", away, Unit.FRACTION), settings.beside, LESS
        ),
        worth(scene, met.expected_usd, settings.min_share),
    ]
    if any(each.left for each in criteria):
        return
    where = f"{_ENDS[name].capitalize()} is {'next to' if away else 'inside'} a cluster"
    yield finding(
        scene,
        name,
        f"{where} of {holding.side}s",
        criteria,
        [Fact("expected", met.expected_usd, Unit.USD)],
        cluster=met,
        tracked=False,
        rank=0 if away else 1,
    )


def _owned(found: Finding, holding: Holding) -> Finding:
    """Return a finding of a position, with its prices."""
    prices = [("entry", holding.entry), ("liquidation price", holding.liquidation)]
    prices += [("stop", holding.stop)] if holding.stop is not None else []
    facts = [Fact(name, price, Unit.PRICE) for name, price in prices if price > 0]
    return replace(found, facts=(*facts, *found.facts), holding=holding)


RULE = Rule(
    name="own_position",
    summary="Say when price or a cluster comes to the end of your position",
    settings=Settings,
    evaluate=evaluate,
    patience=_PATIENCE,
    chart="heatmap",
    private=True,
)
