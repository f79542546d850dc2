"""Markets that wander, looked at whole: for what has to hold of every rule on any scene."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from liqbot.heatmap.history import recall
from liqbot.market.book import OrderBook
from liqbot.market.norms import Norms
from liqbot.market.observation import Observation
from liqbot.market.series import Candles
from liqbot.market.units import DAY_MS, HOUR_MS, Usd, floats
from liqbot.rules.rule import Scene
from tests.builders import START_MS, some_funding
from tests.walks import QUICK, a_walk, some_prints

HOURS = 7 * 24
VENUES = ("binance", "bybit", "okx")


def a_wandering_scene(seed: int, base: str = "BTC") -> Scene:
    """Return a week of a market on one to three venues, of which anything may be unknown."""
    chance = np.random.default_rng(seed)
    venues = VENUES[: chance.integers(1, 4)]
    seen = [_seen(venue, base, int(chance.integers(2**31)), chance) for venue in venues]
    history = recall(base, seen, QUICK, DAY_MS * int(chance.integers(1, 8)), bin_width=0.005)
    usd = history.daily_usd
    return Scene(
        history=history,
        norms=Norms(
            daily_usd=Usd(float(usd * chance.choice([np.nan, 0.01, 1.0]))),
            minute_usd=floats(chance.choice([np.nan, 10.0, 1000.0], 2)),
            volatility=float(chance.choice([np.nan, 1e-5, 1e-3])),
            weekend=float(chance.choice([np.nan, 0.7])),
        ),
        tapes={venue: 1.0 for venue in venues if chance.random() < 0.7},
    )


def _seen(venue: str, base: str, seed: int, chance: Generator) -> Observation:
    walk = a_walk(HOURS, seed=seed, venue=venue, base=base, interval_ms=HOUR_MS, volatility=0.006)
    rates = chance.normal(1e-4, 1e-4, HOURS) * chance.integers(0, 2)
    return replace(
        walk,
        candles=_told(walk.candles, chance),
        funding=some_funding(rates[: chance.choice([0, 10, HOURS])]),
        tape=some_prints(walk, int(chance.choice([0, 5, 3000])), seed=seed),
        book=_book(float(walk.mark), chance) if chance.random() < 0.7 else None,
    )


def _told(candles: Candles, chance: Generator) -> Candles:
    """Return candles some of which are unknown, with a taker's share of the volume or without."""
    unknown = chance.random(len(candles)) < chance.choice([0.0, 0.05])
    unknown[:2] = False
    columns = {
        name: floats(np.where(unknown, np.nan, getattr(candles, name)))
        for name in ("open", "high", "low", "close", "volume")
    }
    taker = columns["volume"] * chance.choice([np.nan, 0.4])
    return replace(candles, **columns, taker_buy_volume=floats(taker))  # type: ignore[arg-type]


def _book(mark: float, chance: Generator) -> OrderBook:
    reach = np.linspace(1e-4, float(chance.choice([0.001, 0.1])), 50)
    quantity = chance.lognormal(0, 2, 50)
    return OrderBook.of(
        START_MS + HOURS * HOUR_MS,
        list(zip(mark * (1 - reach), quantity, strict=True)),
        list(zip(mark * (1 + reach), quantity, strict=True)),
    )
