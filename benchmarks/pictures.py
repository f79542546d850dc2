"""What a picture costs: each chart, in each size, of a month of the workload."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from benchmarks.timing import MS, Timing, side_by_side
from benchmarks.workload import BASE, Workload, model
from liqbot.charts import CHARTS
from liqbot.charts.chart import Picture, View
from liqbot.heatmap.history import History, recall
from liqbot.market.units import DAY_MS

VIEWS = {
    "portrait": View(),
    "wide": View(size="wide"),
    "hd": View(size="hd"),
    "30d": View(range=timedelta(days=30)),
}


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One chart under one view."""

    chart: str
    view: str
    timing: Timing
    kilobytes: float

    def told(self) -> dict[str, str | float]:
        """Return it in milliseconds and kB."""
        return {
            "chart": self.chart,
            "view": self.view,
            "png_kb": self.kilobytes,
            **self.timing.told(MS),
        }


def history_of(workload: Workload) -> History:
    """Recall a history of the workload as the charts get it, from what venues told."""
    return recall(BASE, workload.observations, model(), 30 * DAY_MS)


def drawings(history: History, views: tuple[str, ...], rounds: int) -> list[Drawing]:
    """Draw every chart under each of some views."""
    tasks: dict[tuple[str, str], partial[Picture]] = {
        (name, view): partial(chart.draw, history, VIEWS[view])
        for view in views
        for name, chart in CHARTS.items()
    }
    sizes = {key: len(draw().png) / 1e3 for key, draw in tasks.items()}
    timings = side_by_side(tasks, rounds, warm=True)
    return [
        Drawing(chart=name, view=view, timing=timings[name, view], kilobytes=sizes[name, view])
        for name, view in tasks
    ]
