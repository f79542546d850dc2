import re
from dataclasses import replace

import numpy as np
import pytest

from liqbot.charts import CHARTS
from liqbot.charts.chart import View
from liqbot.heatmap.history import History
from liqbot.market.units import floats
from tests.charts.histories import a_history

NAMES = ["75–125x", "50x", "20–25x", "10x", "3–5x"]


def staggered() -> History:
    """Return a history whose tier of leverage L stands a share 1/L away on both sides."""
    history = a_history()
    snapshot = history.snapshot
    usd = np.zeros_like(snapshot.usd)
    for k, leverage in enumerate(snapshot.tiers[2:], start=2):
        for side, sign in ((0, -1), (1, 1)):
            usd[0, side, k, snapshot.grid.index(65_000.0 * (1 + sign / leverage))] = 1e6
    return replace(history, snapshot=replace(snapshot, usd=floats(usd)))


def test_the_tiers_stand_in_the_order_in_which_they_would_fire() -> None:
    picture = CHARTS["tiers"].draw(a_history(), View())
    heads = [each for each in picture.writings if each.text in NAMES and each.box.y0 < 200]
    assert [each.text for each in sorted(heads, key=lambda each: each.box.x0)] == NAMES


def test_half_of_a_tier_fires_where_half_of_it_stands() -> None:
    alt = CHARTS["tiers"].draw(staggered(), View()).alt
    up, down = (part for part in alt.split("On the way ")[1:])
    for way, sign in ((up, 1), (down, -1)):
        found = {
            name: float(away.replace("−", "-"))
            for name, away in re.findall(r"([\d–]+x) ([+−][\d.]+)%", way)
        }
        assert found["50x"] == pytest.approx(sign * 2.0, abs=0.1)
        assert found["10x"] == pytest.approx(sign * 10.0, abs=0.1)
        assert abs(found["75–125x"]) < abs(found["50x"]) < abs(found["20–25x"])
    assert "3–5x none ($0)" in up


def test_only_tiers_that_the_model_has_are_shown() -> None:
    history = a_history()
    snapshot = replace(
        history.snapshot, tiers=(10.0, 25.0), usd=floats(history.snapshot.usd[:, :, :2])
    )
    picture = CHARTS["tiers"].draw(replace(history, snapshot=snapshot), View())
    said = [each.text for each in picture.writings]
    assert {"25x", "10x"} <= set(said)
    assert "50x" not in said
