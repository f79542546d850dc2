"""Neighbouring tiers of leverage, taken together."""

from dataclasses import replace

import numpy as np
import pytest

from liqbot.heatmap.heatmap import Snapshot
from liqbot.heatmap.tiers import tier_bands
from liqbot.market.units import Side, floats
from tests.charts.histories import a_history

SNAPSHOT = a_history().snapshot


def staggered() -> Snapshot:
    """Return a map whose tier of leverage L stands 1/L and, three times as much, 1.2/L away."""
    usd = np.zeros_like(SNAPSHOT.usd)
    for k, leverage in enumerate(SNAPSHOT.tiers[2:], start=2):
        for side, sign in ((0, -1), (1, 1)):
            for parts, worth in ((1.0, 1e6), (1.2, 3e6)):
                price = SNAPSHOT.mark * (1 + sign * parts / leverage)
                usd[0, side, k, SNAPSHOT.grid.index(price)] += worth
    return replace(SNAPSHOT, usd=floats(usd))


def test_bands_hold_all_that_a_map_holds_once() -> None:
    bands = tier_bands(SNAPSHOT)
    assert [each.name for each in bands] == ["75–125x", "50x", "20–25x", "10x", "3–5x"]
    assert sum((each.usd for each in bands), np.zeros(1)) == pytest.approx(SNAPSHOT.total)
    for side in Side:
        for band in bands:
            held = sum(usd[side.index] for usd in band.tiers.values())
            assert band.total(side) == pytest.approx(held)
    assert sorted(tier for band in bands for tier in band.tiers) == sorted(SNAPSHOT.tiers)


def test_half_of_a_band_would_fire_by_where_the_sum_outward_passes_half() -> None:
    bands = {each.name: each for each in tier_bands(staggered())}
    for name, leverage in (("50x", 50.0), ("10x", 10.0)):
        down, up = bands[name].half
        assert down == pytest.approx(-1.2 / leverage, abs=0.001)
        assert up == pytest.approx(1.2 / leverage, abs=0.001)
    assert bands["3–5x"].half == (None, None)


def test_only_tiers_that_a_map_has_are_told() -> None:
    few = replace(SNAPSHOT, tiers=(10.0, 25.0), usd=floats(SNAPSHOT.usd[:, :, :2]))
    assert [each.name for each in tier_bands(few)] == ["25x", "10x"]
