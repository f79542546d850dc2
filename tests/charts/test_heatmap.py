from liqbot.charts import CHARTS
from liqbot.charts.chart import View
from liqbot.market.units import Side
from tests.charts.histories import a_cluster, a_history, named_clusters


def test_a_cluster_beyond_the_edge_is_pointed_at_with_its_value() -> None:
    far = a_cluster(Side.SHORT, 78_000.0, 79_000.0, usd=310e6)
    picture = CHARTS["heatmap"].draw(a_history(clusters=[*named_clusters(65_000.0), far]), View())
    assert any(each.text.startswith("▲ $310M at 78,500 (+20.0%)") for each in picture.writings)
