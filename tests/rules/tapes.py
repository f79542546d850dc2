"""Scenes with forced orders."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from liqbot.market.norms import Norms
from liqbot.market.series import OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import MINUTE_MS, Price, Side, Usd, floats, integers
from liqbot.rules.rule import Scene
from tests.builders import a_liquidation
from tests.rules.scenes import AT_MS, PRICE, a_long, a_scene

USUAL = 1e6  # Usd in 95 % of the minutes
BEFORE_MS = AT_MS - 5 * MINUTE_MS  # when the last but one bar closed


def a_cascade(
    *,
    pace: float,
    move: float,
    orders: int = 10,
    ago_s: float = 0.0,
    tapes: Mapping[str, float | None] | None = None,
    scene: Scene | None = None,
) -> Scene:
    """Return longs being closed, five seconds apart, within a bar in which price fell."""
    scene = scene or a_scene(a_long(-0.012))
    norms = Norms(
        daily_usd=Usd(np.nan),
        minute_usd=floats([USUAL, USUAL]),
        volatility=0.001,
        weekend=np.nan,
    )
    fallen = _fallen(scene, move)
    heard = {"okx": 1.0} if tapes is None else tapes
    whole = replace(fallen, norms=norms, tapes=heard)
    return prints(whole, Side.LONG, usd=pace * USUAL, orders=orders, ago_s=ago_s)


def prints(scene: Scene, side: Side, *, usd: float, orders: int, ago_s: float = 0.0) -> Scene:
    """Return a scene with so many forced orders more, five seconds apart."""
    last_ms = AT_MS - int(ago_s * 1000)
    more = [
        a_liquidation(side, at_ms=last_ms - 5000 * i, price=PRICE, quantity=usd / orders / PRICE)
        for i in range(orders)
    ]
    tape = Tape.merge([scene.history.tape, Tape.of(more)])
    return replace(scene, history=replace(scene.history, tape=tape))


def with_interest(scene: Scene, *, fall: float) -> Scene:
    """Return a scene whose open interest fell with the last bar."""
    at_ms = integers([BEFORE_MS - 5 * MINUTE_MS, BEFORE_MS, AT_MS])
    interest = OpenInterest(at_ms=at_ms, quantity=floats([1000.0, 1001.0, 1001.0 * (1 - fall)]))
    return replace(scene, history=replace(scene.history, open_interest=interest))


def _fallen(scene: Scene, move: float) -> Scene:
    """Return a scene in whose last bar price fell by a fraction and stays there."""
    history, candles = scene.history, scene.history.candles
    columns: dict[str, Any] = {
        name: np.array(getattr(candles, name)) for name in ("open", "high", "low", "close")
    }
    columns["close"][-2:] = PRICE, PRICE * (1 - move)
    columns["open"][-1] = PRICE
    columns["high"][-2:] = columns["high"][-2] * 1.01, PRICE
    columns["low"][-2:] = columns["low"][-2] * 0.99, PRICE * (1 - move)
    whole: dict[str, Any] = {name: floats(column) for name, column in columns.items()}
    bars = replace(candles, **whole)
    snapshot = replace(history.snapshot, mark=Price(PRICE * (1 - move)))
    silent = OpenInterest(at_ms=integers([]), quantity=floats([]))
    return replace(
        scene,
        history=replace(history, candles=bars, snapshot=snapshot, open_interest=silent),
    )
