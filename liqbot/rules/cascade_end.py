"""A cascade is over."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval

from liqbot.market.units import ms_of
from liqbot.rules._cascade import Cascade, Lines, blindness, cascades, criteria
from liqbot.rules._columns import held
from liqbot.rules._finding import MORE, finding
from liqbot.rules.rule import AFTERWARDS, Blind, Criterion, Fact, Finding, Rule, Scene, Unit

_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Lines):
    """From where on it was a cascade, and when it is over."""

    quiet: Annotated[
        timedelta,
        Interval(ge=timedelta(seconds=10), le=timedelta(minutes=15)),
        "For how long no minute may be heavy.",
    ] = timedelta(seconds=60)
    told_for: Annotated[
        timedelta,
        Interval(ge=timedelta(minutes=5), le=timedelta(hours=2)),
        "For how long after its last order it is told.",
    ] = timedelta(minutes=15)


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Look for a cascade after which it has been quiet."""
    return blindness(scene) or [
        found
        for each in cascades(scene, settings, settings.told_for // _MS)
        for found in _ended(scene, settings, each)
    ]


def _ended(scene: Scene, settings: Settings, cascade: Cascade) -> Iterator[Finding]:
    made_of = criteria(scene, cascade, settings)
    if not cascade.clusters or not made_of:
        return
    quiet_s = (ms_of(scene.history.at) - cascade.to_ms) / 1000
    quiet = Fact("quiet for", quiet_s, Unit.SECONDS)
    expected = _expected(scene, cascade)
    yield finding(
        scene,
        cascade.side,
        f"A cascade of {cascade.side}s is over",
        [*made_of, Criterion("quiet", quiet, settings.quiet.total_seconds(), MORE)],
        [
            Fact("realised", cascade.usd, Unit.USD),
            *([Fact("expected there before", expected, Unit.USD)] if expected else []),
            Fact("orders", cascade.orders, Unit.COUNT),
            Fact("lasted", (cascade.to_ms - cascade.from_ms) / 1000, Unit.SECONDS),
            Fact("clusters met", cascade.clusters, Unit.COUNT),
        ],
        side=cascade.side,
        span=(cascade.low, cascade.high),
    )


def _expected(scene: Scene, cascade: Cascade) -> float:
    """Return what the map had held where price went, in the column before, expected Usd."""
    history, side = scene.history, cascade.side
    stood = held(
        history.heatmap,
        side,
        cascade.low,
        cascade.high,
        since_ms=cascade.from_ms - history.heatmap.interval_ms,
        until_ms=cascade.from_ms,
    )
    return float(stood[-1]) * history.model.realisation[side.index] if stood.size else 0.0


RULE = Rule(
    name="cascade_end",
    summary="Say when a cascade is over, and what it realised",
    settings=Settings,
    evaluate=evaluate,
    patience=AFTERWARDS,
    chart="heatmap",
)
