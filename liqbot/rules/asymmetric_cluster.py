"""One side near the price outweighs the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt, Interval

from liqbot.heatmap.clusters import Cluster, asymmetry_of
from liqbot.market.units import Side
from liqbot.rules._finding import MOST, finding, worth
from liqbot.rules.rule import STRUCTURE, Blind, Criterion, Fact, Finding, Rule, Scene, Unit

_SLACK = 0.85  # from 2 : 1 back to 1.7 : 1
_HEADLINES = {
    Side.LONG: "Longs below the price outweigh shorts above it",
    Side.SHORT: "Shorts above the price outweigh longs below it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """When one side is much the heavier."""

    min_ratio: Annotated[float, Gt(1), "The heavier side ÷ the lighter one."] = 2.0
    min_share: Annotated[
        float, Ge(0), "What the heavier side is expected to fire, of a usual day's liquidations."
    ] = 0.15
    reach: Annotated[
        float, Interval(gt=0, lt=1), "How far from the price is looked, as a fraction of it."
    ] = 0.05


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Weigh the sides; the heavier one is the case."""
    if scene.blind:
        return scene.blind
    history = scene.history
    both = history.asymmetry
    if both.reach != settings.reach:
        both = asymmetry_of(history.snapshot, settings.reach)
    side = both.heavier
    heavier = max(both.long_usd, both.short_usd)
    ratio = Fact("heavier to lighter side", min(both.ratio, MOST), Unit.RATIO)
    expected = heavier * history.model.realisation[side.index]
    mark = history.snapshot.mark
    edges = sorted((mark, mark * (1 - side.sign * settings.reach)))
    return [
        finding(
            scene,
            side.value,
            _HEADLINES[side],
            [
                Criterion("min_ratio", ratio, settings.min_ratio, _SLACK),
                worth(scene, expected, settings.min_share),
            ],
            [
                Fact("expected", expected, Unit.USD),
                Fact("longs below, modelled", both.long_usd, Unit.USD),
                Fact("shorts above, modelled", both.short_usd, Unit.USD),
                Fact("within", settings.reach, Unit.FRACTION),
            ],
            side=side,
            cluster=_heaviest(scene, side, settings.reach),
            span=(edges[0], edges[1]),
            tracked=False,
        )
    ]


def _heaviest(scene: Scene, side: Side, reach: float) -> Cluster | None:
    near = [c for c in scene.clusters if c.side is side and abs(c.distance) <= reach]
    return max(near, key=lambda each: each.usd, default=None)


RULE = Rule(
    name="asymmetric_cluster",
    summary="Say when one side near the price outweighs the other",
    settings=Settings,
    evaluate=evaluate,
    patience=STRUCTURE,
    chart="delta",
)
