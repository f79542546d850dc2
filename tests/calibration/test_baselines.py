"""What a model has to beat, on markets made by hand."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from liqbot.calibration.baselines import price_only, usual_recipe, weigh
from liqbot.calibration.flow import Spans, realised
from liqbot.heatmap.bars import Bars, align
from liqbot.market.observation import Observation
from liqbot.market.units import F8, HOUR_MS, floats, integers
from tests.builders import an_observation, same, some_candles, some_open_interest
from tests.walks import a_walk, hourly


def bar_by_bar(bars: Bars, usd: ArrayLike) -> Spans:
    """Return each bar as a span; usd (side, bar)."""
    return Spans(
        from_ms=bars.opened_ms,
        to_ms=integers(bars.opened_ms + bars.interval_ms),
        realised=floats(np.broadcast_to(np.asarray(usd, np.float64), (2, len(bars)))),
    )


def first(bars: int, of: Bars) -> NDArray[np.bool_]:
    return np.arange(len(of)) < bars


def beyond(extreme: F8, bars: int) -> F8:
    """Return by how much each value falls below the lowest of so many before it."""
    later = range(1, extreme.size)
    return floats(
        [0.0, *(max(min(extreme[max(i - bars, 0) : i]) - extreme[i], 0.0) for i in later)]
    )


def slide(prices: ArrayLike, opened: Mapping[int, float], venue: str = "binance") -> Observation:
    """Return flat bars at prices; open interest changes in some of them, by bar."""
    price = np.asarray(prices, np.float64)
    jumps = some_candles(price, volume=5.0)
    flat = replace(jumps, open=jumps.close, high=jumps.close, low=jumps.close)
    change = np.zeros(price.size + 1)
    change[0] = 7000.0
    for bar, quantity in opened.items():
        change[bar + 1] = quantity
    told = some_open_interest(np.cumsum(change))
    return an_observation(flat, venue=venue, open_interest=told)


def usual(bars: Bars, base: str = "BTC") -> F8:
    """Return what the usual recipe says of each bar, (side, bar) Usd up to one scale a side."""
    return floats(usual_recipe(bars, base, bar_by_bar(bars, 1.0), first(len(bars), bars)))


def test_one_weight_is_the_weighted_least_square() -> None:
    column, target = np.array([1.0, 2.0, 4.0]), np.array([3.0, 3.0, 9.0])
    square = 1 / (target + 5)
    expected = (square * column * target).sum() / (square * column**2).sum()
    assert weigh(column[:, None], target) == pytest.approx([expected])


def test_weights_that_made_a_target_are_found_and_none_is_negative() -> None:
    columns = np.random.default_rng(1).lognormal(size=(50, 4))
    assert weigh(columns, columns @ [0.0, 2.0, 0.5, 30.0]) == pytest.approx([0, 2, 0.5, 30])
    pulled = weigh(columns, np.maximum(columns @ [1.0, -0.5, 0, 0], 0))
    assert pulled.min() == 0.0
    assert pulled.max() > 0.0


def test_nothing_to_weigh_by_weighs_nothing() -> None:
    assert weigh(np.ones((3, 2)), np.zeros(3)).tolist() == [0, 0]
    assert weigh(np.ones((0, 2)), np.zeros(0)).tolist() == [0, 0]


def test_prices_alone_explain_a_market_that_follows_them() -> None:
    bars = align([a_walk(400, seed=3)])
    low, high = np.log(bars.low[0]), np.log(bars.high[0])
    usd = [
        2e6 * beyond(extreme, 3) + 5e5 * beyond(extreme, 144) for extreme in (low, floats(-high))
    ]
    spans = bar_by_bar(bars, usd)
    modelled = price_only(bars, spans, first(200, bars))
    assert np.count_nonzero(spans.realised[:, 200:]) > 30
    np.testing.assert_allclose(modelled, spans.realised, rtol=1e-6, atol=1e-3)


def test_prices_alone_are_summed_over_the_bars_of_a_span() -> None:
    bars = align([a_walk(240, seed=3)])
    usd = 1e6 * beyond(floats(np.log(bars.low[0])), 12)
    spans = realised({}, hourly([usd.reshape(-1, 12).sum(axis=1), np.ones(20)]), bars)
    modelled = price_only(bars, spans, np.arange(20) < 15)
    np.testing.assert_allclose(modelled[0], spans.realised[0], rtol=1e-6, atol=1e-3)


def test_falling_prices_liquidate_longs_and_rising_ones_shorts() -> None:
    falling = align([an_observation(some_candles(np.linspace(110, 90, 60)))])
    rising = align([an_observation(some_candles(np.linspace(90, 110, 60)))])
    for bars, hit in ((falling, 0), (rising, 1)):
        modelled = price_only(bars, bar_by_bar(bars, 1e5), first(60, bars))
        assert modelled[hit, 1:].min() > 0
        assert not modelled[1 - hit].any()


def test_any_venue_sets_the_extreme() -> None:
    calm = some_candles(np.full(60, 100.0))
    wick = floats(np.where(np.arange(60) % 20 == 10, 90.0, 100.0))
    bars = align([an_observation(calm), an_observation(replace(calm, low=wick), venue="okx")])
    modelled = price_only(bars, bar_by_bar(bars, 1e5), first(60, bars))
    assert np.flatnonzero(modelled[0])[0] == 10
    assert not modelled[1].any()


def test_what_prices_alone_say_of_the_present_needs_nothing_later() -> None:
    bars, fit = align([a_walk(300, seed=5)]), 100
    spans = bar_by_bar(bars, 1e5)
    whole = price_only(bars, spans, first(fit, bars))
    part = bars.rows(0, 200)
    assert same(
        price_only(part, bar_by_bar(part, 1e5), first(fit, part)),
        np.ascontiguousarray(whole[:, :200]),
    )


def test_prices_alone_see_neither_open_interest_nor_volume() -> None:
    bars = align([a_walk(200, seed=4)])
    spans, fit = bar_by_bar(bars, 1e5), first(100, bars)
    blind = replace(
        bars,
        volume=floats(bars.volume * 9),
        change=floats(-bars.change),
        before=floats(np.full_like(bars.before, np.nan)),
    )
    modelled = price_only(bars, spans, fit)
    assert modelled.any()
    assert same(price_only(blind, spans, fit), modelled)


def test_bars_without_prices_are_beyond_nothing() -> None:
    closes = np.linspace(100, 90, 60)
    closes[20:30] = np.nan
    bars = align([an_observation(some_candles(closes))])
    modelled = price_only(bars, bar_by_bar(bars, 1e5), first(60, bars))
    assert not modelled[0, 20:30].any()
    assert modelled[0, 31:].min() > 0


def test_prices_alone_work_for_bars_longer_than_the_shortest_window() -> None:
    bars = align([a_walk(100, interval_ms=HOUR_MS, volatility=0.01)])
    usd = [1e6 * beyond(floats(np.log(bars.low[0])), 1), np.ones(100)]
    spans = bar_by_bar(bars, usd)
    modelled = price_only(bars, spans, first(50, bars))
    np.testing.assert_allclose(modelled[0], spans.realised[0], rtol=1e-6, atol=1e-3)


@pytest.mark.parametrize(("side", "sign"), [(0, -1), (1, 1)])
@pytest.mark.parametrize("venue", ["binance", "hyperliquid"])
def test_the_usual_recipe_liquidates_at_entry_times_one_minus_or_plus_one_in_leverage(
    side: int, sign: int, venue: str
) -> None:
    prices = 100 * np.exp(sign * 0.0005 * np.arange(560))
    # Hyperliquid offers less than 100x: the recipe asks nobody.
    bars = align([slide(prices, {0: 1000.0}, venue)])
    swept = usual(bars)[side]
    unit = swept / prices
    left = unit.sum()
    for leverage in (5, 10, 25, 50, 100):
        at = 100 * (1 + sign / leverage)
        near = abs(np.log(prices / at)) < 4 * 0.02 / leverage + 0.001
        mean = (prices * unit)[near].sum() / unit[near].sum()
        assert mean == pytest.approx(at, rel=0.0015)  # a bin is 0.1 % wide
        assert unit[near].sum() / unit.sum() == pytest.approx(0.2, rel=0.01)
        left -= unit[near].sum()
    assert left == pytest.approx(0.0, abs=0.01 * unit.sum())
    assert not usual(bars)[1 - side].any()


def test_the_usual_recipe_is_scaled_on_the_hours_that_the_fit_saw() -> None:
    bars = align([slide(100 * np.exp(-0.0005 * np.arange(560)), {0: 1000.0})])
    shape = usual(bars)
    spans = bar_by_bar(bars, np.stack([3e5 * shape[0], np.ones(560)]))
    modelled = usual_recipe(bars, "BTC", spans, first(100, bars))
    np.testing.assert_allclose(modelled[0], spans.realised[0], rtol=1e-6)
    other = replace(spans, realised=floats(np.where(np.arange(560) < 100, spans.realised, 7.0)))
    assert same(usual_recipe(bars, "BTC", other, first(100, bars)), modelled)


def test_the_usual_recipe_does_not_see_volume() -> None:
    bars = align([a_walk(400, seed=4, volatility=0.004)])
    spans, fit = bar_by_bar(bars, 1e5), first(200, bars)
    modelled = usual_recipe(bars, "BTC", spans, fit)
    assert modelled[0].any()
    assert modelled[1].any()
    for volume in (bars.volume * 9, np.full_like(bars.volume, np.nan)):
        other = replace(bars, volume=floats(volume))
        assert same(usual_recipe(other, "BTC", spans, fit), modelled)
    tamed = replace(bars, change=floats(bars.change[:, ::-1]))
    assert not np.allclose(usual_recipe(tamed, "BTC", spans, fit), modelled, rtol=0.01)


@pytest.mark.parametrize("between", [0.0, -0.5])
def test_the_usual_recipe_forgets_nothing(between: float) -> None:
    """Neither time nor falling open interest takes away what stands."""
    month = 30 * 288
    prices = [100.0, *np.full(month, 102.0), *(102 * np.exp(-0.0005 * np.arange(70)))]
    opened = {0: 1000.0, **dict.fromkeys(range(1, month), between), month: 1000.0}
    bars = align([slide(prices, opened)])
    unit = usual(bars)[0] / prices
    early, late = (
        unit[abs(np.log(np.array(prices) / (entry * 0.99))) < 0.002].sum() for entry in (100, 102)
    )
    assert late > 0
    assert early == pytest.approx(late, rel=1e-3)


def test_the_usual_recipe_adds_venues_up() -> None:
    prices = 100 * np.exp(-0.0005 * np.arange(900))
    one, other = slide(prices, {0: 1000.0}), slide(prices, {99: 1000.0}, "okx")
    units = [usual(align(each))[0] / prices for each in ([one], [other], [one, other])]
    alone, later, both = (each / each.sum() for each in units)
    assert abs(alone - later).sum() > 0.5
    np.testing.assert_allclose(both, (alone + later) / 2, rtol=1e-4, atol=1e-6)
