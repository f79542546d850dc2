"""A model fitted anew takes the place of one that explains the newest hours less well."""

from dataclasses import replace

import numpy as np
import pytest

from liqbot.calibration.refit import LEAST_SPANS, Refit, refit
from liqbot.errors import OutOfRange
from liqbot.heatmap.bars import align
from liqbot.heatmap.cascade import fires_of
from liqbot.heatmap.model import Model
from liqbot.market.observation import Observation
from liqbot.market.tape import Tape
from liqbot.market.units import HOUR_MS, MINUTE_MS, Side
from tests.builders import START_MS, a_liquidation
from tests.walks import QUICK, a_walk, modelled_hours

DAYS = 20
TRUE = replace(QUICK, long_weights=(0.01, 0.03), turnover=1.0)


def realising(model: Model, *, days: int = DAYS, seed: int = 1) -> Observation:
    """Return a market in which each hour as much is forced out as a model says, or nearly."""
    seen = a_walk(days * 288, seed=seed)
    usd = modelled_hours(model, align([seen]))
    usd = usd * np.random.default_rng(seed).lognormal(0.0, 0.1, usd.shape)
    prints = [
        a_liquidation(
            side,
            at_ms=START_MS + hour * HOUR_MS + (10 + side.index) * MINUTE_MS,
            quantity=max(usd[side.index, hour] / 100, 1e-9),
        )
        for hour in range(usd.shape[1])
        for side in Side
    ]
    return replace(seen, tape=Tape.of(prints))


@pytest.fixture(scope="module")
def market() -> Observation:
    return realising(TRUE)


@pytest.fixture(scope="module")
def found(market: Observation) -> Refit:
    return refit("BTC", [market], QUICK, QUICK)


def test_a_model_that_explains_what_came_later_better_is_told_so(found: Refit) -> None:
    assert found.is_better
    assert found.skill > found.before + 0.01
    assert found.skill > 0.9


def test_its_scores_stand_beside_the_baselines_and_are_of_the_same_hours(found: Refit) -> None:
    scores = found.model.scores
    assert (scores["skill"], scores["before"]) == (found.skill, found.before)
    assert scores["hours"] == found.hours
    assert scores["usual_recipe"] < found.skill
    assert 0 < scores["price_only"] < 1
    assert Model.from_toml(found.model.to_toml()) == found.model


def test_where_prints_fell_is_scored_on_hours_that_were_not_fitted_to(market: Observation) -> None:
    candles = market.candles
    at_ms = candles.opened_ms[::12] + 30 * MINUTE_MS
    lows = [float(candles.low[i : i + 12].min()) for i in range(0, len(candles), 12)]
    prints = [
        a_liquidation(Side.LONG, at_ms=int(at), price=low)
        for at, low in zip(at_ms, lows, strict=True)
    ]
    there = replace(market, tape=Tape.merge([market.tape, Tape.of(prints)]))
    scores = refit("BTC", [there], QUICK, QUICK).model.scores
    assert 0 < scores["place_long_n"] <= 2 * scores["hours"]
    low, high = scores["place_long_quantile_low"], scores["place_long_quantile_high"]
    assert low <= scores["place_long_quantile"] <= high
    assert 0 <= scores["place_long_precision"] <= 1


def test_how_far_heavy_hours_are_from_what_was_expected_is_measured(
    market: Observation, found: Refit
) -> None:
    low, high = (found.model.scores[f"realised_{name}"] for name in ("low", "high"))
    assert 0.1 < low < 0.9 < high < 2.0
    assert fires_of(found.model) == (low, 1.0, max(high, 1.0))
    tape, until_ms = market.tape, found.model.fitted_to_ms or 0
    hour = tape.at_ms // HOUR_MS
    less = np.where((tape.at_ms >= until_ms) & (hour % 2 == 0), tape.quantity / 9, tape.quantity)
    wild = replace(market, tape=replace(tape, quantity=less))
    scores = refit("BTC", [wild], QUICK, QUICK).model.scores
    assert scores["realised_low"] < low / 2


def test_the_newest_fifth_is_scored_and_not_fitted_to(market: Observation, found: Refit) -> None:
    warm = DAYS * 24 - 5 * 24
    assert found.hours in (warm // 5, warm // 5 - 1)
    assert found.model.fitted_to_ms is not None
    tail_ms = int(market.candles.closed_ms[-1]) - found.model.fitted_to_ms
    assert tail_ms // HOUR_MS in (found.hours, found.hours + 1)


def test_what_was_forced_out_in_the_newest_fifth_changes_no_model(
    market: Observation, found: Refit
) -> None:
    tape, until_ms = market.tape, found.model.fitted_to_ms or 0
    louder = np.where(tape.at_ms >= until_ms, tape.quantity * 9, tape.quantity)
    other = replace(market, tape=replace(tape, quantity=louder))
    again = refit("BTC", [other], QUICK, QUICK).model
    assert replace(again, scores={}) == replace(found.model, scores={})


def test_the_model_that_was_fitted_before_is_not_beaten_by_itself(
    market: Observation, found: Refit
) -> None:
    again = refit("BTC", [market], found.model, QUICK)
    assert again.before == found.skill
    assert not again.is_better


def test_a_few_days_of_forced_orders_are_too_little() -> None:
    with pytest.raises(OutOfRange, match=rf"BTC.* {LEAST_SPANS} hours"):
        refit("BTC", [realising(TRUE, days=8)], QUICK, QUICK)
    with pytest.raises(OutOfRange, match="0 are known"):
        refit("BTC", [a_walk(DAYS * 288)], QUICK, QUICK)


def test_it_can_be_broken_off(market: Observation) -> None:
    def stop(_: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        refit("BTC", [market], QUICK, QUICK, stop)
