from liqbot.charts import CHARTS
from liqbot.charts.chart import View
from liqbot.heatmap.history import History
from tests.charts.histories import a_cluster, a_history


def texts(history: History) -> list[str]:
    return [each.text for each in CHARTS["levels"].draw(history, View()).writings]


def test_a_card_tells_raw_and_expected_place_distance_and_leverage() -> None:
    said = texts(a_history())
    assert {"A ▲ $49.7M", "→ $37.3M", "65,780–66,170  +1.2%", "≤10x 50% · 20x 30%"} <= set(said)
    assert "modelled → expected if reached" in said


def test_the_table_tells_how_far_how_steady_and_how_good() -> None:
    said = texts(a_history())
    assert {"near (≤2%)", "swing (2–5%)", "there 90% of 24 h", "grade B", "3 venues"} <= set(said)
    far = a_cluster(low=69_500.0, high=69_600.0, zone="A")
    assert "far (>5%)" in texts(a_history(clusters=[far]))


def test_a_cluster_of_one_venue_says_which() -> None:
    lone = a_cluster(zone="A", venues={"okx": 142e6, "binance": 1e6})
    assert "OKX only" in texts(a_history(clusters=[lone]))


def test_no_candles_and_no_past_are_needed() -> None:
    assert "Liquidation levels now" in texts(a_history(bars=1))


def test_a_map_without_clusters_says_so() -> None:
    assert "No cluster stands out from the rest." in texts(a_history(clusters=()))
