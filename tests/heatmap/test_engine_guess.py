from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from liqbot.heatmap.bars import Bars, align
from liqbot.heatmap.engine import Terms, grid_for, guessed, nobody, run, terms_of
from liqbot.heatmap.model import Model
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    an_observation,
    some_candles,
    some_open_interest,
)


def _terms(base: str, bars: Bars) -> Terms:
    return terms_of(Model(), base, bars.venues, grid_for(bars), bars.interval_ms)


def test_a_guess_lies_beyond_the_first_price_as_far_as_leverage_reaches() -> None:
    bars = align([an_observation(some_candles((100.0, 101.0)))])
    model = Model(turnover=0.0)
    terms = terms_of(model, "BTC", bars.venues, grid_for(bars), bars.interval_ms)
    guess = guessed(terms, bars)
    longs, shorts = guess.quantity[0]
    first = terms.grid.index(100.0)
    assert not longs[:, first:].any()
    assert not shorts[:, : first + 1].any()
    assert longs.sum(axis=1).min() > 0
    assert shorts.sum(axis=1).min() > 0
    reach = abs((longs @ terms.grid.centres) / longs.sum(axis=1) / 100 - 1)
    assert np.all(np.diff(reach) < 0)
    assert guess.mass_ledger.error == 0


def test_a_guess_grows_with_open_interest_and_with_what_turned_over() -> None:
    def standing(oi: float, turnover: float) -> NDArray[np.float64]:
        told = some_open_interest([oi, oi, oi])
        bars = align([an_observation(some_candles((100.0, 101.0)), open_interest=told)])
        model = replace(Model(), turnover=turnover)
        terms = terms_of(model, "BTC", bars.venues, grid_for(bars), bars.interval_ms)
        total: NDArray[np.float64] = guessed(terms, bars).quantity.sum(axis=3)
        return total

    assert standing(3000, 0.1) == pytest.approx(3 * standing(1000, 0.1))
    assert np.all(standing(1000, 0.5) > standing(1000, 0.1))


def test_nothing_is_guessed_where_open_interest_is_unknown() -> None:
    unknown = some_open_interest([np.nan] * 4)
    bars = align([an_observation(open_interest=unknown)])
    terms = _terms("BTC", bars)
    assert not guessed(terms, bars).quantity.any()
    some, none = (
        run(terms, each, bars).positions.quantity for each in (guessed(terms, bars), nobody(terms))
    )
    assert np.array_equal(some, none)


def test_what_stood_of_a_venue_told_of_later_is_guessed_at_then() -> None:
    early = an_observation(some_candles((100.0,) * 4), open_interest=some_open_interest([5.0] * 5))
    later = some_candles((100.0,) * 2, start_ms=START_MS + 2 * FIVE_MINUTES_MS)
    told = some_open_interest([5.0] * 3, start_ms=START_MS + 2 * FIVE_MINUTES_MS)
    late = an_observation(later, venue="okx", open_interest=told)
    bars = align([early, late])
    terms = _terms("BTC", bars)
    start = guessed(terms, bars)
    assert not start.quantity[1].any()
    assert not run(terms, start, bars.rows(0, 2)).positions.quantity[1].any()
    stood = run(terms, start, bars.rows(0, 3)).positions.quantity
    alone = align([late])
    known = terms_of(terms.model, "BTC", alone.venues, terms.grid, alone.interval_ms)
    best = run(known, guessed(known, alone), alone.rows(0, 1)).positions.quantity
    np.testing.assert_allclose(stood[1], best[0], rtol=1e-9, atol=1e-15)
    assert run(terms, nobody(terms), bars).positions.quantity.sum() < stood.sum() / 2
