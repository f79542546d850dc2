"""Nothing that is scored was known to what is scored: no fit and no flow sees its future."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from liqbot.calibration.evaluation import OURS, Evaluation, evaluate
from liqbot.heatmap.bars import Bars, align
from liqbot.heatmap.engine import grid_for, guessed, run, terms_of
from liqbot.heatmap.model import Model
from liqbot.market.observation import Observation
from liqbot.market.series import OpenInterest
from liqbot.market.tape import LiquidationTotals
from liqbot.market.units import DAY_MS, MINUTE_MS, floats
from tests.builders import START_MS
from tests.walks import a_walk, by, some_prints, some_totals

PRIOR = Model()
BAR_MS = 15 * MINUTE_MS
FIT_UNTIL_MS = START_MS + 12 * DAY_MS
CUT_MS = START_MS + 21 * DAY_MS  # late enough for the warm-up to be five days in full


@pytest.fixture(scope="module")
def walks() -> tuple[Observation, Observation]:
    one, other = (
        a_walk(24 * 96, seed=9, interval_ms=BAR_MS, volatility=0.0035, venue=venue)
        for venue in ("binance", "okx")
    )
    return one, replace(
        other, candles=replace(other.candles, volume=floats(other.candles.volume / 3))
    )


@pytest.fixture(scope="module")
def totals(walks: tuple[Observation, ...]) -> LiquidationTotals:
    return some_totals(replace(PRIOR, turnover=0.5), align(walks))


@pytest.fixture(scope="module")
def proof(walks: tuple[Observation, ...], totals: LiquidationTotals) -> Evaluation:
    return evaluate("BTC", walks, totals, PRIOR, fit_until_ms=FIT_UNTIL_MS)


def test_what_is_realised_after_the_fit_changes_nothing_modelled(
    walks: tuple[Observation, ...], totals: LiquidationTotals, proof: Evaluation
) -> None:
    later = totals.to_ms > FIT_UNTIL_MS
    usd = np.where(later, totals.usd[:, ::-1] * 50, totals.usd)
    other = evaluate(
        "BTC", walks, replace(totals, usd=floats(usd)), PRIOR, fit_until_ms=FIT_UNTIL_MS
    )
    assert other.model == proof.model
    for name, modelled in proof.modelled.items():
        assert np.array_equal(other.modelled[name], modelled), name
    assert other.flow[OURS] != proof.flow[OURS]


def test_what_is_realised_before_it_changes_the_model(
    walks: tuple[Observation, ...], totals: LiquidationTotals, proof: Evaluation
) -> None:
    earlier = totals.to_ms <= FIT_UNTIL_MS
    usd = np.where(earlier, totals.usd * 2, totals.usd)
    other = evaluate(
        "BTC", walks, replace(totals, usd=floats(usd)), PRIOR, fit_until_ms=FIT_UNTIL_MS
    )
    assert sum(other.model.long_weights) > 1.5 * sum(proof.model.long_weights)


def test_hours_are_modelled_as_if_nothing_followed(
    walks: tuple[Observation, ...], totals: LiquidationTotals, proof: Evaluation
) -> None:
    seen = [by(CUT_MS, each) for each in walks]
    part = evaluate("BTC", seen, totals.until(CUT_MS), PRIOR, fit_until_ms=FIT_UNTIL_MS)
    hours = len(part.spans)
    assert hours == len(proof.spans) - 72
    assert part.model.long_weights == pytest.approx(proof.model.long_weights, rel=1e-6, abs=1e-12)
    for name, modelled in proof.modelled.items():
        np.testing.assert_allclose(part.modelled[name], modelled[:, :hours], rtol=1e-5, atol=1.0)


def test_a_partial_tape_is_weighed_by_nothing_later(walks: tuple[Observation, ...]) -> None:
    """Binance tells a part of what OKX suggests: how much, is not learned from scored hours."""
    tapes = [some_prints(walks[0], 3000), some_prints(walks[1], 9000)]
    loud = tapes[0].at_ms > FIT_UNTIL_MS
    louder = replace(tapes[0], quantity=floats(np.where(loud, 40.0, 1.0) * tapes[0].quantity))
    one, other = (
        evaluate(
            "BTC",
            [replace(walk, tape=tape) for walk, tape in zip(walks, told, strict=True)],
            None,
            PRIOR,
            fit_until_ms=FIT_UNTIL_MS,
        )
        for told in (tapes, [louder, tapes[1]])
    )
    assert one.unfitted is None
    assert other.model == one.model
    assert np.array_equal(other.modelled[OURS], one.modelled[OURS])
    assert other.spans.realised.sum() > 2 * one.spans.realised.sum()


def flow_of(bars: Bars) -> NDArray[np.float64]:
    """Return what the prior expects each bar to fire, (bar, venue, tier, side) Usd."""
    terms = terms_of(PRIOR, "BTC", bars.venues, grid_for(bars), bars.interval_ms)
    return run(terms, guessed(terms, bars), bars, columns=False).flow


@pytest.mark.parametrize("bar", [0, 1, 250, 598])
def test_open_interest_at_the_end_of_a_bar_leaves_its_own_flow_alone(bar: int) -> None:
    walk = a_walk(600, seed=9)
    quantity = np.array(walk.open_interest.quantity)
    quantity[bar + 1] *= 2.5
    told = OpenInterest(at_ms=walk.open_interest.at_ms, quantity=floats(quantity))
    before, after = (flow_of(align([each])) for each in (walk, replace(walk, open_interest=told)))
    assert np.array_equal(before[: bar + 1], after[: bar + 1])
    assert not np.array_equal(before[bar + 1], after[bar + 1])


@pytest.mark.parametrize("bar", [0, 1, 250, 598])
@pytest.mark.parametrize("factor", [50.0, np.nan])
def test_volume_in_a_bar_leaves_its_own_flow_alone(bar: int, factor: float) -> None:
    walk = a_walk(600, seed=9)
    volume = np.array(walk.candles.volume)
    volume[bar] *= factor
    candles = replace(walk.candles, volume=floats(volume))
    before, after = (flow_of(align([each])) for each in (walk, replace(walk, candles=candles)))
    assert np.array_equal(before[: bar + 1], after[: bar + 1])
    assert not np.array_equal(before[bar + 1], after[bar + 1])
