"""A cluster dissolves without price having been there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

import numpy as np
from annotated_types import Ge, Interval

from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.tracks import Kind
from liqbot.market.units import HOUR_MS, Side, ms_of
from liqbot.rules._finding import MORE, finding, is_over, worth
from liqbot.rules.rule import (
    STRUCTURE,
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
        float, Interval(gt=0, lt=1), "What is gone, as a fraction of the most that it held."
    ] = 0.4
    within: Annotated[
        timedelta,
        Interval(ge=timedelta(hours=1), le=timedelta(hours=24)),
        "How far back that most is looked for.",
    ] = timedelta(hours=12)
    min_share: Annotated[
        float, Ge(0), "What it was expected to fire, of a usual day's liquidations."
    ] = 0.15


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Compare clusters with the most that they held since price was in them; find those gone."""
    return scene.blind or [*_fading(scene, settings), *_faded(scene, settings)]


def _fading(scene: Scene, settings: Settings) -> Iterator[Finding]:
    """Yield what became of the clusters that still stand."""
    for cluster in scene.clusters:
        since_ms = ms_of(scene.history.at - settings.within)
        touched_ms = _touched_ms(scene, cluster.side, cluster.low, cluster.high)
        most = max(scene.tracks[cluster.id].held_since(max(since_ms, touched_ms)))
        yield from _fade(scene, settings, most, cluster.usd, cluster=cluster)


def _faded(scene: Scene, settings: Settings) -> Iterator[Finding]:
    """Yield the clusters that were gone within the last hour."""
    history = scene.history
    for event in history.tracking.events:
        if event.kind is not Kind.FADED or event.at_ms <= history.snapshot.at_ms - HOUR_MS:
            continue
        low, high, centre = (event.facts[name] for name in ("low", "high", "centre"))
        side = Side.LONG if centre < history.snapshot.mark else Side.SHORT
        if _touched_ms(scene, side, low, high) < event.at_ms - settings.within // _MS:
            most, left = event.facts["most_usd"], event.facts["left_usd"]
            for found in _fade(scene, settings, most, left, side=side, span=(low, high)):
                yield replace(found, cluster=event.track)


def _fade(
    scene: Scene,
    settings: Settings,
    most: float,
    left: float,
    *,
    cluster: Cluster | None = None,
    side: Side | None = None,
    span: tuple[float, float] | None = None,
) -> Iterator[Finding]:
    of = cluster.side if cluster else side or Side.LONG
    gone = Fact("gone", 1 - left / most, Unit.FRACTION)
    criteria = [
        Criterion("min_fade", gone, settings.min_fade, MORE),
        worth(scene, most * scene.history.model.realisation[of.index], settings.min_share),
    ]
    if is_over(criteria):
        return
    yield finding(
        scene,
        of,
        f"A cluster of {of}s dissolves without price",
        criteria,
        [Fact("held at most", most, Unit.USD), Fact("left", left, Unit.USD)],
        side=of,
        cluster=cluster,
        span=span,
        severity=Severity.INFO,
    )


def _touched_ms(scene: Scene, side: Side, low: float, high: float) -> int:
    """Return when price was last in a span, Unix ms; 0 if not since the candles begin."""
    candles = scene.history.candles
    with_price = candles.low <= high if side is Side.LONG else candles.high >= low
    rows = np.flatnonzero(with_price)
    return int(candles.closed_ms[rows[-1]]) if rows.size else 0


RULE = Rule(
    name="cluster_fade",
    summary="Say when a cluster dissolves without price",
    settings=Settings,
    evaluate=evaluate,
    patience=STRUCTURE,
    chart="heatmap",
)
