from dataclasses import replace

import numpy as np
import pytest

from liqbot.market.units import MINUTE_MS, Side, Usd
from liqbot.simulation.market import Market
from liqbot.simulation.positions import Ending, Rows, standing_at
from liqbot.simulation.settings import Planted, Settings
from liqbot.simulation.venues import CONTRACTS, VENUES
from tests.simulation.conftest import Passed

FIVE_MINUTES_MS = 5 * MINUTE_MS


def held(rows: Rows) -> np.ndarray:
    """Sum quantity by (venue, side)."""
    place = rows["venue"] * 2 + rows["side"]
    return np.bincount(place, rows["quantity"], minlength=2 * len(VENUES)).reshape(-1, 2)


def test_open_interest_is_what_longs_hold_and_what_shorts_hold(day: Passed) -> None:
    for bar in range(0, 289, 32):
        stood = held(standing_at(day.history, day.settings.start_ms + bar * FIVE_MINUTES_MS))
        told = day.told.open_interest[bar * 5]
        assert stood == pytest.approx(np.column_stack([told, told]), rel=1e-9)


def test_positions_make_sense(day: Passed) -> None:
    rows = day.history
    assert rows["quantity"].min() > 0
    assert rows["liquidation"].min() >= 0
    assert np.all(rows["opened_ms"] <= rows["since_ms"])
    assert np.all(rows["since_ms"] <= rows["until_ms"])
    assert set(rows["venue"].tolist()) == {0, 1, 2}
    assert set(rows["side"].tolist()) == {0, 1}


def test_nobody_stands_on_the_wrong_side_of_the_mark(day: Passed) -> None:
    for minute in range(0, 1440, 160):
        mark = day.told.marks[minute, -1]
        rows = standing_at(day.history, day.settings.start_ms + (minute + 1) * MINUTE_MS)
        long = rows["side"] == Side.LONG.index
        assert rows["liquidation"][long].max() < mark < rows["liquidation"][~long].min()


def test_a_forced_order_closed_a_position_whose_price_was_reached(day: Passed) -> None:
    orders, marks = day.told.orders()
    long = orders["side"] == Side.LONG.index
    assert orders.size > 200
    assert np.all(marks[long] <= orders["liquidation"][long])
    assert np.all(marks[~long] >= orders["liquidation"][~long])
    assert np.all(orders["adverse"] != Ending.STOP)
    step = (orders["until_ms"] - day.settings.start_ms) // 5_000 - 1
    assert np.array_equal(day.told.marks.ravel()[step], marks)


def test_every_forced_order_stood_until_then(day: Passed) -> None:
    orders, _ = day.told.orders()
    keys = ["venue", "side", "liquidation", "quantity", "opened_ms", "until_ms"]
    ended = day.history[day.history["until_ms"] <= day.told.end_ms]
    known = set(map(tuple, ended[keys].tolist()))
    assert set(map(tuple, orders[keys].tolist())) <= known


def test_no_position_ends_twice(day: Passed) -> None:
    orders, _ = day.told.orders()
    assert np.unique(orders[["liquidation", "quantity", "opened_ms"]]).size == orders.size


def test_a_day_is_plausible(day: Passed) -> None:
    told = day.told
    usd = told.open_interest.sum(axis=1).mean() * told.marks.mean()
    assert 0.5 < usd / CONTRACTS["BTC"].open_interest < 2
    orders, marks = told.orders()
    assert 0.001 < (orders["quantity"] * marks).sum() / usd < 0.1
    share = told.open_interest.mean(axis=0) / told.open_interest.mean(axis=0).sum()
    assert share == pytest.approx([venue.share for venue in VENUES], rel=0.1)
    returns = np.diff(np.log(told.marks[::5, -1]))
    assert 0.01 < np.sqrt((returns**2).sum()) < 0.06


def test_forced_orders_come_in_bursts(day: Passed) -> None:
    orders, marks = day.told.orders()
    minute = (orders["until_ms"] - day.settings.start_ms - 1) // MINUTE_MS
    usd = np.sort(np.bincount(minute, orders["quantity"] * marks, minlength=1440))
    assert usd[-29:].sum() > 0.5 * usd.sum()  # in 2 % of the time


def test_longs_and_shorts_differ_in_leverage(day: Passed) -> None:
    rows = standing_at(day.history, day.told.end_ms)
    mixes = []
    for side in Side:
        here = rows[rows["side"] == side.index]
        counts, _ = np.histogram(np.log(here["leverage"]), np.log([1, 4, 9, 30, 130]))
        mixes.append(counts / counts.sum())
    assert np.abs(mixes[0] - mixes[1]).max() > 0.01


@pytest.fixture(scope="module")
def fired() -> dict[float, Passed]:
    """Return what a shock into a build-up does, by how much forced orders move price."""
    plan = Planted(
        market="BTC", side=Side.LONG, usd=Usd(5e8), distance=0.025,
        begin_h=0.5, end_h=2.0, shock_h=3.0,
    )  # fmt: skip
    whole = Settings(seed=1, days=0.2, markets=("BTC",), planted=(plan,))
    return {
        cascades: Passed(settings, *Market(settings, "BTC").run(lambda _: None))
        for cascades in (0.0, 1.0)
        for settings in [replace(whole, cascades=cascades)]
    }


def test_a_build_up_raises_open_interest_on_both_sides(fired: dict[float, Passed]) -> None:
    told = fired[1.0].told
    usd = (told.open_interest[120] - told.open_interest[30]).sum() * told.marks[120, -1]
    assert usd == pytest.approx(5e8, rel=0.4)
    stood = held(standing_at(fired[1.0].history, told.start_ms + 120 * MINUTE_MS))
    assert stood[:, 0] == pytest.approx(stood[:, 1], rel=1e-9)


def test_a_shock_fires_the_build_up_within_minutes(fired: dict[float, Passed]) -> None:
    orders, marks = fired[1.0].told.orders()
    minute = (orders["until_ms"] - fired[1.0].told.start_ms - 1) // MINUTE_MS
    during = (minute >= 180) & (minute < 200) & (orders["side"] == Side.LONG.index)
    assert (orders["quantity"] * marks)[during].sum() > 4e8


def test_forced_orders_push_price_and_it_comes_back(fired: dict[float, Passed]) -> None:
    calm, cascade = (
        np.diff(np.log(fired[each].told.marks[180:200]), axis=1).sum(axis=1).min()
        for each in (0.0, 1.0)
    )
    assert cascade < 2 * calm < 0
    low = fired[1.0].told.marks[180:200].min()
    assert fired[1.0].told.marks[215, -1] > low * 1.002


def test_open_interest_falls_in_a_cascade(fired: dict[float, Passed]) -> None:
    before, after = fired[1.0].told.open_interest[[180, 200]].sum(axis=1)
    assert after < 0.995 * before
