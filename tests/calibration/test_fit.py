"""Fits to liquidations that a known model made."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from liqbot.calibration.fit import _LEAST_SPANS, fit
from liqbot.calibration.flow import Spans, halves, realised, scored
from liqbot.calibration.score import FlowScore, flow_score
from liqbot.errors import OutOfRange
from liqbot.heatmap.bars import Bars, align
from liqbot.heatmap.engine import grid_for, guessed, run, terms_of
from liqbot.heatmap.model import Model
from liqbot.market.units import DAY_MS, F8, HOUR_MS, floats
from tests.builders import FIVE_MINUTES_MS, START_MS
from tests.walks import a_walk, modelled_hours, some_totals

PRIOR = Model()
HEAVY = replace(
    PRIOR,
    long_weights=tuple(2.0 * w for w in PRIOR.long_weights),
    short_weights=tuple(1.5 * w for w in PRIOR.short_weights),
)


@dataclass(frozen=True)
class Market:
    """A market, what was realised in it, and which of that a fit may see."""

    bars: Bars
    spans: Spans
    seen: NDArray[np.bool_]

    @property
    def shown(self) -> Spans:
        return self.spans.where(self.seen)

    def scores(self, model: Model) -> tuple[FlowScore, FlowScore]:
        """Score a model on what the fit did not see."""
        hours = (self.spans.from_ms - START_MS) // HOUR_MS
        usd = modelled_hours(model, self.bars)[:, hours]
        long, short = (flow_score(usd[s], self.spans.realised[s], self.seen) for s in (0, 1))
        return long, short


def a_market(model: Model, *, days: int = 20, seed: int = 1) -> Market:
    bars = align([a_walk(days * 288, seed=seed)])
    spans = scored(realised({}, some_totals(model, bars), bars), bars)
    return Market(bars, spans, halves(spans, None))


@pytest.fixture(scope="module")
def heavy() -> Market:
    return a_market(HEAVY, seed=2)


@pytest.fixture(scope="module")
def fitted(heavy: Market) -> Model:
    return fit("BTC", heavy.bars, heavy.shown, PRIOR)


@pytest.fixture(scope="module")
def brief() -> Market:
    """A market of which a fit may see a little more than the least that it needs."""
    return a_market(HEAVY, days=6)


def test_a_fit_recovers_what_was_liquidated_later(heavy: Market, fitted: Model) -> None:
    for score in heavy.scores(fitted):
        assert score.n == 180
        assert score.r2_sqrt > 0.95
        assert score.log_corr > 0.95


def expected(model: Model) -> F8:
    """Return what a model expects to be realised of what opens, (side, tier)."""
    weights = np.array([model.long_weights, model.short_weights])
    return floats(weights * np.array(model.realisation)[:, None])


def test_a_fit_recovers_how_much_there_is(fitted: Model) -> None:
    truth = np.array([HEAVY.long_weights, HEAVY.short_weights])
    np.testing.assert_allclose(expected(fitted).sum(axis=1), truth.sum(axis=1), rtol=0.2)


@pytest.mark.parametrize(
    ("unlike", "seed", "found"),
    [
        ({"half_life_h": tuple(h / 4 for h in PRIOR.half_life_h)}, 1, lambda m: -m.half_life_h[0]),
        ({"tilt": 0.8}, 1, lambda m: m.tilt),
        ({"turnover": 0.0}, 3, lambda m: -m.turnover),
    ],
)
def test_a_fit_moves_towards_habits_unlike_its_priors(
    unlike: dict[str, Any], seed: int, found: Callable[[Model], float]
) -> None:
    market = a_market(replace(HEAVY, **unlike), seed=seed)
    model = fit("BTC", market.bars, market.shown, PRIOR)
    assert found(model) > found(PRIOR)
    for score, before in zip(market.scores(model), market.scores(PRIOR), strict=True):
        assert score.r2_sqrt > 0.93
        assert score.skill() > before.skill()


def test_a_fit_says_where_it_is_from(heavy: Market, fitted: Model) -> None:
    assert fitted.venues == ("binance",)
    assert fitted.fitted_from_ms == heavy.shown.from_ms[0] == START_MS + 5 * DAY_MS
    assert fitted.fitted_to_ms == heavy.shown.to_ms[-1] == START_MS + 5 * DAY_MS + 180 * HOUR_MS
    assert fitted.version == "BTC 2026-01-13 12:00"
    assert fitted.scores["skill"] > 0.9
    assert Model.from_toml(fitted.to_toml()) == fitted


@pytest.mark.parametrize("scale", [1.0, 100.0])  # the second, beyond all open interest
def test_a_fit_needs_nothing_later_than_what_it_is_shown(heavy: Market, scale: float) -> None:
    shown = replace(heavy.shown, realised=floats(scale * heavy.shown.realised))
    last = int((shown.to_ms[-1] - START_MS) // heavy.bars.interval_ms)
    early, late = (
        fit("BTC", bars, shown, PRIOR) for bars in (heavy.bars.rows(0, last), heavy.bars)
    )
    assert early.long_weights == pytest.approx(late.long_weights, rel=1e-6, abs=1e-12)
    assert early.short_weights == pytest.approx(late.short_weights, rel=1e-6, abs=1e-12)
    assert early.realisation == pytest.approx(late.realisation, rel=1e-6)
    habits = ("half_life_h", "turnover", "spread", "tilt", "version")
    assert [getattr(early, each) for each in habits] == [getattr(late, each) for each in habits]


def test_a_fit_is_the_same_each_time_and_tells_how_far_it_is(brief: Market) -> None:
    told: list[float] = []
    one = fit("BTC", brief.bars, brief.spans, PRIOR, told.append)
    assert fit("BTC", brief.bars, brief.spans, PRIOR) == one
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 10


@pytest.mark.parametrize("scale", [0.1, 10.0, 300.0])
def test_what_is_expected_grows_with_what_was_realised(brief: Market, scale: float) -> None:
    one, other = (
        fit("BTC", brief.bars, replace(brief.spans, realised=floats(usd)), PRIOR)
        for usd in (brief.spans.realised, scale * brief.spans.realised)
    )
    np.testing.assert_allclose(expected(other), scale * expected(one), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("scale", [1.0, 30.0, 300.0])
def test_raw_mass_stays_within_what_is_open(brief: Market, scale: float) -> None:
    spans = replace(brief.spans, realised=floats(scale * brief.spans.realised))
    model = fit("BTC", brief.bars, spans, PRIOR)
    assert max(sum(model.long_weights), sum(model.short_weights)) <= 1 + 1e-9
    assert min(*model.long_weights, *model.short_weights) >= 0
    terms = terms_of(model, "BTC", brief.bars.venues, grid_for(brief.bars), FIVE_MINUTES_MS)
    ran = run(terms, guessed(terms, brief.bars), brief.bars, columns=False)
    by_side = ran.positions.quantity.sum(axis=(0, 2, 3))
    assert 0 < by_side.max() <= (brief.bars.before + brief.bars.change)[0, -1] * (1 + 1e-6)


def quiet(side: int, hours: slice) -> Callable[[F8], F8]:
    def silence(usd: F8) -> F8:
        other = np.array(usd)
        other[side, hours] = 0.0
        return floats(other)

    return silence


@pytest.mark.parametrize(
    "silence",
    [
        quiet(0, slice(None)),
        quiet(1, slice(None)),
        quiet(0, slice(0, 66)),  # of 108 hours the older 64 choose weights
        quiet(1, slice(60, None)),
    ],
)
def test_a_side_without_liquidations_early_or_late_cannot_be_learned(
    brief: Market, silence: Callable[[F8], F8]
) -> None:
    assert len(brief.spans) == 108
    spans = replace(brief.spans, realised=silence(brief.spans.realised))
    with pytest.raises(OutOfRange, match="both sides early and late"):
        fit("BTC", brief.bars, spans, PRIOR)


def test_fewer_hours_than_the_least_are_refused(brief: Market) -> None:
    hours = np.arange(len(brief.spans))
    assert _LEAST_SPANS >= 24
    shown = brief.spans.where(hours < _LEAST_SPANS)
    assert fit("BTC", brief.bars, shown, PRIOR).venues == ("binance",)
    for few in (_LEAST_SPANS - 1, 1, 0):
        with pytest.raises(OutOfRange, match=rf"at least {_LEAST_SPANS} hours.* has {few}\."):
            fit("BTC", brief.bars, brief.spans.where(hours < few), PRIOR)


def test_what_nothing_modelled_explains_cannot_be_learned(brief: Market) -> None:
    nothing = floats(np.zeros_like(brief.bars.before))
    unknown = floats(np.full_like(nothing, np.nan))
    bars = replace(brief.bars, volume=unknown, change=nothing, before=unknown)
    with pytest.raises(OutOfRange, match="out of all proportion to the open interest"):
        fit("BTC", bars, brief.spans, PRIOR)


def test_what_is_far_beyond_all_open_interest_cannot_be_learned(brief: Market) -> None:
    spans = replace(brief.spans, realised=floats(1e9 * brief.spans.realised))
    with pytest.raises(OutOfRange, match="times the modelled"):
        fit("BTC", brief.bars, spans, PRIOR)
