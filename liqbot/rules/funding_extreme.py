"""Funding is as high or low as it rarely is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval

from liqbot.market.units import Side
from liqbot.rules._finding import finding
from liqbot.rules.rule import STRUCTURE, Blind, Criterion, Fact, Finding, Rule, Scene, Unit

_SLACK = 0.95  # from the 95th percentile back to the 90th


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How rarely."""

    percentile: Annotated[
        float,
        Interval(gt=0.5, le=1),
        "Place of the rate among those of 30 days, 1 = the most extreme; of low rates from below.",
    ] = 0.95


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Compare the newest rate with those of the last 30 days; equal ones count half."""
    rate, rank = scene.confluence.funding, scene.confluence.funding_rank
    if rate is None:
        return Blind("the funding rate is unknown or out of date")
    if rank is None:
        return Blind("too few funding rates are known to tell which is extreme")
    high = rank >= 0.5
    side = Side.LONG if rate > 0 else Side.SHORT
    pays = "nobody pays" if rate == 0 else f"{side}s pay"
    place = Fact("place among 30 days", rank if high else 1 - rank, Unit.FRACTION)
    case = "high" if high else "low"
    return [
        finding(
            scene,
            case,
            f"Funding is unusually {case}; {pays}",
            [Criterion("percentile", place, settings.percentile, _SLACK)],
            [Fact("rate", rate, Unit.FRACTION)],
            side=side if high is (rate > 0) else None,
        )
    ]


RULE = Rule(
    name="funding_extreme",
    summary="Say when funding is as high or low as it rarely is",
    settings=Settings,
    evaluate=evaluate,
    patience=STRUCTURE,
    chart="heatmap",
)
