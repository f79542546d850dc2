"""What would fire if price went to its nearest cluster, against what rests on the way."""

from liqbot.charts._cascade import draw_cascade
from liqbot.charts.chart import Chart, Picture, View
from liqbot.heatmap.cascade import cascade_of, usual_target
from liqbot.heatmap.history import History


def _draw(history: History, view: View) -> Picture:
    return draw_cascade(cascade_of(history, usual_target(history)), view)


CHART = Chart(
    name="cascade",
    summary="What would fire if price went to its nearest cluster, against what rests there",
    draw=_draw,
)
