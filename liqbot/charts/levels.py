"""What stands at each price now, and what the clusters in it are made of."""

from functools import partial

import numpy as np

from liqbot.charts._annotations import ARROW, beyond, in_view
from liqbot.charts._axes import draw_price_axis, draw_price_grid, draw_price_line
from liqbot.charts._cards import PITCH, draw_cards
from liqbot.charts._cells import nice_above
from liqbot.charts._geometry import Box
from liqbot.charts._marks import draw_beyond, draw_nothing, draw_sides
from liqbot.charts._measured import draw_measured, note_of
from liqbot.charts._page import AXIS, LABEL, TEXT, Page
from liqbot.charts._profile import (
    BANDS,
    band_of,
    draw_bars,
    draw_legend,
    draw_usd_axis,
    profile,
)
from liqbot.charts._table import Field, draw_table
from liqbot.charts._window import PriceWindow, price_window
from liqbot.charts.chart import Chart, Picture, View
from liqbot.chat.facts import is_empty, venue_name
from liqbot.chat.measured import in_words
from liqbot.chat.words import clusters_in_words, imbalance
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History
from liqbot.heatmap.quality import lone_venue

_MARKS = 48  # px beside the cards for positions that are known


def _draw(history: History, view: View) -> Picture:
    page = Page(history, view, "Liquidation levels now", note=note_of(history))
    layout = page.layout
    prices = price_window(history, view.span, np.empty(0), layout.bars)
    draw_price_grid(page, prices, Box(layout.bars.x0, 0, layout.axis.x0, 0))
    _draw_bars(page, prices)
    lines = layout.card_lines
    shown = in_view(history.clusters, prices)
    named = draw_cards(page, shown, prices, lines, partial(_card, page, lines=lines))
    bars = layout.bars
    left, right = bars.x0 + 8, bars.x1 - _MARKS
    draw_measured(page, prices, bars.x1 - _MARKS / 2, left=left, right=right, y=bars.y1 - 66)
    outside = beyond(history.clusters, prices)
    draw_beyond(page, outside, layout.bars)
    draw_price_axis(page, prices, layout.axis)
    told = [*named, *outside]
    _draw_table(page, told)
    rest = [imbalance(history, page.numbers), *in_words(history, page.numbers)]
    return page.picture(
        "liquidation levels now",
        [*clusters_in_words(told, page.numbers), *rest],
        [*clusters_in_words(told, page.numbers, terse="unnamed"), *rest],
        [*clusters_in_words(told, page.numbers, terse="all"), *rest],
    )


def _draw_bars(page: Page, prices: PriceWindow) -> None:
    canvas, theme, layout = page.canvas, page.theme, page.layout
    found = profile(page.history.snapshot, prices, layout.rows)
    full = nice_above(found.most) if found.most > 0 else 0.0
    draw_bars(canvas, theme, layout.bars, found, full)
    draw_price_line(page, prices, layout.bars.x0, layout.axis.x0)
    line = prices.clamped(page.history.snapshot.mark)
    free = layout.bars.x1 - (_MARKS if page.history.measured else 0)
    draw_sides(page, free, line - 26, line + 26)
    text = "modelled → expected if reached"
    canvas.text(layout.cards.x0, layout.times_y, text, TEXT, theme.muted)
    draw_usd_axis(canvas, theme, layout.bars, layout.times_y, full=full, numbers=page.numbers)
    if is_empty(page.history):
        draw_nothing(page, layout.bars)
    key = layout.key
    y = key.y0 + 24
    canvas.text(key.x0, y, "modelled $ per 0.1% of price", TEXT, theme.muted)
    if key.width > 700:
        draw_legend(canvas, theme, Box(layout.cards.x0, y - 15, key.x1, y + 15))
    else:
        draw_legend(canvas, theme, Box(key.x0, y + 25, key.x1, y + 55))


def _card(page: Page, cluster: Cluster, box: Box, *, lines: int) -> None:
    canvas, theme, numbers = page.canvas, page.theme, page.numbers
    colour = theme.side(cluster.side)
    first, second, third = (box.y0 + PITCH * (i + 0.5) for i in range(3))
    head = f"{cluster.zone or ''} {ARROW[cluster.side]} {numbers.usd(cluster.usd)}".strip()
    x = canvas.text(box.x0, first, head, LABEL, colour, bold=True, ground=theme.panel).x1
    x = _say(page, x + 10, first, f"→ {numbers.usd(cluster.expected_usd)}", theme.text).x1
    span = f"{numbers.level(cluster.low)}–{numbers.level(cluster.high)}"
    away = numbers.percent(cluster.distance)
    if lines == 2:
        tiers = _tiers(page, cluster)
        forms = [f"{span}  {away} · {tiers}", f"{span}  {away} · {tiers.split(' · ')[0]}", span]
        _say(page, box.x0, second, canvas.fitting(forms, TEXT, box.width), theme.text)
        return
    _say(
        page, box.x0, second, canvas.fitting([f"{span}  {away}", span], TEXT, box.width), theme.text
    )
    _say(page, box.x0, third, canvas.fitting([_tiers(page, cluster)], TEXT, box.width), theme.muted)


def _say(page: Page, x: float, y: float, text: str, colour: str) -> Box:
    return page.canvas.text(x, y, text, TEXT, colour, ground=page.theme.panel)


def _tiers(page: Page, cluster: Cluster) -> str:
    """Name the two bands of leverage that hold most of a cluster."""
    held = np.zeros(len(BANDS))
    np.add.at(held, band_of(tuple(cluster.tiers)), list(cluster.tiers.values()))
    largest = [i for i in np.argsort(-held, kind="stable")[:2] if held[i] > 0.01 * held.sum()]
    return " · ".join(f"{BANDS[i][1]} {page.numbers.share(held[i] / held.sum())}" for i in largest)


def _draw_table(page: Page, clusters: list[Cluster]) -> None:
    theme, box = page.theme, page.layout.table
    zones = [cluster for cluster in clusters if cluster.zone]
    if not zones:
        text = "No cluster stands out from the rest."
        page.canvas.text(box.x0, box.y0 + 21, text, AXIS, theme.muted)
        return
    rows = []
    for zone in sorted(zones, key=lambda each: -each.peak):
        alone = lone_venue(zone)
        count = sum(usd > 0 for usd in zone.venues.values())
        head = f"{zone.zone} {ARROW[zone.side]} {zone.side.value.upper()}"
        rows.append(
            [
                Field(head, theme.side(zone.side), bold=True),
                Field(_distance_class(zone.distance), theme.text),
                Field(f"there {page.numbers.share(zone.persistence)} of 24 h", theme.text),
                Field(f"grade {zone.grade}", theme.muted),
                Field(f"{venue_name(alone)} only" if alone else f"{count} venues", theme.muted),
            ]
        )
    draw_table(page, rows[:4], box)


def _distance_class(distance: float) -> str:
    if abs(distance) <= 0.02:
        return "near (≤2%)"
    return "swing (2–5%)" if abs(distance) <= 0.05 else "far (>5%)"


CHART = Chart(
    name="levels",
    summary="What stands at each price now, and what the clusters in it are made of",
    draw=_draw,
)
