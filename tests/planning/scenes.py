"""Scenes to plan in, on which everything beside the map is known."""

from dataclasses import replace
from typing import Any

import numpy as np

from liqbot.heatmap.clusters import Cluster
from liqbot.market.units import HOUR_MS, MINUTE_MS, floats
from liqbot.rules.rule import Scene
from tests.builders import some_funding, some_open_interest
from tests.charts.histories import START_MS
from tests.rules.scenes import BARS, a_long, a_scene, a_short

A = a_short(0.015, zone="A", id="S-1")
B = a_long(-0.015, zone="B", id="L-1")
UP = a_short(0.04, 60e6, zone="C", id="S-2")
DOWN = a_long(-0.04, 60e6, zone="C", id="L-2")
ALL = (B, DOWN, A, UP)


def a_known_scene(
    *clusters: Cluster,
    interest: float = 0.0,
    funding: float = 1e-4,
    flow: float = 0.0,
    volume: float = 1.0,
    trend: float = 0.0,
    **changes: Any,  # noqa: ANN401
) -> Scene:
    """Return a scene in which open interest and price changed so over a day, and so on."""
    scene = a_scene(*(clusters or ALL), **changes)
    history = scene.history
    traded = np.full(BARS, 10.0)
    traded[-12:] *= volume
    close = np.full(BARS, history.snapshot.mark)
    close[-289] /= 1 + trend
    prices: dict[str, Any] = dict.fromkeys(("open", "high", "low", "close"), floats(close))
    candles = replace(
        history.candles,
        **prices,
        volume=floats(traded),
        taker_buy_volume=floats(traded * (1 + flow) / 2),
    )
    held = np.full(BARS, 1000.0)
    held[-289] /= 1 + interest
    history = replace(
        history,
        candles=candles,
        open_interest=some_open_interest(held, start_ms=START_MS + 5 * MINUTE_MS),
        funding=some_funding([1e-4] * 49 + [funding], start_ms=START_MS + HOUR_MS),
    )
    return replace(scene, history=history)
