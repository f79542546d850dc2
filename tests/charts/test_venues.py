import re

import pytest

from liqbot.charts import CHARTS
from liqbot.charts.chart import Picture, View
from liqbot.heatmap.history import History
from tests.charts.histories import a_cluster, a_history

EIGHT = ("binance", "bybit", "okx", "hyperliquid", "bitget", "gate", "dydx", "deribit")


def draw(history: History) -> Picture:
    return CHARTS["venues"].draw(history, View())


def texts(history: History) -> list[str]:
    return [each.text for each in draw(history).writings]


def test_venues_are_listed_the_largest_first() -> None:
    listed = [text for text in texts(a_history()) if text.startswith("■")]
    assert listed == ["■ Binance", "■ Bybit", "■ OKX"]


def test_many_venues_end_in_others() -> None:
    listed = [text for text in texts(a_history(venues=EIGHT)) if text.startswith("■")]
    assert listed == ["■ Binance", "■ Bybit", "■ OKX", "■ Others"]


@pytest.mark.parametrize("venues", [EIGHT[:1], EIGHT[:3], EIGHT])
def test_shares_add_up_to_the_whole_map(venues: tuple[str, ...]) -> None:
    shares = re.findall(r"\w+ (\d+)%: longs", draw(a_history(venues=venues)).alt)
    assert sum(map(int, shares)) == pytest.approx(100, abs=2)


def test_a_cluster_that_rests_on_one_venue_is_flagged() -> None:
    lone = a_cluster(zone="A", venues={"okx": 142e6, "binance": 1e6})
    assert "OKX only" in texts(a_history(clusters=[lone]))
    assert not any("only" in text for text in texts(a_history()))


def test_a_venue_that_nobody_knows_is_drawn_too() -> None:
    assert "■ Newvenue" in texts(a_history(venues=("binance", "newvenue")))
