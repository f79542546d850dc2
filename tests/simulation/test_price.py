from math import log

import numpy as np
import pytest

from liqbot.market.units import DAY_MS, MINUTE_MS
from liqbot.simulation.price import PriceProcess, wander, weather
from liqbot.simulation.settings import Settings
from liqbot.simulation.venues import CONTRACTS

LONG_RUN = Settings(seed=4, days=60.0)
BLOCKS = LONG_RUN.blocks()


def test_the_weather_of_a_seed_is_always_the_same() -> None:
    once, again = weather(LONG_RUN, "BTC", BLOCKS), weather(LONG_RUN, "BTC", BLOCKS)
    assert np.array_equal(once.shocks, again.shocks)
    other = weather(Settings(seed=5, days=60.0), "BTC", BLOCKS)
    assert not np.array_equal(once.shocks, other.shocks)


@pytest.mark.parametrize("base", ["BTC", "ETH"])
def test_daily_moves_are_about_as_large_as_the_market_says(base: str) -> None:
    shocks = weather(LONG_RUN, base, BLOCKS).shocks[BLOCKS.warm_up :]
    daily = np.sqrt((shocks**2).sum(axis=1).reshape(60, -1).sum(axis=1))
    assert np.median(daily) == pytest.approx(CONTRACTS[base].volatility, rel=0.25)


def test_there_are_calm_and_wild_times() -> None:
    volatility = weather(LONG_RUN, "BTC", BLOCKS).volatility[BLOCKS.warm_up :]
    hourly = volatility.reshape(-1, 60).mean(axis=1)
    assert np.percentile(hourly, 95) > 2.5 * np.percentile(hourly, 20)
    assert np.corrcoef(hourly[:-1], hourly[1:])[0, 1] > 0.7


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_markets_share_as_many_shocks_as_they_are_told_to(correlation: float) -> None:
    settings = Settings(seed=4, days=20.0, correlation=correlation)
    blocks = settings.blocks()
    moves = [weather(settings, base, blocks) for base in ("BTC", "ETH")]
    # In units of what is usual at the time, by rank: jumps would drown the rest.
    scaled = [np.sign(each.shocks).ravel() for each in moves]
    share = np.corrcoef(scaled[0], scaled[1])[0, 1]
    assert share == pytest.approx(2 / np.pi * np.arcsin(correlation), abs=0.03)


def test_volatility_scales_every_shock() -> None:
    double = weather(Settings(seed=4, days=60.0, volatility=2.0), "BTC", BLOCKS)
    assert np.allclose(double.shocks, 2 * weather(LONG_RUN, "BTC", BLOCKS).shocks)


def test_wandering_has_unit_variance_and_the_memory_it_is_told() -> None:
    days = np.full(40_000, 0.01)
    path = wander(np.random.default_rng(1), days, half_life_days=0.1)
    assert path.std() == pytest.approx(1.0, abs=0.1)
    assert np.corrcoef(path[:-10], path[10:])[0, 1] == pytest.approx(0.5, abs=0.08)


def a_price() -> PriceProcess:
    price = PriceProcess(100.0)
    price.pace(5_000)
    return price


def test_without_shocks_or_orders_price_stays() -> None:
    price = a_price()
    assert [price.step(0.0) for _ in range(3)] == pytest.approx([100.0] * 3)


def test_an_order_shows_in_the_next_step_and_is_partly_recovered() -> None:
    price = a_price()
    price.push(-0.004)
    assert price.mark == 100.0
    low = price.step(0.0)
    assert log(low / 100) == pytest.approx(-0.004, rel=0.1)
    for _ in range(DAY_MS // 5_000):
        price.step(0.0)
    assert low < price.mark < 100.0


def test_the_further_price_is_displaced_the_harder_it_is_to_push() -> None:
    price = a_price()
    drops = []
    for _ in range(4):
        before = price.mark
        price.push(-0.01)
        drops.append(log(before / price.step(0.0)))
    assert drops == sorted(drops, reverse=True)


def test_orders_stir_up_volatility_for_a_while() -> None:
    price = a_price()
    price.push(-0.01)
    assert price.nerves > 0
    before = price.mark
    price.step(0.001)
    for _ in range(3 * 60 * MINUTE_MS // 5_000):
        price.step(0.0)
    assert price.nerves < 0.001
    assert price.mark != before
