from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.charts._geometry import Box
from liqbot.charts._window import PriceWindow, TimeWindow, price_window, time_window
from liqbot.charts.chart import RANGES, Range
from liqbot.chat.numbers import Numbers
from liqbot.market.units import DAY_MS, HOUR_MS, Side
from tests.charts.histories import a_cluster, a_history, named_clusters

BOX = Box(16, 140, 592, 1000)
NOBODY = np.empty(0)
UTC_NUMBERS = Numbers("en", "UTC")


def test_prices_rise_from_bottom_to_top() -> None:
    prices = PriceWindow(50.0, 200.0, 140, 1000)
    assert [prices.y(p) for p in (50.0, 100.0, 200.0)] == pytest.approx([1000, 570, 140])
    assert prices.clamped(300.0) == 140
    assert prices.holds(200.0)
    assert not prices.holds(49.9)


@given(st.floats(1e-8, 1e7), st.floats(1.02, 4.0))
def test_price_ticks_are_round_few_and_in_view(low: float, span: float) -> None:
    step, ticks = PriceWindow(low, low * span, 0, 860).ticks()
    assert 2 <= len(ticks) <= 7
    assert all(low * (1 - 1e-9) <= tick <= low * span * (1 + 1e-9) for tick in ticks)
    assert np.allclose(np.array(ticks) / step, np.round(np.array(ticks) / step))


def test_the_usual_reach_is_shown_on_both_sides() -> None:
    prices = price_window(a_history(clusters=()), RANGES["24h"], NOBODY, BOX)
    assert prices.low == pytest.approx(65_000 / 1.05, rel=2e-3)
    assert prices.high == pytest.approx(65_000 * 1.05, rel=2e-3)


def test_zones_widen_the_window_but_not_without_end() -> None:
    near = a_history(clusters=[a_cluster(low=69_000.0, high=69_500.0, zone="C")])
    assert price_window(near, RANGES["24h"], NOBODY, BOX).holds(69_250.0)
    far = a_history(clusters=[a_cluster(low=90_000.0, high=91_000.0, zone="C")])
    assert price_window(far, RANGES["24h"], NOBODY, BOX).high < 70_000.0


def test_clusters_without_a_name_do_not_widen_it() -> None:
    plain = price_window(a_history(clusters=()), RANGES["24h"], NOBODY, BOX)
    more = a_history(clusters=[a_cluster(low=69_000.0, high=69_500.0)])
    assert price_window(more, RANGES["24h"], NOBODY, BOX) == plain


def test_prices_that_were_traded_are_in_view() -> None:
    seen = np.array([40_000.0, np.nan, 66_000.0])
    prices = price_window(a_history(), RANGES["24h"], seen, BOX)
    assert prices.holds(40_000.0)


def test_the_newest_bar_fills_the_last_column() -> None:
    history = a_history(bars=600)
    times = time_window(history, RANGES["24h"], BOX)
    assert times.columns == 288
    assert times.to_ms == history.at.timestamp() * 1000
    assert times.x(times.from_ms) == 16
    assert times.x(times.to_ms) == 592


def test_a_moment_between_bars_opens_no_empty_column() -> None:
    history = a_history(bars=600)
    later = replace(history, at=history.at + timedelta(minutes=4))
    assert time_window(later, RANGES["24h"], BOX) == time_window(history, RANGES["24h"], BOX)


def test_late_data_leave_their_columns_empty() -> None:
    history = a_history(bars=600)
    later = replace(history, at=history.at + timedelta(minutes=30))
    assert time_window(later, RANGES["24h"], BOX).to_ms == later.at.timestamp() * 1000


def test_columns_stay_where_they_are_while_a_slot_fills() -> None:
    windows = {time_window(a_history(bars=n), RANGES["7d"], BOX).from_ms for n in range(595, 601)}
    assert len(windows) == 1
    assert len({time_window(a_history(bars=n), RANGES["7d"], BOX) for n in (600, 601)}) == 2


def test_slots_are_no_shorter_than_bars() -> None:
    hourly = a_history(bars=100, interval_ms=HOUR_MS)
    assert time_window(hourly, RANGES["12h"], BOX).columns == 12


@pytest.mark.parametrize("span", RANGES.values(), ids=RANGES)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/New_York"])
def test_time_ticks_are_few_and_at_round_local_times(span: Range, zone: str) -> None:
    length = span.length
    end = datetime(2026, 3, 8, 14, 5, tzinfo=UTC)  # New York put its clocks forward that day
    from_ms = int((end - length).timestamp() * 1000)
    numbers = Numbers("en", zone)
    ticks = TimeWindow(from_ms, 300_000, int(length / timedelta(minutes=5)), 16, 592).ticks(numbers)
    assert 2 <= len(ticks) <= 6
    assert len({text for _, text in ticks}) == len(ticks)
    for at_ms, _ in ticks:
        local = numbers.local(datetime.fromtimestamp(at_ms / 1000, UTC))
        assert local.minute == local.second == 0


def test_days_are_named_and_hours_told() -> None:
    day = TimeWindow(1_767_571_200_000 - DAY_MS, 300_000, 288, 0, 576).ticks(UTC_NUMBERS)
    assert [text for _, text in day] == ["00:00", "06:00", "12:00", "18:00", "00:00"][: len(day)]
    week = TimeWindow(1_767_571_200_000 - 7 * DAY_MS, 300_000, 2016, 0, 576).ticks(UTC_NUMBERS)
    assert week[0][1] == "29 Dec"


def test_a_named_long_zone_below_widens_downward() -> None:
    zones = named_clusters(65_000.0)
    low = a_cluster(Side.LONG, 60_300.0, 60_600.0, zone="C")
    assert price_window(a_history(clusters=[*zones, low]), RANGES["24h"], NOBODY, BOX).holds(60_500)
