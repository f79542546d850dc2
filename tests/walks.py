"""Markets that wander: prices, open interest and volume at random, for what needs days of them."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from liqbot.heatmap.bars import Bars
from liqbot.heatmap.engine import grid_for, guessed, run, terms_of
from liqbot.heatmap.model import Model
from liqbot.market.observation import Observation
from liqbot.market.series import Candles
from liqbot.market.tape import LiquidationTotals, Tape
from liqbot.market.units import F8, HOUR_MS, Price, floats, integers, moment_of
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    an_observation,
    some_candles,
    some_open_interest,
)

# Few tiers and wide bins, so that it is quick even where nothing is compiled.
QUICK = Model(
    tiers=(10.0, 50.0),
    long_weights=(0.02, 0.01),
    short_weights=(0.03, 0.02),
    half_life_h=(100.0, 20.0),
    realisation=(0.5, 2.0),
)


def a_walk(
    bars: int,
    *,
    seed: int = 0,
    interval_ms: int = FIVE_MINUTES_MS,
    volatility: float = 0.002,
    venue: str = "binance",
    base: str = "BTC",
    **seen: object,
) -> Observation:
    """Return a market of so many bars whose log price moves by `volatility` a bar."""
    chance = np.random.default_rng(seed)
    prices, quantities = np.cumsum(chance.standard_normal((2, bars + 1)), axis=1)
    candles = some_candles(
        100 * np.exp(volatility * prices[1:]),
        interval_ms=interval_ms,
        reach=volatility / 3,
        volume=1000 * chance.lognormal(size=bars),
    )
    open_interest = some_open_interest(
        100_000 * np.exp(0.002 * quantities), interval_ms=interval_ms
    )
    whole = an_observation(candles, venue=venue, base=base, open_interest=open_interest)
    return replace(whole, **seen)  # type: ignore[arg-type]  # by name


def without(observation: Observation, *bars: int) -> Observation:
    """Return an observation that lacks the rows of some candles."""
    old = observation.candles
    keep = ~np.isin(np.arange(len(old)), bars)
    names = ("open", "high", "low", "close", "volume", "taker_buy_volume")
    columns = {name: floats(getattr(old, name)[keep]) for name in names}
    candles = Candles(
        interval_ms=old.interval_ms, opened_ms=integers(old.opened_ms[keep]), **columns
    )
    return replace(observation, candles=candles)


def modelled_hours(model: Model, bars: Bars, base: str = "BTC") -> F8:
    """Return what a model says is liquidated in each hour of bars, (side, hour) Usd.

    Summed bar by bar: no hour is cut, so bars have to fill them.
    """
    terms = terms_of(model, base, bars.venues, grid_for(bars), bars.interval_ms)
    flow = run(terms, guessed(terms, bars), bars, columns=False).flow.sum(axis=(1, 2))
    an_hour = HOUR_MS // bars.interval_ms
    return floats(flow.reshape(-1, an_hour, 2).sum(axis=1).T)


def hourly(usd: ArrayLike, *, start_ms: int = START_MS) -> LiquidationTotals:
    """Return sums (side, hour) Usd, one hour after the other."""
    sums = floats(usd)
    from_ms = start_ms + HOUR_MS * np.arange(sums.shape[1])
    return LiquidationTotals(from_ms=integers(from_ms), to_ms=integers(from_ms + HOUR_MS), usd=sums)


def some_totals(
    model: Model, bars: Bars, *, noise: float = 0.2, seed: int = 0
) -> LiquidationTotals:
    """Return what a model says is liquidated in each hour, off by a factor of s.d. `noise`."""
    usd = modelled_hours(model, bars)
    off = np.random.default_rng(seed).lognormal(0.0, noise, usd.shape)
    return hourly(usd * off, start_ms=int(bars.opened_ms[0]))


def some_prints(seen: Observation, count: int, *, seed: int = 0) -> Tape:
    """Return forced orders at prices where a market was, at any time."""
    chance, candles = np.random.default_rng(seed), seen.candles
    first, last = int(candles.opened_ms[0]), int(candles.closed_ms[-1])
    at_ms = np.sort(chance.integers(first, last, count))
    row = np.searchsorted(candles.opened_ms, at_ms, side="right") - 1
    return Tape(
        at_ms=integers(at_ms),
        side=chance.integers(0, 2, count).astype(np.int8),
        price=floats(chance.uniform(candles.low[row], candles.high[row])),
        quantity=floats(chance.lognormal(size=count)),
    )


def by(at_ms: int, observation: Observation) -> Observation:
    """Return what had been seen by a moment (Unix ms)."""
    candles = observation.candles.until(at_ms)
    return replace(
        observation,
        observed_at=moment_of(at_ms),
        mark=Price(float(candles.close[-1])),
        candles=candles,
        open_interest=observation.open_interest.until(at_ms),
        funding=observation.funding.until(at_ms),
        tape=observation.tape.until(at_ms),
    )
