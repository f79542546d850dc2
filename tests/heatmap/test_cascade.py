"""What would fire if price were pushed somewhere, and where it would come to rest."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from liqbot.errors import OutOfRange
from liqbot.heatmap.cascade import (
    RESTS,
    Cascade,
    Walk,
    between,
    cascade_of,
    fires_of,
    usual_target,
    walk,
)
from liqbot.heatmap.model import Model
from liqbot.market.units import Price, Side, floats
from tests.charts.histories import a_history, an_empty_history
from tests.heatmap.books import booked
from tests.oracles.cascade import walked

MARK = 65_000.0
USD = st.floats(0.0, 1e9).map(lambda usd: round(usd, 2))
STEPS = st.lists(st.tuples(USD, USD), min_size=1, max_size=25)
HISTORY = a_history()
AWAY = st.floats(-0.15, 0.15).filter(lambda away: abs(away) > 1e-3)


def passed(steps: list[tuple[float, float]], reached: int) -> tuple[np.ndarray, float]:
    forced, resting = (floats(each) for each in zip(*steps, strict=True))
    return walk(forced, resting, reached)


def distance(found: Cascade, way: Walk) -> float:
    return float(np.diff(found.edges) @ way.share)


@given(STEPS, st.integers(0, 25))
def test_the_walk_is_that_of_the_oracle(steps: list[tuple[float, float]], reached: int) -> None:
    reached = min(reached, len(steps))
    share, waiting = passed(steps, reached)
    forced, resting = zip(*steps, strict=True)
    expected, left = walked(forced, resting, reached)
    tiny = 1e-6 * (sum(forced) + 1)
    waits = np.array([float(each) for each in expected])
    net = np.abs(np.array(forced) - np.array(resting))
    assume(net[net > 0].min(initial=1.0) > 1e-3)  # else where it ends is a matter of rounding
    assert waiting == pytest.approx(float(left), abs=tiny)
    assert share == pytest.approx(waits, abs=1e-3)


@given(STEPS, st.integers(0, 25), st.floats(1.0, 5.0))
def test_more_liquidity_never_goes_further(
    steps: list[tuple[float, float]], reached: int, times: float
) -> None:
    reached = min(reached, len(steps))
    more = [(fires, rests * times) for fires, rests in steps]
    assert (passed(more, reached)[0] <= passed(steps, reached)[0] + 1e-9).all()


@given(STEPS, st.integers(0, 25), st.floats(1.0, 5.0))
def test_more_mass_never_stops_earlier(
    steps: list[tuple[float, float]], reached: int, times: float
) -> None:
    reached = min(reached, len(steps))
    more = [(fires * times, rests) for fires, rests in steps]
    assert (passed(more, reached)[0] >= passed(steps, reached)[0] - 1e-9).all()


@given(STEPS, st.integers(0, 24))
def test_being_pushed_further_never_stops_earlier(
    steps: list[tuple[float, float]], reached: int
) -> None:
    reached = min(reached, len(steps) - 1)
    assert (passed(steps, reached + 1)[0] >= passed(steps, reached)[0] - 1e-9).all()


@given(STEPS, st.integers(0, 25))
def test_what_fires_stood_there_and_is_absorbed_or_left(
    steps: list[tuple[float, float]], reached: int
) -> None:
    reached = min(reached, len(steps))
    share, left = passed(steps, reached)
    forced, resting = (np.array(each) for each in zip(*steps, strict=True))
    absorbed = forced @ share - left
    assert ((share >= 0) & (share <= 1)).all()
    assert (np.diff(share) <= 0).all()  # nothing fires behind a place that price does not come to
    assert -1e-6 * forced.sum() <= absorbed
    assert absorbed <= resting @ share + 1e-6 * (forced.sum() + 1)


@settings(max_examples=25)
@given(AWAY, st.floats(1e6, 1e12))
def test_what_fires_is_what_stands_on_the_way(away: float, density: float) -> None:
    history = booked(HISTORY, density)
    found = cascade_of(history, MARK * (1 + away))
    standing = history.snapshot.by_tier[found.side.index].sum(axis=1)
    expected = standing * history.model.realisation[found.side.index]
    assert (found.forced.sum(axis=1) <= expected * (1 + 1e-9)).all()
    fired = sum(each.usd for each in found.waves)
    assert fired == pytest.approx(found.base.fired_usd)
    last = int(np.flatnonzero(found.base.share)[-1])
    assert all(
        abs(np.log(price / MARK)) <= found.edges[last + 1] + 1e-9
        for span in found.thin
        for price in (span.low, span.high)
    )
    for wave in found.waves:
        row = history.snapshot.tiers.index(wave.leverage)
        half = floats([0.0, abs(np.log(wave.half / MARK))])
        before = between(
            history.snapshot, found.side, history.snapshot.by_tier[found.side.index], half
        )
        share = history.model.realisation[found.side.index]
        assert before[row, 0] * share == pytest.approx(wave.usd / 2)
    for case in (found.low, found.base, found.high):
        assert case.fired_usd == pytest.approx(case.absorbed_usd + case.left_usd)
        assert (case.stop is None) == (case.left_usd > 0)


@settings(max_examples=25)
@given(AWAY, AWAY, st.floats(1e6, 1e12))
def test_a_farther_target_never_stops_nearer(one: float, other: float, density: float) -> None:
    assume(one * other > 0)
    near, far = sorted((one, other), key=abs)
    history = booked(HISTORY, density)
    first, second = (cascade_of(history, MARK * (1 + away)) for away in (near, far))
    for a, b in ((first.low, second.low), (first.base, second.base), (first.high, second.high)):
        assert distance(second, b) >= distance(first, a) - 1e-9
        assert b.fired_usd >= a.fired_usd * (1 - 1e-9)


@settings(max_examples=25)
@given(AWAY, st.floats(1e6, 1e12))
def test_the_cases_are_in_order(away: float, density: float) -> None:
    found = cascade_of(booked(HISTORY, density), MARK * (1 + away))
    ways = [distance(found, each) for each in (found.low, found.base, found.high)]
    assert ways == sorted(ways)
    assert found.low.fired_usd <= found.base.fired_usd <= found.high.fired_usd


@pytest.mark.parametrize("side", [*Side])
def test_in_a_deep_market_price_stays_where_it_is_pushed(side: Side) -> None:
    target = MARK * (1 - side.sign * 0.03)
    found = cascade_of(booked(density=1e13), target)
    assert (found.side, found.target) == (side, target)
    assert found.base.stop == pytest.approx(target)
    assert found.overshoot == 0.0
    assert found.base.fired_usd == pytest.approx(found.on_way_usd)
    assert found.resting_usd == pytest.approx(1e13 * abs(np.log(target / MARK)), rel=1e-3)
    assert found.push_usd == pytest.approx(found.resting_usd - found.on_way_usd)
    assert found.thin == ()
    assert found.thin_share == 0.0


def test_in_a_thin_market_it_goes_on_until_what_fires_meets_orders() -> None:
    found = cascade_of(booked(density=8e9), MARK * 0.97)
    assert found.base.stop is not None
    assert found.base.stop < found.target
    assert found.base.fired_usd > found.on_way_usd
    assert found.cluster is not None
    assert found.cluster.zone == "C"
    assert found.overshoot == pytest.approx(1 - found.base.stop / found.cluster.low)


def test_where_no_cluster_stands_out_it_is_told_how_far_past_the_push_it_goes() -> None:
    found = cascade_of(booked(a_history(clusters=()), density=8e9), MARK * 0.97)
    assert found.base.stop is not None
    assert found.base.stop < found.target
    assert found.overshoot == pytest.approx(1 - found.base.stop / found.target)


def test_half_of_what_a_tier_fires_has_fired_before_price_stops() -> None:
    history = booked(an_empty_history(), density=1e10)
    snapshot, grid = history.snapshot, history.snapshot.grid
    last = int(grid.index(Price(MARK * 0.97)))
    rests = 1e10 * float(np.log(grid.edges[last + 1] / grid.edges[last]))
    usd = np.zeros_like(snapshot.usd)
    usd[0, Side.LONG.index, 0, last + 1] = 1.2 * rests / history.model.realisation[0]
    usd[0, Side.LONG.index, 1, last] = 1.0  # fires in the last fifth of a step alone
    usd[0, Side.LONG.index, 2, last - 3] = 50 * rests  # to which price comes in the high case
    lone = replace(history, snapshot=replace(snapshot, usd=floats(usd)))
    found = cascade_of(lone, float(grid.edges[last + 1]))
    assert found.base.stop is not None
    early = next(each for each in found.waves if each.leverage == snapshot.tiers[1])
    assert found.base.stop < early.half < found.target
    assert found.high.fired_usd > 10 * found.base.fired_usd
    assert found.thin == ()


def test_where_more_fires_than_rests_it_takes_less_to_push_it_there() -> None:
    found = cascade_of(booked(density=8e9), MARK * 0.97)
    assert 0 < found.push_usd < found.resting_usd
    waits = found.on_way_usd - (found.resting_usd - found.push_usd)
    assert waits > 0  # which is why it goes on


def test_by_default_it_is_asked_about_the_nearest_zone() -> None:
    zone = next(each for each in HISTORY.clusters if each.zone == "B")
    assert usual_target(HISTORY) == zone.peak
    assert usual_target(a_history(clusters=())) == pytest.approx(MARK * 0.97)


def test_where_next_to_nothing_rests_there_is_no_stop() -> None:
    found = cascade_of(booked(density=1e6), MARK * 0.97)
    assert (found.base.stop, found.overshoot) == (None, None)
    assert found.base.left_usd > 0
    assert found.thin_share > 0.9
    assert found.thin[0].high <= MARK
    assert all(
        one.low >= other.high for one, other in zip(found.thin, found.thin[1:], strict=False)
    )


def test_without_a_book_nobody_can_say_where_it_stops() -> None:
    found = cascade_of(a_history(), MARK * 0.97)
    assert found.base.stop is None
    assert not found.base.left_usd
    assert found.base.fired_usd == pytest.approx(found.on_way_usd)
    assert (found.thin, found.shown_share) == ((), 0.0)


def test_waves_come_with_the_highest_leverage_first() -> None:
    waves = cascade_of(booked(density=1e13), MARK * 0.95).waves
    assert [each.leverage for each in waves] == sorted(HISTORY.snapshot.tiers, reverse=True)
    assert all(MARK * 0.95 < each.half < MARK for each in waves)


def test_an_empty_map_fires_nothing_and_price_stays_where_it_is_pushed() -> None:
    found = cascade_of(booked(an_empty_history()), MARK * 0.97)
    assert found.base.stop == pytest.approx(MARK * 0.97)
    assert (found.base.fired_usd, found.waves, found.thin) == (0.0, (), ())
    assert found.thin_share == 0.0


def test_what_is_shown_is_told_from_what_is_assumed() -> None:
    near = cascade_of(booked(density=1e13), MARK * 0.99)
    far = cascade_of(booked(density=1e13), MARK * 0.90)
    assert near.shown_share == pytest.approx(1.0, abs=0.01)
    assert far.shown_share == pytest.approx(0.02 / -np.log(0.9), rel=0.02)


def test_the_interval_is_the_one_that_the_fit_measured() -> None:
    assert fires_of(Model()) == (0.4, 1.0, 1.7)
    measured = Model(scores={"realised_low": 0.6, "realised_high": 1.2})
    assert fires_of(measured) == (0.6, 1.0, 1.2)
    odd = Model(scores={"realised_low": 1.1, "realised_high": 0.9})
    assert fires_of(odd) == (1.0, 1.0, 1.0)
    history = replace(booked(density=1e13), model=measured)
    found = cascade_of(history, MARK * 0.97)
    assert found.low.fired_usd == pytest.approx(0.6 * found.base.fired_usd)
    assert RESTS[0] > RESTS[1] > RESTS[2]


@pytest.mark.parametrize("target", [MARK, 0.0, -1.0, float("nan"), float("inf")])
def test_a_target_has_to_be_another_price(target: float) -> None:
    with pytest.raises(OutOfRange, match="Price is at 65,000 now"):
        cascade_of(HISTORY, target)


@pytest.mark.parametrize("target", [MARK * 0.5, MARK * 2])
def test_a_target_beyond_the_map_is_refused_with_what_it_knows(target: float) -> None:
    with pytest.raises(OutOfRange, match="knows prices from 51,978 to 81,255"):
        cascade_of(HISTORY, target)
