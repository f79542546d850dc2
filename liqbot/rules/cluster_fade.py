"""A cluster dissolves without price having been there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

import numpy as np
from annotated_types import Ge, Interval

from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.tracks import Kind
from liqbot.market.units import HOUR_MS, Side
from liqbot.rules._columns import held
from liqbot.rules._finding import LESS, MORE, finding, is_over, worth
from liqbot.rules.rule import (
    LOSS,
    Blind,
    Criterion,
    Fact,
    Finding,
    Rule,
    Scene,
    Severity,
    Unit,
)

_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much of it."""

    min_fade: Annotated[
        float, Interval(gt=0, lt=1), "What is gone, as a fraction of the most that stood there."
    ] = 0.4
    within: Annotated[
        timedelta,
        Interval(ge=timedelta(hours=1), le=timedelta(hours=24)),
        "How far back that most is looked for.",
    ] = timedelta(hours=12)
    reach: Annotated[
        float,
        Interval(gt=0, lt=1),
        "How near the price its edge has to be, as a fraction of the price.",
    ] = 0.05
    min_share: Annotated[
        float, Ge(0), "What it was expected to fire, of a usual day's liquidations."
    ] = 0.15


@dataclass(frozen=True, slots=True)
class _Place:
    side: Side
    low: float
    high: float
    at_ms: int  # when it was looked at
    left_usd: float
    cluster: Cluster | None  # None = gone


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Compare what clusters hold with the most that stood there since price was in them."""
    if scene.blind:
        return scene.blind
    at_ms = scene.history.snapshot.at_ms
    fading = [
        found
        for each in scene.clusters
        for found in _fade(
            scene, settings, _Place(each.side, each.low, each.high, at_ms, each.usd, each)
        )
    ]
    return [*fading, *_faded(scene, settings)]


def _faded(scene: Scene, settings: Settings) -> Iterator[Finding]:
    """Yield the clusters that dissolved within the last hour and are no more."""
    history = scene.history
    for event in history.tracking.events:
        if event.kind is Kind.FADED and event.at_ms > history.snapshot.at_ms - HOUR_MS:
            low, high, centre = (event.facts[name] for name in ("low", "high", "centre"))
            side = Side.LONG if centre < history.snapshot.mark else Side.SHORT
            left_usd = event.facts["left_usd"]
            place = _Place(side, low, high, event.at_ms, left_usd, None)
            for found in _fade(scene, settings, place):
                yield replace(found, cluster=event.track)


def _fade(scene: Scene, settings: Settings, place: _Place) -> Iterator[Finding]:
    most = _most(scene, settings, place)
    if not most > place.left_usd:
        return
    expected = most * scene.history.model.realisation[place.side.index]
    gone = Fact("gone", 1 - place.left_usd / most, Unit.FRACTION)
    distance = Fact("distance to its edge", _distance(scene, place), Unit.FRACTION)
    criteria = [
        Criterion("min_fade", gone, settings.min_fade, MORE),
        worth(scene, expected, settings.min_share),
        Criterion("reach", distance, settings.reach, LESS),
    ]
    if is_over(criteria):
        return
    yield finding(
        scene,
        place.side,
        f"Much of a cluster of {place.side}s dissolved before price came",
        criteria,
        [
            Fact("was expected", expected, Unit.USD),
            Fact("held at most", most, Unit.USD),
            Fact("left", place.left_usd, Unit.USD),
        ],
        side=place.side,
        cluster=place.cluster,
        span=(place.low, place.high),
        severity=Severity.INFO,
    )


def _distance(scene: Scene, place: _Place) -> float:
    """Return how far price is from a place that it is not in, as a fraction of the price."""
    edge = place.high if place.side is Side.LONG else place.low
    return abs(edge / scene.history.snapshot.mark - 1)


def _most(scene: Scene, settings: Settings, place: _Place) -> float:
    """Return the most that stood in a place since price was last in it, raw Usd; 0 if nothing."""
    candles, mark = scene.history.candles, scene.history.snapshot.mark
    is_long = place.side is Side.LONG
    if mark <= place.high if is_long else mark >= place.low:
        return 0.0
    since_ms = place.at_ms - settings.within // _MS
    first = int(np.searchsorted(candles.opened_ms, since_ms - candles.interval_ms))
    reached = candles.low[first:] <= place.high if is_long else candles.high[first:] >= place.low
    if (rows := np.flatnonzero(reached)).size:
        since_ms = int(candles.opened_ms[first + rows[-1]]) + candles.interval_ms
    stood = held(
        scene.history.heatmap,
        place.side,
        place.low,
        place.high,
        since_ms=since_ms,
        until_ms=place.at_ms,
    )
    return float(stood.max(initial=0.0))


RULE = Rule(
    name="cluster_fade",
    summary="Say when a cluster dissolves without price",
    settings=Settings,
    evaluate=evaluate,
    patience=LOSS,
    chart="heatmap",
)
