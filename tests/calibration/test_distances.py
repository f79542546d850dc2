"""Known positions against the model: told apart where they differ, and not where it is chance."""

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from liqbot.calibration.distances import REACH, DistanceScore, distance_score
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Snapshot
from liqbot.heatmap.history import History, recall
from liqbot.heatmap.measured import Measured, measured
from liqbot.heatmap.model import Model
from liqbot.market.instrument import Instrument
from liqbot.market.position import Position
from liqbot.market.units import DAY_MS, F8, Price, Quantity, Side, floats
from liqbot.simulation.positions import Rows
from liqbot.simulation.settings import Settings
from liqbot.simulation.simulated import simulate
from tests.builders import START_MS
from tests.fakes.positions import a_position

GRID = PriceGrid.between(50.0, 200.0)
MARK = Price(100.0)
BYBIT = 1  # its place among the simulated venues
ELSEWHERE = Instrument("gate", "BTC", "USDT")


def known(*told: Position, mark: Price = MARK) -> Measured:
    return measured(told, mark, 1e12, holders=1, listed=1, age_s=1.0)


def a_map(*humps: float, venues: tuple[str, ...] = ("okx",), both: bool = True) -> Snapshot:
    """Return a snapshot with humps so far from the mark, below it and, maybe, above."""
    centres = np.asarray(GRID.centres)
    usd = np.zeros((len(venues), 2, 1, GRID.bins))
    for side in Side:
        away = -side.sign * np.log(centres / MARK)
        if side is Side.LONG or both:
            for hump in humps:
                usd[0, side.index, 0] += np.exp(-0.5 * ((away - hump) / 0.004) ** 2)
    return Snapshot(
        at_ms=START_MS, mark=MARK, grid=GRID, venues=venues, tiers=(10.0,), usd=floats(usd)
    )


def score(told: Sequence[Position], snapshot: Snapshot) -> DistanceScore:
    found = distance_score(known(*told), snapshot)
    assert found is not None
    return found


def sampled(snapshot: Snapshot, n: int, chance: np.random.Generator) -> list[Position]:
    """Draw positions of very different sizes from what is modelled."""
    long = snapshot.total[Side.LONG.index]
    prices = chance.choice(np.asarray(GRID.centres), n, p=long / long.sum())
    return [a_position(p, usd=chance.lognormal(sigma=1.0)) for p in prices.tolist()]


def test_what_is_as_modelled_is_told_apart_one_time_in_twenty() -> None:
    chance, snapshot = np.random.default_rng(3), a_map(0.03, 0.08, 0.15)
    for n in (12, 40):
        scores = [score(sampled(snapshot, n, chance), snapshot) for _ in range(300)]
        assert np.mean([each.is_apart for each in scores]) < 0.08
        assert np.mean([each.ks for each in scores]) > 0.1  # it is a sample after all


def test_what_is_elsewhere_is_told_apart() -> None:
    snapshot = a_map(0.03, 0.08)
    far = [a_position(MARK * math.exp(-0.15 - i / 1000)) for i in range(12)]
    found = score(far, snapshot)
    assert found.is_apart
    assert found.ks == pytest.approx(1.0, abs=0.01)
    assert found.measured > 0.15
    assert found.modelled < 0.09
    assert found.energy == pytest.approx(2 * 0.1, rel=0.3)  # Σ of the way that all has to go


def test_one_position_says_nothing_and_a_giant_counts_as_one() -> None:
    snapshot = a_map(0.03)
    one = score([a_position(80.0)], snapshot)
    assert (one.n, one.alike, one.is_apart) == (1, 1.0, False)
    giant = [a_position(80.0, usd=1e9), *(a_position(97.0) for _ in range(50))]
    assert score(giant, snapshot).alike == pytest.approx(1.0, abs=0.01)
    assert not score(giant, snapshot).is_apart


def test_only_the_same_venues_and_sides_are_compared() -> None:
    venues = ("okx", "gate")
    snapshot = a_map(0.03, venues=venues)
    assert distance_score(known(a_position(97.0, instrument=ELSEWHERE)), snapshot) is None
    shorts = known(a_position(110.0))
    assert distance_score(shorts, a_map(0.03, both=False)) is None


def test_what_lies_too_far_is_left_out_and_said() -> None:
    found = score([a_position(97.0), a_position(10.0)], a_map(0.03))
    assert (found.n, found.beyond) == (1, 0.5)
    assert distance_score(known(a_position(MARK * math.exp(-REACH - 0.01))), a_map(0.03)) is None


@cache
def a_world() -> tuple[History, Rows]:
    """Return the map of a simulated market, and all that truly stood on one of its venues."""
    world = simulate(Settings(seed=2, days=1.0, markets=("BTC",)))
    history = recall("BTC", world.observations("BTC"), Model(), DAY_MS)
    rows = world.standing("BTC")
    return history, rows[(rows["liquidation"] > 0) & (rows["venue"] == BYBIT)]


def draw(rows: Rows, n: int, chance: np.random.Generator) -> DistanceScore | None:
    history, _ = a_world()
    told = [
        a_position(
            float(row["liquidation"]),
            instrument=Instrument("bybit", "BTC", "USDT"),
            side=tuple(Side)[row["side"]],
            quantity=Quantity(float(row["quantity"])),
        )
        for row in chance.choice(rows, n, replace=False)
    ]
    return distance_score(known(*told, mark=history.snapshot.mark), history.snapshot)


def kept(scores: Sequence[DistanceScore | None]) -> list[DistanceScore]:
    return [each for each in scores if each is not None]


def test_of_a_market_whose_positions_are_known_a_fair_sample_is_not_told_apart() -> None:
    chance, (_, rows) = np.random.default_rng(5), a_world()
    scores = kept([draw(rows, 40, chance) for _ in range(60)])
    assert len(scores) > 50
    assert np.mean([each.is_apart for each in scores]) <= 0.15
    middles: F8 = np.array([(each.measured, each.modelled) for each in scores])
    assert middles.mean(axis=0)[0] == pytest.approx(middles.mean(axis=0)[1], rel=0.2)


def test_of_it_a_choice_of_daring_holders_is() -> None:
    chance, (_, rows) = np.random.default_rng(5), a_world()
    daring = rows[rows["leverage"] >= 50]
    scores = kept([draw(daring, 40, chance) for _ in range(20)])
    assert len(scores) == 20
    assert np.mean([each.is_apart for each in scores]) >= 0.9
    assert all(each.measured < each.modelled for each in scores)
