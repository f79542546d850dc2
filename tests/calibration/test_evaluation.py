"""The whole proof, on small markets: what is scored, and what comes of recordings with holes."""

from dataclasses import replace

import numpy as np
import pytest

from liqbot.calibration.baselines import weigh
from liqbot.calibration.evaluation import OURS, PRICE_ONLY, USUAL, Evaluation, evaluate
from liqbot.calibration.fit import _LEAST_SPANS
from liqbot.calibration.place import at_mark, place_scores
from liqbot.calibration.score import flow_score
from liqbot.calibration.truth import Truth
from liqbot.errors import OutOfRange, UnknownName
from liqbot.heatmap.bars import align
from liqbot.heatmap.model import Model
from liqbot.market.observation import Observation
from liqbot.market.series import Candles
from liqbot.market.tape import LiquidationTotals, Tape
from liqbot.market.units import DAY_MS, HOUR_MS, Side, floats, integers
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    a_liquidation,
    an_observation,
    some_open_interest,
)
from tests.walks import a_walk, hourly, modelled_hours, some_prints, some_totals

PRIOR = Model()
DAYS = 12


@pytest.fixture(scope="module")
def walk() -> Observation:
    return a_walk(DAYS * 288, seed=4)


@pytest.fixture(scope="module")
def totals(walk: Observation) -> LiquidationTotals:
    return some_totals(replace(PRIOR, turnover=0.4, tilt=0.0), align([walk]))


@pytest.fixture(scope="module")
def proof(walk: Observation, totals: LiquidationTotals) -> Evaluation:
    return evaluate("BTC", [walk], totals, PRIOR)


def test_half_of_the_warm_hours_is_fitted_and_the_other_half_scored(proof: Evaluation) -> None:
    hours = DAYS * 24 - 72  # a quarter of twelve days is a warm-up
    assert len(proof.spans) == hours
    assert proof.spans.from_ms[0] == START_MS + 72 * HOUR_MS
    assert proof.seen.tolist() == [True] * (hours // 2) + [False] * (hours // 2)
    assert proof.unfitted is None
    assert proof.model.fitted_to_ms == proof.spans.to_ms[hours // 2 - 1]
    assert [each.n for scores in proof.flow.values() for each in scores] == [hours // 2] * 6


def test_a_market_that_follows_the_model_is_explained_better_than_by_either_baseline(
    proof: Evaluation,
) -> None:
    assert list(proof.flow) == list(proof.modelled) == [OURS, PRICE_ONLY, USUAL]
    for side in Side:
        ours, *baselines = (scores[side.index] for scores in proof.flow.values())
        assert ours.r2_sqrt > 0.9
        best = {n: max(each.as_dict()[n] for each in baselines) for n in baselines[0].as_dict()}
        assert all(ours.as_dict()[name] > best[name] for name in best if name != "n")


def test_the_scores_are_those_of_the_dollars_beside_them(proof: Evaluation) -> None:
    hours = (proof.spans.from_ms - START_MS) // HOUR_MS
    usd = modelled_hours(proof.model, proof.bars)[:, hours]
    actual, seen = proof.spans.realised, proof.seen
    scale = [weigh(usd[s][seen, None], actual[s][seen])[0] for s in (0, 1)]
    np.testing.assert_allclose(proof.modelled[OURS], usd * np.array(scale)[:, None], rtol=1e-9)
    for name, modelled in proof.modelled.items():
        for side in Side:
            s = side.index
            assert proof.flow[name][s] == flow_score(modelled[s], actual[s], seen)


def test_what_came_in_is_accounted_for(proof: Evaluation) -> None:
    assert proof.ledger.deposited.sum() > 0
    assert proof.ledger.error < 1e-9


def test_sums_alone_say_nothing_of_places_or_truth(proof: Evaluation) -> None:
    assert proof.place == ()
    assert proof.truth == ()


def test_a_moment_ends_what_the_fit_sees(walk: Observation, totals: LiquidationTotals) -> None:
    until_ms = START_MS + 6 * DAY_MS + 1
    proof = evaluate("BTC", [walk], totals, PRIOR, fit_until_ms=until_ms)
    assert np.count_nonzero(proof.seen) == 72
    assert proof.model.fitted_to_ms == until_ms - 1


def test_too_little_to_fit_leaves_the_prior_and_says_why(
    walk: Observation, totals: LiquidationTotals
) -> None:
    until_ms = START_MS + (72 + _LEAST_SPANS - 1) * HOUR_MS
    proof = evaluate("BTC", [walk], totals, PRIOR, fit_until_ms=until_ms)
    assert proof.model is PRIOR
    assert proof.unfitted is not None
    assert f"at least {_LEAST_SPANS} hours" in proof.unfitted
    assert proof.flow[OURS][0].n == len(proof.spans) - _LEAST_SPANS + 1
    assert proof.flow[OURS][0].r2_sqrt > 0.5


def test_without_hours_to_fit_the_priors_own_scale_counts(
    walk: Observation, totals: LiquidationTotals
) -> None:
    proof = evaluate("BTC", [walk], totals, PRIOR, fit_until_ms=START_MS)
    assert not proof.seen.any()
    assert proof.model is PRIOR
    usd = modelled_hours(PRIOR, proof.bars)[:, (proof.spans.from_ms - START_MS) // HOUR_MS]
    scale = np.array(PRIOR.realisation)[:, None]
    np.testing.assert_allclose(proof.modelled[OURS], usd * scale, rtol=1e-9)
    assert not proof.modelled[PRICE_ONLY].any()


def test_sums_from_another_time_leave_nothing_to_score(walk: Observation) -> None:
    elsewhere = hourly(np.ones((2, 100)), start_ms=START_MS + 40 * DAY_MS)
    proof = evaluate("BTC", [walk], elsewhere, PRIOR)
    assert (len(proof.spans), proof.model) == (0, PRIOR)
    assert list(proof.flow) == [OURS]
    assert proof.flow[OURS][0].n == 0


def test_hours_of_unknown_dollars_are_not_scored(
    walk: Observation, totals: LiquidationTotals, proof: Evaluation
) -> None:
    usd = np.array(totals.usd)
    usd[0, 100:110] = np.nan
    other = evaluate("BTC", [walk], replace(totals, usd=floats(usd)), PRIOR)
    assert len(other.spans) == len(proof.spans) - 10
    assert other.flow[OURS][0].r2_sqrt > 0.9


def test_without_anything_realised_there_is_no_proof(walk: Observation) -> None:
    with pytest.raises(OutOfRange, match="BTC has no realised liquidations"):
        evaluate("BTC", [walk], None, PRIOR)


def test_sums_without_any_price_are_no_market(totals: LiquidationTotals) -> None:
    with pytest.raises(OutOfRange, match="No candles"):
        evaluate("BTC", [an_observation(Candles.none(FIVE_MINUTES_MS))], totals, PRIOR)


def test_a_venue_without_a_formula_is_named(walk: Observation, totals: LiquidationTotals) -> None:
    with pytest.raises(UnknownName, match="kraken"):
        evaluate("BTC", [a_walk(300, venue="kraken")], totals, PRIOR)


def test_a_tape_is_believed_before_sums_and_its_places_are_scored(
    walk: Observation, totals: LiquidationTotals
) -> None:
    tape = some_prints(walk, 3000)
    proof = evaluate("BTC", [replace(walk, tape=tape)], totals, PRIOR)
    edges = integers([*proof.spans.from_ms, proof.spans.to_ms[-1]])
    assert np.array_equal(proof.spans.realised, tape.totals(edges))
    assert [each.side for each in proof.place] == [Side.LONG, Side.SHORT]
    assert all(each.n > 100 for each in proof.place)


def test_places_are_scored_where_orders_were_triggered_not_where_okx_prints_them(
    walk: Observation,
) -> None:
    okx = replace(walk, instrument=replace(walk.instrument, venue="okx"))
    prints = some_prints(walk, 3000)
    proof = evaluate("BTC", [replace(okx, tape=prints)], None, PRIOR)
    moved, plain = (
        place_scores("BTC", proof.bars, [tape], proof.model)
        for tape in (at_mark(replace(okx, tape=prints)), prints)
    )
    assert proof.place == moved
    assert proof.place != plain


@pytest.mark.parametrize("missing", [slice(7 * 288, 7 * 288 + 30), slice(0, 40), slice(-40, None)])
def test_holes_in_candles_are_no_obstacle(walk: Observation, missing: slice) -> None:
    unknown = np.zeros(len(walk.candles), np.bool_)
    unknown[missing] = True
    columns = {
        name: floats(np.where(unknown, np.nan, getattr(walk.candles, name)))
        for name in ("open", "high", "low", "close", "volume")
    }
    candles = replace(walk.candles, **columns)  # type: ignore[arg-type]  # by name
    proof = evaluate(
        "BTC", [replace(walk, candles=candles, tape=some_prints(walk, 3000))], None, PRIOR
    )
    assert proof.unfitted is None
    assert proof.ledger.error < 1e-9
    assert np.isfinite([each.skill() for each in proof.flow[OURS]]).all()


def test_a_tape_without_prices_makes_its_own(walk: Observation) -> None:
    nothing = Candles.none(FIVE_MINUTES_MS)
    tape, unknown = some_prints(walk, 3000), some_open_interest(())
    alone = an_observation(nothing, tape=tape, open_interest=unknown)
    proof = evaluate("BTC", [alone], None, PRIOR)
    assert proof.unfitted is None
    assert len(proof.bars) == len(walk.candles)
    assert all(each.n > 100 for each in proof.place)


def test_prices_of_one_venue_serve_the_tape_of_another(walk: Observation) -> None:
    nothing = Candles.none(FIVE_MINUTES_MS)
    tape, unknown = some_prints(walk, 3000), some_open_interest(())
    other = an_observation(nothing, venue="bybit", tape=tape, open_interest=unknown)
    proof = evaluate("BTC", [walk, other], None, PRIOR)
    assert proof.bars.venues == ("binance",)
    assert all(each.n > 100 for each in proof.place)


def test_a_tape_within_one_hour_is_scored_by_place_alone(walk: Observation) -> None:
    at_ms = START_MS + 10 * DAY_MS
    row = int(np.searchsorted(walk.candles.opened_ms, at_ms))
    last = float(walk.candles.close[row - 1])
    ends = ((Side.LONG, walk.candles.low), (Side.SHORT, walk.candles.high))
    orders = [
        a_liquidation(side, at_ms=at_ms + FIVE_MINUTES_MS, price=(last + column[row + 1]) / 2)
        for side, column in ends
    ]
    proof = evaluate("BTC", [replace(walk, tape=Tape.of(orders))], None, PRIOR)
    assert (len(proof.spans), proof.model) == (0, PRIOR)
    assert sum(each.n for each in proof.place) > 0


def test_known_positions_are_scored_against_the_newest_column(
    walk: Observation, totals: LiquidationTotals
) -> None:
    mark = walk.mark
    truth = Truth(
        side=np.array([0, 1, 1], np.int8),
        liquidation_price=floats([mark * 0.95, mark * 1.02, mark * 1.05]),
        quantity=floats([3.0, 1.0, 1.0]),
    )
    proof = evaluate("BTC", [walk], totals, PRIOR, truth=truth)
    assert [each.true_usd / mark for each in proof.truth] == pytest.approx([0, 2.85, 1.02, 2.07])
    assert proof.truth[3].mass_ratio > 0
    assert 0 < proof.truth[3].cosine < 1
