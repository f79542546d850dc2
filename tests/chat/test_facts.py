import pytest

from liqbot.chat.facts import age, change, horizon, venue_name
from tests.charts.histories import a_history, with_a_gap


@pytest.mark.parametrize(
    ("distance", "named"),
    [
        (0.0, "1-4 h"),
        (0.02, "1-4 h"),
        (-0.02, "1-4 h"),
        (0.0201, "12-72 h"),
        (-0.05, "12-72 h"),
        (0.0501, "context"),
        (-0.3, "context"),
    ],
)
def test_a_distance_has_the_horizon_of_those_who_trade_it(distance: float, named: str) -> None:
    assert horizon(distance) == named


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-1, "0 s"), (59, "59 s"), (60, "1 min"), (7_300, "2 h"), (200_000, "2 d")],
)
def test_an_age_is_told_in_the_largest_unit_that_it_fills(seconds: float, said: str) -> None:
    assert age(seconds) == said


def test_venues_are_written_as_they_write_themselves() -> None:
    assert [venue_name(each) for each in ("okx", "dydx", "bybit")] == ["OKX", "dYdX", "Bybit"]


def test_a_change_is_counted_from_the_price_a_day_before_where_that_is_known() -> None:
    history = a_history()
    opened = history.candles.open[len(history.candles) - 288]
    assert change(history) == pytest.approx(65_000.0 / opened - 1)
    assert change(with_a_gap(history, 0, 600)) is None
    assert change(a_history(bars=100)) is None
