"""A history as tables: the map by the hour, the clusters, and the tape."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from liqbot.cli.sight import Sight
from liqbot.heatmap.history import History
from liqbot.heatmap.model import Model
from liqbot.live.export_tables import Columns, Table, hours, tables
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, Side, moment_of
from tests.builders import START_MS
from tests.cli.conftest import seen
from tests.live.exported import SPAN, laid_out, told
from tests.live.exported import sight as sight_of


@pytest.fixture(scope="module")
def sight() -> Sight:
    return told()


@pytest.fixture(scope="module")
def history(sight: Sight) -> History:
    return sight.recall(Model(realisation=(0.5, 0.25)), SPAN, None)


def column(parts: list[Columns], name: str) -> NDArray[Any]:
    return np.concatenate([np.asarray(each[name]) for each in parts])


def made(history: History, sight: Sight, span_ms: int = 3 * DAY_MS) -> dict[str, list[Columns]]:
    from_ms = history.snapshot.at_ms - span_ms
    found = tables(history, sight.observations, from_ms)
    return {each.name: list(each.parts(lambda _: None)) for each in found}


def test_the_map_is_the_historys_at_the_end_of_every_hour(history: History, sight: Sight) -> None:
    parts = made(history, sight)["map"]
    from_ms = history.snapshot.at_ms - 3 * DAY_MS
    chosen = hours(history, from_ms)
    ended_ms = history.heatmap.opened_ms[chosen] + history.heatmap.interval_ms
    assert ended_ms.tolist() == list(range(from_ms + HOUR_MS, from_ms + 73 * HOUR_MS, HOUR_MS))
    assert np.array_equal(hours(history, from_ms + HOUR_MS), chosen[1:])
    expected = history.heatmap.usd[:, chosen] * np.array([0.5, 0.25])[:, None, None]
    rows = {name: column(parts, name) for name in parts[0]}
    assert np.allclose(laid_out(history, ended_ms, rows), expected, rtol=0, atol=0.006)
    assert (rows["expected_usd"] > 0).all()


def test_bands_touch_and_are_told_by_time_side_and_price(history: History, sight: Sight) -> None:
    parts = made(history, sight)["map"]
    at, side, low, high = (
        column(parts, name) for name in ("at", "side", "price_low", "price_high")
    )
    order = np.lexsort((low, side, at))
    assert np.array_equal(order, np.arange(at.size))
    assert np.allclose(high / low, 1.001, atol=1e-7)
    is_next = np.isclose(high[:-1], low[1:], rtol=1e-6)
    assert is_next.sum() > 1000
    assert np.array_equal(high[:-1][is_next], low[1:][is_next])


def test_the_newest_bar_is_told_even_within_an_hour(sight: Sight) -> None:
    at_ms = START_MS + 6 * DAY_MS + 12 * HOUR_MS + 35 * MINUTE_MS
    (whole,) = sight.observations
    early = replace(
        whole,
        observed_at=moment_of(at_ms),
        candles=whole.candles.until(at_ms),
        open_interest=whole.open_interest.until(at_ms),
        tape=whole.tape.until(at_ms),
    )
    sight = sight_of(early)
    history = sight.recall(Model(), SPAN, None)
    ended_ms = history.heatmap.opened_ms + history.heatmap.interval_ms
    chosen = ended_ms[hours(history, history.snapshot.at_ms - 2 * HOUR_MS)]
    noon_ms = history.snapshot.at_ms - 35 * 60_000
    assert chosen.tolist() == [noon_ms - HOUR_MS, noon_ms, history.snapshot.at_ms]


def test_clusters_are_the_historys(history: History, sight: Sight) -> None:
    (rows,) = made(history, sight)["clusters"]
    found = history.clusters
    assert found
    assert np.asarray(rows["id"]).tolist() == [each.id for each in found]
    assert np.asarray(rows["side"]).tolist() == [each.side.value for each in found]
    assert np.asarray(rows["zone"]).tolist() == [each.zone or "" for each in found]
    assert np.allclose(rows["price_low"], [each.low for each in found], rtol=1e-7)
    assert np.allclose(rows["expected_usd"], [each.expected_usd for each in found], atol=0.006)
    assert np.allclose(rows["usd_bybit"], [each.venues["bybit"] for each in found], atol=0.006)
    assert np.allclose(rows["usd_25x"], [each.tiers[25.0] for each in found], atol=0.006)
    assert set(np.asarray(rows["at"]).tolist()) == {history.snapshot.at_ms}


def test_the_tape_is_what_the_venues_told(history: History, sight: Sight) -> None:
    (rows,) = made(history, sight, DAY_MS)["tape"]
    (seen,) = sight.observations
    tape = seen.tape.since(history.snapshot.at_ms - DAY_MS)
    assert len(tape) == 72
    assert np.array_equal(rows["at"], tape.at_ms)
    assert np.array_equal(rows["price"], tape.price)
    assert np.array_equal(rows["quantity"], tape.quantity)
    assert np.allclose(rows["usd"], tape.usd, atol=0.006)
    sides = [list(Side)[index].value for index in tape.side]
    assert np.asarray(rows["side"]).tolist() == sides
    assert set(np.asarray(rows["venue"]).tolist()) == {"bybit"}


def test_every_column_is_explained_in_its_order(history: History, sight: Sight) -> None:
    for each in tables(history, sight.observations, 0):
        assert all(list(part) == list(each.columns) for part in each.parts(lambda _: None))


def test_how_far_the_map_is_is_told(history: History, sight: Sight) -> None:
    shares: list[float] = []
    written: Table = tables(history, sight.observations, 0)[0]
    assert len(list(written.parts(shares.append))) == len(shares) == 3
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_without_clusters_or_orders_there_are_tables_without_rows() -> None:
    sight = sight_of(seen("okx", "ETH", 3e3))
    history = sight.recall(Model(long_weights=(0.0,) * 9, short_weights=(0.0,) * 9), SPAN, None)
    found = made(history, sight)
    assert history.clusters == ()
    assert [np.size(part["at"]) for name in ("clusters", "tape") for part in found[name]] == [0, 0]
    assert sum(np.size(part["at"]) for part in found["map"]) == 0
