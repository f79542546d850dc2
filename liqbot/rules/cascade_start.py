"""Forced orders set off one another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from liqbot.rules._cascade import Cascade, Lines, blindness, cascades, criteria
from liqbot.rules._finding import finding
from liqbot.rules.rule import INSTANT, Blind, Fact, Finding, Rule, Scene, Severity, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Lines):
    """From where on forced orders are a cascade."""


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Look for a cascade whose last order is at most a bar old, within or next to a cluster.

    A bar and not a minute, so that one between two looks is not missed.
    """
    within_ms = scene.history.heatmap.interval_ms
    return blindness(scene) or [
        found
        for each in cascades(scene, settings, within_ms)
        for found in _starting(scene, settings, each)
    ]


def _starting(scene: Scene, settings: Settings, cascade: Cascade) -> Iterator[Finding]:
    made_of = criteria(scene, cascade, settings)
    if cascade.clusters and made_of:
        yield finding(
            scene,
            cascade.side,
            f"Forced orders of {cascade.side}s come in a cascade",
            made_of,
            [
                Fact("realised so far", cascade.usd, Unit.USD),
                Fact("orders", cascade.orders, Unit.COUNT),
                Fact("lasting", (cascade.to_ms - cascade.from_ms) / 1000, Unit.SECONDS),
                Fact("clusters met", cascade.clusters, Unit.COUNT),
            ],
            side=cascade.side,
            span=(cascade.low, cascade.high),
            severity=Severity.CRITICAL,
        )


RULE = Rule(
    name="cascade_start",
    summary="Say when forced orders come in a cascade",
    settings=Settings,
    evaluate=evaluate,
    patience=INSTANT,
    chart="heatmap",
)
