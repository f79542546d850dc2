"""Scenes to judge, built by hand."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from liqbot.heatmap.bands import Band
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.lookback import Lookback
from liqbot.heatmap.tracks import Event, Kind, Note, Track, Tracking
from liqbot.market.units import (
    DAY_MS,
    MINUTE_MS,
    Price,
    Side,
    Usd,
)
from liqbot.rules import RULES
from liqbot.rules.rule import Blind, Fact, Finding, Scene
from tests.charts.histories import START_MS, a_cluster, a_history

PRICE = 65_000.0
DAILY = 100e6
BARS = 600
AT_MS = START_MS + BARS * 5 * MINUTE_MS  # a Wednesday, 02:00 UTC


def a_long(distance: float = -0.015, expected: float = 30e6, **changes: Any) -> Cluster:  # noqa: ANN401
    """Return longs, 0.5 % high, whose upper edge is at a distance from the price."""
    high = PRICE * (1 + distance)
    return _at(Side.LONG, high * 0.995, high, expected, changes)


def a_short(distance: float = 0.015, expected: float = 30e6, **changes: Any) -> Cluster:  # noqa: ANN401
    """Return shorts, 0.5 % high, whose lower edge is at a distance from the price."""
    low = PRICE * (1 + distance)
    return _at(Side.SHORT, low, low * 1.005, expected, changes)


def _at(side: Side, low: float, high: float, expected: float, changes: dict[str, Any]) -> Cluster:
    named = {"id": f"{side[0].upper()}-1", "expected_usd": Usd(expected), **changes}
    return a_cluster(side, low, high, mark=PRICE, usd=expected / 0.75, **named)


def a_track(cluster: Cluster, *held: tuple[float, float], **changes: Any) -> Track:  # noqa: ANN401
    """Return the track of a cluster, a day old, that held so much so many minutes ago."""
    centre = Price((cluster.low * cluster.high) ** 0.5)
    span = PriceGrid.between(cluster.low, cluster.high)
    band = Band(side=cluster.side, span=span, peak=span.first, usd=cluster.usd, centre=centre)
    notes = [*held, (0.0, cluster.usd)]
    values: dict[str, Any] = {
        "id": cluster.id,
        "side": cluster.side,
        "born_ms": AT_MS - DAY_MS,
        "first_centre": centre,
        "told_centre": centre,
        "told_ms": AT_MS - DAY_MS,
        "band": band,
        "seen_ms": AT_MS,
        "past": tuple(Note(AT_MS - int(ago * MINUTE_MS), centre, Usd(usd)) for ago, usd in notes),
    }
    return Track(**values | changes)


def gone(kind: Kind, side: Side, low: float, high: float, *, ago: float, **facts: float) -> Event:
    """Return the end of a track so many minutes ago."""
    where = {"low": low, "high": high, "centre": (low * high) ** 0.5, "usd": 1.0}
    at_ms = AT_MS - int(ago * MINUTE_MS)
    return Event(kind=kind, track=f"{side[0].upper()}-9", at_ms=at_ms, facts=where | facts)


def a_scene(
    *clusters: Cluster,
    tracks: Sequence[Track] | None = None,
    events: Sequence[Event] = (),
    settled: Sequence[str] | None = None,
    base: str = "BTC",
    scene: dict[str, Any] | None = None,
    **changes: Any,  # noqa: ANN401 - fields of a history
) -> Scene:
    """Return a scene of clusters whose tracks are a day old; a usual day liquidates $100M.

    `settled` names those whose names last, by default all.
    """
    tracking = Tracking(
        tracks=tuple(map(a_track, clusters) if tracks is None else tracks),
        events=tuple(events),
        ids={},
    )
    lasting = (t for t in tracking.tracks if settled is None or t.id in settled)
    before = replace(tracking, tracks=tuple(lasting))
    lookback = Lookback(now=tracking, settled=before, settled_ms=AT_MS)
    history = a_history(
        base=base, price=PRICE, bars=BARS, clusters=clusters, lookback=lookback, **changes
    )
    if "daily_usd" not in changes:
        history = replace(history, daily_usd=Usd(DAILY))
    return Scene(history=history, **scene or {})


def judged(name: str, scene: Scene, **settings: Any) -> tuple[Finding, ...]:  # noqa: ANN401
    """Return what a rule finds; it has to see."""
    rule = RULES[name]
    found = rule.judge(scene, rule.settings(**settings))
    assert not isinstance(found, Blind), found.reason
    return found


def reason(name: str, scene: Scene) -> str:
    """Return why a rule is blind; it has to be."""
    rule = RULES[name]
    found = rule.judge(scene, rule.settings())
    assert isinstance(found, Blind)
    return found.reason


def told(finding: Finding) -> dict[str, float]:
    """Return the numbers of a finding by label."""
    facts: list[Fact] = [*(each.fact for each in finding.criteria), *finding.facts]
    return {each.label: each.value for each in facts}


def with_columns(scene: Scene, cluster: Cluster, usd: ArrayLike) -> Scene:
    """Return a scene whose map held so much, (bar,) Usd, in the bins of a cluster and no more."""
    heatmap = scene.history.heatmap
    ends = np.log([cluster.low, cluster.high]) / heatmap.grid.step - heatmap.grid.first
    first, stop = np.round(ends).astype(int)
    columns = np.zeros_like(heatmap.usd)
    columns[cluster.side.index, :, first:stop] = np.asarray(usd)[:, None] / (stop - first)
    history = replace(scene.history, heatmap=replace(heatmap, usd=columns))
    return replace(scene, history=history)
