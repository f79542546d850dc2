"""Much builds up at one level where little leverage is used: a large position, perhaps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Interval

from liqbot.market.units import DAY_MS, F8, HOUR_MS, Side, floats
from liqbot.rules._finding import MORE, MOST, finding, worth
from liqbot.rules.rule import STRUCTURE, Blind, Criterion, Fact, Finding, Rule, Scene, Unit

_LEVEL = 0.01  # of price
_REACH = 0.35  # fraction of mark: beyond, nobody with a tenth of leverage is liquidated


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much, and of whose leverage."""

    min_sigma: Annotated[
        float,
        Gt(0),
        "Most that a level grew in this hour ÷ the root mean square of that over a day.",
    ] = 3.0
    most_leverage: Annotated[
        float, Interval(ge=1, le=1000), "The highest leverage that counts."
    ] = 10.0
    min_share: Annotated[
        float, Ge(0), "What the growth is expected to fire, of a usual day's liquidations."
    ] = 0.15


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Find on each side the level, 1 % of price high, that grew most within the last hour."""
    if scene.blind:
        return scene.blind
    heatmap = scene.history.heatmap
    if heatmap.opened_ms.size * heatmap.interval_ms < DAY_MS:
        return Blind("less than a day of the map is known")
    return [found for side in Side for found in _built(scene, settings, side)]


def _built(scene: Scene, settings: Settings, side: Side) -> Iterator[Finding]:
    history = scene.history
    grown, lows = _growth(scene, side, settings.most_leverage)
    most = np.maximum(grown[:-1], 0.0).max(axis=1, initial=0.0)
    usual = float(np.sqrt(np.mean(most**2))) if most.size else 0.0
    if not usual > 0:
        return
    level = int(grown[-1].argmax())
    usd, low, high = float(grown[-1, level]), float(lows[level]), float(lows[level + 1])
    if not usd > 0:
        return
    overlapping = (c for c in scene.clusters if c.side is side and c.low < high and c.high > low)
    expected = usd * history.model.realisation[side.index]
    told = Fact("growth within 1 h", min(usd / usual, MOST), Unit.SIGMA)
    yield finding(
        scene,
        side,
        f"Much builds up at one level: {side}s with little leverage",
        [
            Criterion("min_sigma", told, settings.min_sigma, MORE),
            worth(scene, expected, settings.min_share),
        ],
        [
            Fact("growth, expected", expected, Unit.USD),
            Fact("growth, modelled", usd, Unit.USD),
            Fact("leverage at most", settings.most_leverage, Unit.COUNT),
        ],
        side=side,
        cluster=max(overlapping, key=lambda each: each.usd, default=None),
        span=(low, high),
    )


def _growth(scene: Scene, side: Side, most_leverage: float) -> tuple[F8, F8]:
    """Return what levels gained in each hour of the last day, (hour, level) Usd, and their edges.

    Only the newest column is known by tier, so its shares stand for those of the day.
    """
    heatmap, snapshot = scene.history.heatmap, scene.history.snapshot
    grid, mark = heatmap.grid, snapshot.mark
    outermost = mark * (1 - side.sign * _REACH)
    first, last = sorted((grid.index(mark), grid.index(outermost)))
    first, last = max(first, 0), min(last, grid.bins - 1)
    if last <= first:
        return floats(np.empty((0, 0))), floats([])
    number = (grid.first + np.arange(first, last + 1)) // max(round(_LEVEL / grid.width), 1)
    starts = np.flatnonzero(np.diff(number, prepend=number[0] - 1))
    rows = np.arange(heatmap.opened_ms.size)[:: -max(HOUR_MS // heatmap.interval_ms, 1)][:25][::-1]
    standing = np.add.reduceat(heatmap.usd[side.index, rows, first : last + 1], starts, axis=1)
    low_tiers = np.array(snapshot.tiers) <= most_leverage
    tiers = np.add.reduceat(snapshot.by_tier[side.index, :, first : last + 1], starts, axis=1)
    share = tiers[low_tiers].sum(axis=0) / np.maximum(tiers.sum(axis=0), 1e-9)
    edges = grid.edges[np.append(first + starts, last + 1)]
    return floats(np.diff(standing.astype(np.float64), axis=0) * share), floats(edges)


RULE = Rule(
    name="large_position",
    summary="Say when much builds up at one level with little leverage",
    settings=Settings,
    evaluate=evaluate,
    patience=STRUCTURE,
    chart="tiers",
)
