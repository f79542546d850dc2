"""Funding is as high or low as it rarely is, or beyond a line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval

from liqbot.market.units import Side
from liqbot.rules._finding import MORE, finding
from liqbot.rules.rule import STRUCTURE, Blind, Criterion, Fact, Finding, Rule, Scene, Unit

_SLACK = 0.95  # from the 95th percentile back to the 90th
_STEEPEST = 0.2  # no rate beyond is believed


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How rarely, or how far from zero."""

    percentile: Annotated[
        float,
        Interval(gt=0.5, le=1),
        "Place of the rate among those of 30 days, 1 = the most extreme; of low rates from below.",
    ] = 0.95
    min_rate: Annotated[
        float,
        Interval(gt=0, le=_STEEPEST),
        "Rate per funding interval, above or below zero, that is told however usual; 0.2 = none.",
    ] = _STEEPEST


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Compare the newest rate with those of the last 30 days, and with zero."""
    rate, rank = scene.confluence.funding, scene.confluence.funding_rank
    if rate is None:
        return Blind("the funding rate is unknown or out of date")
    if rank is None and settings.min_rate == _STEEPEST:
        return Blind("too few funding rates are known to tell which is extreme")
    rare = [] if rank is None else [_rare(scene, settings, rate, rank)]
    return [*rare, *_beyond(scene, settings, rate)]


def _rare(scene: Scene, settings: Settings, rate: float, rank: float) -> Finding:
    """Find how rare a rate is; equal ones count half."""
    high = rank >= 0.5
    side = _payer(rate)
    pays = "nobody pays" if rate == 0 else f"{side}s pay"
    place = Fact("place among 30 days", rank if high else 1 - rank, Unit.FRACTION)
    case = "high" if high else "low"
    return finding(
        scene,
        case,
        f"Funding is unusually {case}; {pays}",
        [Criterion("percentile", place, settings.percentile, _SLACK)],
        [Fact(f"rate {_per(scene)}", rate, Unit.FRACTION)],
        side=side if high is (rate > 0) else None,
    )


def _beyond(scene: Scene, settings: Settings, rate: float) -> Iterator[Finding]:
    """Yield how far from zero a rate is, unless nobody pays."""
    if rate == 0:
        return
    side = _payer(rate)
    case = "above" if rate > 0 else "below"
    paid = Fact(f"{side}s pay {_per(scene)}", abs(rate), Unit.FRACTION)
    yield finding(
        scene,
        case,
        f"Funding is far {case} zero; {side}s pay",
        [Criterion("min_rate", paid, settings.min_rate, MORE)],
        side=side,
    )


def _per(scene: Scene) -> str:
    hours = scene.confluence.funding_hours
    return f"per {hours:g} h" if hours else "per funding interval"


def _payer(rate: float) -> Side:
    return Side.LONG if rate > 0 else Side.SHORT


RULE = Rule(
    name="funding_extreme",
    summary="Say when funding is as high or low as it rarely is, or beyond a line",
    settings=Settings,
    evaluate=evaluate,
    patience=STRUCTURE,
    chart="heatmap",
)
