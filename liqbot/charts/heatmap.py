"""Where positions would be liquidated, over time and price."""

import numpy as np

from liqbot.charts._annotations import (
    ARROW,
    beyond,
    draw_bracket,
    in_view,
    notes,
)
from liqbot.charts._axes import draw_price_axis, draw_price_grid, draw_price_line, draw_time_axis
from liqbot.charts._candles import draw_candles, merged, seen_prices
from liqbot.charts._cells import cells, of_all_times, scale_of
from liqbot.charts._colourbar import draw_colour_bar
from liqbot.charts._geometry import Box
from liqbot.charts._marks import (
    draw_beyond,
    draw_gaps,
    draw_key,
    draw_nothing,
    draw_rings,
    draw_sides,
)
from liqbot.charts._measured import draw_measured, note_of
from liqbot.charts._page import LABEL, Page
from liqbot.charts._profile import draw_bars, draw_curves, draw_legend, draw_usd_axis, profile
from liqbot.charts._themes import ramp
from liqbot.charts._window import PriceWindow, TimeWindow, price_window, time_window
from liqbot.charts._zones import draw_zones
from liqbot.charts.chart import Chart, Picture, View
from liqbot.chat.facts import is_empty
from liqbot.chat.measured import in_words
from liqbot.chat.words import clusters_in_words, imbalance
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History

_AFTERGLOW = np.float32(0.6)  # how strongly the newest cells go on into the margin


def _draw(history: History, view: View) -> Picture:
    span = view.span
    page = Page(history, view, f"Liquidation heatmap · {span.name}", note=note_of(history))
    layout = page.layout
    times = time_window(history, span, layout.heat)
    seen = seen_prices(history.candles, times.from_ms, times.to_ms)
    prices = price_window(history, span, seen, layout.heat)
    shown, outside = in_view(history.clusters, prices), beyond(history.clusters, prices)
    draw_price_grid(page, prices, Box(layout.margin.x0, 0, layout.profile.x1, 0))
    _draw_cells(page, prices, times)
    _draw_profile(page, prices)
    draw_price_line(page, prices, layout.heat.x0, layout.profile.x1)
    _draw_past(page, prices, times)
    _draw_notes(page, shown, prices)
    heat = layout.heat
    left, right = heat.x0 + 8, heat.x0 + 0.9 * heat.width
    draw_measured(page, prices, heat.x1 - 24, left=left, right=right, y=heat.y1 - 108)
    draw_beyond(page, outside, layout.heat)
    draw_price_axis(page, prices, layout.axis)
    draw_time_axis(page, times, layout.times_y)
    draw_zones(page, history.clusters, layout.table)
    named = [*shown, *outside]
    rest = [imbalance(history, page.numbers), *in_words(history, page.numbers)]
    return page.picture(
        f"liquidation heatmap, {span.name}",
        [*clusters_in_words(named, page.numbers), *rest],
        [*clusters_in_words(named, page.numbers, terse="unnamed"), *rest],
        [*clusters_in_words(named, page.numbers, terse="all"), *rest],
    )


def _draw_cells(page: Page, prices: PriceWindow, times: TimeWindow) -> None:
    layout = page.layout
    usd = cells(page.history, prices, times, layout.rows)
    fixed = page.view.scale == "fixed"
    scale = scale_of(of_all_times(page.history) if fixed else usd, page.view)
    colours = ramp(page.view.colours, page.view.theme)
    levels = scale.levels(usd)
    page.canvas.paint(layout.heat, colours[levels])
    newest = levels[:, -1:]
    page.canvas.paint(
        layout.margin, colours[newest], np.where(newest > 0, np.float32(0.6), np.float32(0))
    )
    edge = layout.heat.x1
    page.canvas.fill(Box(edge - 2, layout.heat.y0, edge + 2, layout.heat.y1), page.theme.ground)
    draw_gaps(page, layout.heat, np.isnan(usd[0]))
    draw_colour_bar(page, scale)


def _draw_profile(page: Page, prices: PriceWindow) -> None:
    canvas, theme, layout = page.canvas, page.theme, page.layout
    found = profile(page.history.snapshot, prices, layout.rows)
    draw_bars(canvas, theme, layout.profile, found, found.most / 0.62)
    line = prices.clamped(page.history.snapshot.mark)
    full = draw_curves(canvas, theme, layout.profile, found, line)
    y = layout.curve_ticks_y
    draw_usd_axis(canvas, theme, layout.profile, y, full=full, numbers=page.numbers, last="centre")
    draw_legend(canvas, theme, layout.legend)
    box = layout.profile
    draw_sides(page, box.x1 - 4, box.y0 + 20, box.y1 - 20)


def _draw_past(page: Page, prices: PriceWindow, times: TimeWindow) -> None:
    history, heat = page.history, page.layout.heat
    length = int(page.view.span.candle.total_seconds() * 1000)
    candles = merged(history.candles, length, times.from_ms, times.to_ms)
    draw_candles(page.canvas, page.theme, candles, length_ms=length, prices=prices, times=times)
    words = ["○ realised"] if draw_rings(page, prices, times) else []
    draw_key(page, words, heat.x0 + 8, heat.y1 - 66)
    if is_empty(history):
        draw_nothing(page, heat)


def _draw_notes(page: Page, shown: list[Cluster], prices: PriceWindow) -> None:
    canvas, theme, layout = page.canvas, page.theme, page.layout
    room = Box(0, layout.heat.y0 + 58, 0, layout.heat.y1 - 58)
    for note in notes(shown, prices, page.history.snapshot.mark, room):
        cluster = note.cluster
        colour = theme.side(cluster.side)
        x = layout.margin.x0 + 10
        middle = draw_bracket(canvas, theme, cluster, prices, x)
        tag = Box(x + 10, note.y - 18, x + 44, note.y + 18)
        canvas.line([(x, middle), (tag.x0, note.y)], colour, 3, halo=2)
        if cluster.zone:
            canvas.rounded(tag, 6, fill=theme.ground, edge=colour)
            canvas.text(*tag.middle, cluster.zone, LABEL, colour, bold=True, align="centre")
        text = f"{ARROW[cluster.side]} {page.numbers.usd(cluster.usd)}"
        right = layout.profile.x1 - 4
        width = canvas.measure(text, LABEL, bold=True)
        box = Box(right - width - 8, note.y - 18, right + 4, note.y + 18)
        canvas.rounded(box, 6, fill=theme.ground, alpha=0.85)
        canvas.text(right, note.y, text, LABEL, colour, bold=True, align="right")


CHART = Chart(
    name="heatmap",
    summary="Where positions would be liquidated, over time and price",
    draw=_draw,
)
