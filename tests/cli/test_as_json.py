"""Histories as documents: the form that is promised."""

import json
from typing import Any

import numpy as np
import pytest

from liqbot.cli import as_json, document
from liqbot.heatmap.clusters import Asymmetry
from liqbot.heatmap.heatmap import MassLedger
from liqbot.heatmap.history import History
from liqbot.heatmap.model import Model
from liqbot.market.units import Usd, floats
from tests.charts.histories import a_history

KEYS = [
    "market",
    "at",
    "venues",
    "mark",
    "range",
    "model",
    "grid",
    "longs_usd",
    "shorts_usd",
    "clusters",
    "asymmetry",
    "ledger",
    "data_age_s",
    "coverage",
    "warm",
]
CLUSTER_KEYS = [
    "id",
    "side",
    "low",
    "high",
    "peak",
    "usd",
    "expected_usd",
    "distance",
    "zone",
    "tiers",
    "venues",
    "persistence",
    "grade",
]


def written(history: History | None = None, age: str | None = None) -> dict[str, Any]:
    text = document.text(as_json.history(history or a_history(), "24h", age))
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_keys_are_those_promised_then_age_and_whether_it_is_simulated() -> None:
    assert list(written()) == [*KEYS, "age", "simulated"]


def test_a_market_is_told_as_it_was_at_a_moment() -> None:
    found = written()
    assert (found["market"], found["range"]) == ("BTC", "24h")
    assert found["at"] == "2026-01-07T02:00:00Z"
    assert found["venues"] == ["binance", "bybit", "okx"]
    assert (found["mark"], found["data_age_s"]) == (65_000.0, 12.0)
    assert (found["coverage"], found["warm"], found["simulated"]) == (1.0, True, False)


def test_dollars_stand_on_the_grid() -> None:
    found, total = written(), a_history().snapshot.total
    grid = found["grid"]
    assert list(grid) == ["low", "width", "bins"]
    for i, name in enumerate(("longs_usd", "shorts_usd")):
        assert len(found[name]) == grid["bins"]
        np.testing.assert_allclose(found[name], total[i], atol=0.005)


def test_longs_lie_below_the_mark_and_shorts_above() -> None:
    found = written()
    prices = found["grid"]["low"] * (1 + found["grid"]["width"]) ** np.arange(
        found["grid"]["bins"] + 1
    )
    longs, shorts = np.array(found["longs_usd"]), np.array(found["shorts_usd"])
    assert longs[prices[:-1] > found["mark"]].sum() == 0 < longs.sum()
    assert shorts[prices[1:] < found["mark"]].sum() == 0 < shorts.sum()


def test_a_cluster_is_told_whole_with_a_signed_distance() -> None:
    clusters = written()["clusters"]
    assert all(list(each) == CLUSTER_KEYS for each in clusters)
    assert {each["side"] for each in clusters} == {"long", "short"}
    assert all((each["distance"] > 0) == (each["side"] == "short") for each in clusters)
    assert list(clusters[0]["tiers"]) == ["10", "25", "100"]
    assert list(clusters[0]["venues"]) == ["binance", "bybit", "okx"]
    assert {each["zone"] for each in clusters} == {"A", "B", "C", None}


def test_a_side_without_anything_makes_no_ratio() -> None:
    lopsided = Asymmetry(long_usd=Usd(1.0), short_usd=Usd(0.0), ratio=np.inf, reach=0.05)
    assert written(a_history(asymmetry=lopsided, data_age_s=np.inf))["asymmetry"] == {
        "long_usd": 1.0,
        "short_usd": 0.0,
        "ratio": None,
        "reach": 0.05,
    }


def test_an_age_is_told() -> None:
    assert written()["age"] is None
    assert written(age="7d")["age"] == "7d"


def test_a_model_tells_its_assumptions_and_when_it_was_fitted() -> None:
    told = written()["model"]
    assert told["version"] == Model().version
    assert {"tiers", "long_weights", "short_weights", "half_life_h", "turnover"} <= set(told)
    assert told["fitted_to"] is None
    fitted = Model(fitted_from_ms=1_767_225_600_000, fitted_to_ms=1_767_229_200_000)
    told = written(a_history(model=fitted))["model"]
    assert (told["fitted_from"], told["fitted_to"]) == (
        "2026-01-01T00:00:00Z",
        "2026-01-01T01:00:00Z",
    )
    assert "fitted_to_ms" not in told


def test_the_ledger_closes_in_what_is_told() -> None:
    parts = floats(np.arange(6.0).reshape(1, 2, 3))
    kept = MassLedger(
        deposited=floats(5 * parts),
        standing=parts,
        swept=parts,
        decayed=parts,
        shrunk=parts,
        out_of_grid=parts,
    )
    told = as_json.ledger(kept)
    assert told["deposited"] == 75.0
    assert told["error"] == pytest.approx(0, abs=1e-12)
    assert (
        sum(float(str(told[name])) for name in ("standing", "swept", "decayed", "shrunk")) == 60.0
    )
