"""Maps against positions that are known, shapes and sums done by hand."""

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from liqbot.calibration.truth import REACHES, Truth, TruthScore, truth_scores
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Snapshot
from liqbot.market.units import Price, Side, Usd, floats
from tests.builders import START_MS

GRID = PriceGrid.between(50.0, 200.0)
MARK = 100.0


def positions(*known: tuple[Side, float, float]) -> Truth:
    """Return positions of (side, liquidation price, quantity)."""
    return Truth(
        side=np.array([side.index for side, _, _ in known], np.int8),
        liquidation_price=floats([price for _, price, _ in known]),
        quantity=floats([quantity for _, _, quantity in known]),
    )


def a_crowd(n: int = 400) -> Truth:
    """Return positions in lumps, longs below the mark and shorts above."""
    chance = np.random.default_rng(2)
    lumps = chance.choice([0.005, 0.012, 0.021, 0.035, 0.07], n) * chance.uniform(0.97, 1.03, n)
    side = chance.integers(0, 2, n).astype(np.int8)
    quantity = floats(chance.lognormal(size=n))
    price = MARK * (1 - np.where(side == 0, 1, -1) * lumps)
    return Truth(side=side, liquidation_price=floats(price), quantity=quantity)


def a_map(usd: ArrayLike) -> Snapshot:
    """Return a snapshot that holds (side, bin) Usd, in two venues and two tiers alike."""
    part = np.asarray(usd, np.float64) / 4
    return Snapshot(
        at_ms=START_MS,
        mark=Price(MARK),
        grid=GRID,
        venues=("binance", "okx"),
        tiers=(10.0, 50.0),
        usd=floats(np.broadcast_to(part[None, :, None, :], (2, 2, 2, GRID.bins))),
    )


def score(scores: tuple[TruthScore, ...], side: Side, reach: float) -> TruthScore:
    [found] = [each for each in scores if (each.side, each.reach) == (side, reach)]
    return found


def lone(side: Side, price: float, usd: float = 1.0) -> NDArray[np.float64]:
    column = np.zeros((2, GRID.bins))
    column[side.index, GRID.index(price)] = usd
    return column


def test_positions_count_in_dollars_where_they_are_liquidated() -> None:
    usd = positions((Side.LONG, 90, 2), (Side.LONG, 90, 1), (Side.SHORT, 110, 3)).usd(GRID)
    assert usd.shape == (2, GRID.bins)
    assert usd[0, GRID.index(90)] == pytest.approx(270)
    assert usd[1, GRID.index(110)] == pytest.approx(330)
    assert usd.sum() == pytest.approx(600)


def test_positions_outside_the_grid_are_left_out() -> None:
    edge = (Side.LONG, float(GRID.centres[0]), 1.0)
    top = (Side.SHORT, float(GRID.centres[-1]), 1.0)
    beyond = [(Side.LONG, GRID.low * 0.999, 1.0), (Side.SHORT, GRID.edges[-1] * 1.001, 1.0)]
    never = (Side.LONG, 0.0, 5.0)  # no price above 0 liquidates it
    usd = positions(edge, top, *beyond, never).usd(GRID)
    assert np.flatnonzero(usd.sum(axis=0)).tolist() == [0, GRID.bins - 1]


def test_a_map_that_is_the_truth_is_perfect() -> None:
    truth = a_crowd()
    for each in truth_scores(a_map(truth.usd(GRID)), truth):
        assert each.true_usd > 0
        assert (each.cosine, each.mass_ratio) == pytest.approx((1, 1))


def test_each_side_is_scored_within_each_reach() -> None:
    truth = a_crowd()
    scores = truth_scores(a_map(truth.usd(GRID)), truth)
    assert [(each.side, each.reach) for each in scores] == [
        (side, reach) for side in (Side.LONG, Side.SHORT) for reach in REACHES
    ]
    assert REACHES == (0.03, 0.10)


@pytest.mark.parametrize("scale", [0.5, 3.0])
def test_a_map_too_heavy_keeps_its_shape(scale: float) -> None:
    truth = a_crowd()
    for each in truth_scores(a_map(scale * truth.usd(GRID)), truth):
        assert (each.cosine, each.mass_ratio) == pytest.approx((1, scale))


def test_true_dollars_are_those_within_reach_on_the_losing_side() -> None:
    truth = positions(
        (Side.LONG, 98, 1),
        (Side.LONG, 92, 1),
        (Side.LONG, 80, 1),  # beyond both reaches
        (Side.LONG, 104, 1),  # a long above the mark is none that falling prices reach
        (Side.SHORT, 101, 1),
        (Side.SHORT, 96, 1),
    )
    scores = truth_scores(a_map(np.ones((2, GRID.bins))), truth)
    found = [each.true_usd for each in scores]
    assert found == pytest.approx([98, 98 + 92, 101, 101])


def test_one_side_says_nothing_of_the_other() -> None:
    truth = a_crowd()
    usd = truth.usd(GRID)
    scores = truth_scores(a_map(usd[::-1]), truth)
    assert all(each.cosine == pytest.approx(0, abs=1e-6) for each in scores)


@pytest.mark.parametrize(("bins", "low", "high"), [(1, 0.6, 0.7), (2, 0.3, 0.4), (4, 0.0, 1e-9)])
def test_levels_shifted_beyond_the_smoothing_are_missed(bins: int, low: float, high: float) -> None:
    """Three bins are averaged, so a level that is k off keeps (3 − k) ÷ 3 of its likeness."""
    truth = positions((Side.LONG, 95, 1))
    near = score(truth_scores(a_map(lone(Side.LONG, 95 * 1.001**bins)), truth), Side.LONG, 0.10)
    assert low <= near.cosine <= high
    assert near.mass_ratio == pytest.approx(1 / 95)


def test_a_map_of_the_wrong_places_scores_low() -> None:
    truth = a_crowd()
    shifted = np.roll(truth.usd(GRID), 6, axis=1)
    for each in truth_scores(a_map(shifted), truth):
        assert each.cosine < 0.5


def test_where_nothing_stands_there_is_no_ratio() -> None:
    truth = positions((Side.LONG, 95, 1))
    scores = truth_scores(a_map(lone(Side.SHORT, 101)), truth)
    long, short = score(scores, Side.LONG, 0.10), score(scores, Side.SHORT, 0.03)
    assert (long.cosine, long.mass_ratio) == (0, 0)
    assert long.true_usd == pytest.approx(95)
    assert (short.cosine, short.true_usd) == (0, 0)
    assert np.isnan(short.mass_ratio)
    for each in truth_scores(a_map(np.zeros((2, GRID.bins))), positions()):
        assert (each.cosine, each.true_usd) == (0, 0)
        assert np.isnan(each.mass_ratio)


def test_a_score_tells_all_by_name() -> None:
    told = TruthScore(side=Side.LONG, reach=0.1, cosine=0.9, mass_ratio=1.2, true_usd=Usd(7))
    assert told.as_dict() == {
        "side": "long",
        "reach": 0.1,
        "cosine": 0.9,
        "mass_ratio": 1.2,
        "true_usd": 7,
    }
