from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from liqbot.heatmap.confluence import change, confluence_of
from liqbot.heatmap.history import History, recall
from liqbot.market.book import OrderBook
from liqbot.market.series import Funding
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, floats, integers, ms_of
from tests.builders import some_funding, some_open_interest
from tests.charts.histories import FIVE_MINUTES_MS, START_MS, a_history
from tests.walks import QUICK, a_walk

BARS = 600


def with_candles(**columns: ArrayLike) -> History:
    history = a_history(bars=BARS)
    told: dict[str, Any] = {name: floats(column) for name, column in columns.items()}
    return replace(history, candles=replace(history.candles, **told))


def test_open_interest_is_compared_with_an_hour_and_a_day_ago() -> None:
    quantity = np.full(BARS, 1000.0)
    quantity[-13], quantity[-289], quantity[-1] = 1100.0, 800.0, 990.0
    series = some_open_interest(quantity, start_ms=START_MS + FIVE_MINUTES_MS)
    told = confluence_of(a_history(bars=BARS, open_interest=series))
    assert told.interest_hour == pytest.approx(-0.1)
    assert told.interest_day == pytest.approx(990 / 800 - 1)


def test_the_trend_is_the_change_of_price_over_a_day() -> None:
    close = np.full(BARS, 100.0)
    close[-1] = 103.0
    told = confluence_of(with_candles(open=close, high=close, low=close, close=close))
    assert told.trend == pytest.approx(0.03)


def test_taker_flow_is_buys_less_sells_of_the_last_hour() -> None:
    volume, bought = np.full(BARS, 10.0), np.full(BARS, 9.0)
    bought[-12:] = 4.0
    assert confluence_of(
        with_candles(volume=volume, taker_buy_volume=bought)
    ).taker_flow == pytest.approx(-0.2)
    bought[-12:-1] = np.nan
    bought[-1] = 10.0
    assert confluence_of(with_candles(volume=volume, taker_buy_volume=bought)).taker_flow == 1.0
    assert confluence_of(a_history()).taker_flow is None


def test_volume_is_compared_with_the_usual_hour() -> None:
    volume = np.full(BARS, 10.0)
    volume[-12:] = 34.0
    told = confluence_of(with_candles(volume=volume))
    assert told.volume == pytest.approx(34 / (10 + 24 / 24))
    assert confluence_of(with_candles(volume=np.full(BARS, np.nan))).volume is None
    assert confluence_of(with_candles(volume=np.zeros(BARS))).volume is None


def test_bids_are_weighed_against_asks_near_the_middle_over_venues() -> None:
    history = a_history(price=100.0)
    at_ms = ms_of(history.at)
    one = OrderBook.of(at_ms, [(99.5, 3.0), (98.0, 1e6)], [(100.5, 1.0)])
    other = OrderBook.of(at_ms, [(99.5, 1.0)], [(100.5, 1.0), (102.0, 1e6)])
    told = confluence_of(replace(history, books={"okx": one, "gate": other}))
    assert told.book == pytest.approx((4 * 99.5 - 2 * 100.5) / (4 * 99.5 + 2 * 100.5))
    old = OrderBook.of(at_ms - 3 * MINUTE_MS, [(99.5, 3.0)], [(100.5, 1.0)])
    assert confluence_of(replace(history, books={"okx": old})).book is None


def test_a_rate_has_its_place_among_those_known_ties_in_the_middle() -> None:
    rates = [1e-4] * 20 + [2e-4] * 19 + [2e-4]
    funding = some_funding(rates, start_ms=START_MS + 10 * HOUR_MS)
    told = confluence_of(a_history(bars=BARS, funding=funding))
    assert told.funding == 2e-4
    assert told.funding_rank == pytest.approx(0.75)
    assert told.funding_hours == 1.0


def test_what_polls_expect_of_the_next_rate_is_no_rate_that_was_settled() -> None:
    start_ms = START_MS + (BARS // 12) * HOUR_MS
    settled = start_ms - HOUR_MS - 8 * HOUR_MS * np.arange(40)[::-1]
    polls = start_ms - 40 * MINUTE_MS + 30_000 * np.arange(60)
    funding = Funding(
        at_ms=integers(np.append(settled, polls)),
        rate=floats(np.append(1e-5 * np.arange(1, 41), np.full(60, 2.05e-4))),
    )
    told = confluence_of(a_history(bars=BARS, funding=funding))
    assert (told.funding, told.funding_hours) == (2.05e-4, 8.0)
    assert told.funding_rank == pytest.approx(0.5)


def test_too_few_rates_have_no_place_and_an_overdue_one_is_unknown() -> None:
    few = some_funding([1e-4] * 29, start_ms=START_MS + 21 * HOUR_MS)
    told = confluence_of(a_history(bars=BARS, funding=few))
    assert (told.funding, told.funding_rank) == (1e-4, None)
    late = confluence_of(a_history(bars=BARS, funding=some_funding([1e-4] * 48)))
    assert late.funding is None  # the last one three hours ago, and they are hourly
    assert confluence_of(a_history()).funding is None


@pytest.mark.parametrize(
    ("late", "known"), [(0, True), (6 * MINUTE_MS, True), (7 * MINUTE_MS, False)]
)
def test_a_change_needs_both_ends_nearly_on_time(late: int, known: bool) -> None:
    at_ms = integers([0, HOUR_MS])
    found = change(at_ms, floats([100.0, 110.0]), HOUR_MS + late, HOUR_MS)
    assert (found == pytest.approx(0.1)) is known
    assert (found is None) is not known


def test_a_change_from_nothing_or_the_unknown_is_unknown() -> None:
    at_ms = integers([0, HOUR_MS])
    for values in ([0.0, 1.0], [np.nan, 1.0], [1.0, np.nan]):
        assert change(at_ms, floats(values), HOUR_MS, HOUR_MS) is None


@pytest.mark.parametrize(("bar_ms", "known"), [(5 * MINUTE_MS, True), (4 * MINUTE_MS, False)])
def test_the_end_of_the_first_bar_of_a_span_is_its_beginning(bar_ms: int, *, known: bool) -> None:
    at_ms = integers([5 * MINUTE_MS, HOUR_MS])
    found = change(at_ms, floats([100.0, 110.0]), HOUR_MS, HOUR_MS, bar_ms)
    assert (found == pytest.approx(0.1)) is known
    assert change(at_ms, floats([100.0, 110.0]), HOUR_MS, HOUR_MS) is None


def test_a_map_of_a_day_knows_how_the_day_went() -> None:
    day = recall("BTC", [a_walk(288)], QUICK, DAY_MS, bin_width=0.01)
    assert len(day.candles) == 288
    told = confluence_of(day)
    assert told.trend == pytest.approx(day.candles.close[-1] / day.candles.close[0] - 1)
    assert told.interest_day is not None
