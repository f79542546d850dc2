"""The simulated markets of the scenarios, each made once for all tests."""

from dataclasses import replace
from functools import cache

import numpy as np

from liqbot.market.observation import Observation
from liqbot.market.units import Side, Usd, floats
from liqbot.simulation.settings import Planted, Settings
from liqbot.simulation.venues import CONTRACTS
from tests.scenarios.stage import Stage

FOUR = ("BTC", "ETH", "SOL", "AVAX")
BUILT_H, SHOCK_H = (50.0, 122.0), 124.0  # three days, and when price is driven there
FIRST_TURN_H, TURNS, TURN_H = 121.0, 8, 3.0  # of the range: to the bottom, to the top, …
_CALM = 0.6  # volatility, relative to the usual
FADES_H = (122.0, 130.0)  # from … to


@cache
def falling(base: str) -> Stage:
    """Return one of four markets in which longs build up below the price and fire together."""
    plan = Planted(
        market=base,
        side=Side.LONG,
        usd=Usd(0.05 * CONTRACTS[base].open_interest),
        distance=0.03,
        begin_h=BUILT_H[0],
        end_h=BUILT_H[1],
        shock_h=SHOCK_H,
    )
    return _staged(Settings(seed=5, days=5.3, markets=(base,), volatility=_CALM, planted=(plan,)))


@cache
def ranging() -> Stage:
    """Return a market that goes between two prices; each time it fires those just beyond."""
    plans = tuple(
        Planted(
            market="ETH",
            side=list(Side)[turn % 2],
            usd=Usd(90e6),
            distance=0.02,
            begin_h=shock_h - 2.5,
            end_h=shock_h - 0.5,
            shock_h=shock_h,
        )
        for turn in range(TURNS)
        if (shock_h := FIRST_TURN_H + TURN_H * turn)
    )
    return _staged(Settings(seed=3, days=6.0, markets=("ETH",), volatility=0.4, planted=plans))


@cache
def fading() -> Stage:
    """Return a calm market that half of the positions leave, little by little and by themselves.

    What venues tell of open interest is scaled, as in a simulated market others take their place.
    """
    stage = _staged(Settings(seed=3, days=5.5, markets=("ETH",), volatility=0.3))
    ends_ms = [stage.at_ms(each) for each in FADES_H]

    def left(seen: Observation) -> Observation:
        told = seen.open_interest
        quantity = floats(told.quantity * np.interp(told.at_ms, ends_ms, [1.0, 0.5]))
        return replace(seen, open_interest=replace(told, quantity=quantity))

    return replace(stage, observations=tuple(map(left, stage.observations)))


def _staged(settings: Settings) -> Stage:
    return Stage.of(settings, settings.markets[0])
