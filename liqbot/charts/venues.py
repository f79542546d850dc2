"""What stands at each price now, by venue, and which clusters rest on one alone."""

from functools import partial

import numpy as np

from liqbot.charts._annotations import ARROW, beyond, in_view
from liqbot.charts._axes import draw_price_axis, draw_price_grid, draw_price_line
from liqbot.charts._bars import draw_stacks
from liqbot.charts._cards import PITCH, draw_cards
from liqbot.charts._cells import in_rows, nice_above
from liqbot.charts._geometry import Box
from liqbot.charts._marks import draw_beyond, draw_nothing, draw_sides
from liqbot.charts._page import LABEL, TEXT, Page
from liqbot.charts._profile import draw_usd_axis
from liqbot.charts._table import Field, draw_table
from liqbot.charts._themes import Theme
from liqbot.charts._window import PriceWindow, price_window
from liqbot.charts.chart import Chart, Picture, View
from liqbot.chat.facts import is_empty, venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.words import clusters_in_words
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History
from liqbot.heatmap.quality import lone_venue
from liqbot.market.units import Side

_MOST = 4  # venues told apart
_OTHERS = "others"
# (on dark grounds, on light ones); none is the colour of a side
_COLOURS = {
    "binance": ("#F0C419", "#806400"),
    "bybit": ("#D58BE3", "#8E3BA0"),
    "okx": ("#E8ECF1", "#2B3440"),
    "hyperliquid": ("#4FD1B5", "#00705C"),
    "bitget": ("#9F8CFF", "#5140B5"),
    "gate": ("#A5CC4A", "#4F6B00"),
    "dydx": ("#F284AE", "#B0265F"),
    "deribit": ("#8E9BA8", "#5F6B76"),
}


def _draw(history: History, view: View) -> Picture:
    page = Page(history, view, "By venue now")
    layout, numbers = page.layout, page.numbers
    prices = price_window(history, view.span, np.empty(0), layout.bars)
    names = _ranked(history)
    draw_price_grid(page, prices, Box(layout.bars.x0, 0, layout.axis.x0, 0))
    _draw_bars(page, prices, names)
    fill = partial(_card, page, names=names)
    shown = draw_cards(page, in_view(history.clusters, prices), prices, layout.card_lines, fill)
    outside = beyond(history.clusters, prices)
    draw_beyond(page, outside, layout.bars)
    draw_price_axis(page, prices, layout.axis)
    _draw_table(page, names)
    told = [*shown, *outside]
    by_venue = [_sentence(history, name, names, numbers) for name in names]
    return page.picture(
        "liquidation levels by venue now",
        [*by_venue, *clusters_in_words(told, numbers)],
        [*by_venue, *clusters_in_words(told, numbers, terse="unnamed")],
        [*by_venue, *clusters_in_words(told, numbers, terse="all")],
    )


def _ranked(history: History) -> list[str]:
    """Name the venues that hold most, the largest first; too many end in others."""
    held = history.snapshot.by_venue.sum(axis=(1, 2))
    order = [history.venues[i] for i in np.argsort(-held, kind="stable")]
    return order if len(order) <= _MOST else [*order[: _MOST - 1], _OTHERS]


def _members(name: str, names: list[str], history: History) -> list[int]:
    """Return the indices of the venues that a name stands for."""
    return [
        i
        for i, venue in enumerate(history.venues)
        if venue == name or (name == _OTHERS and venue not in names)
    ]


def _colour(name: str, theme: Theme) -> str:
    on_dark, on_light = _COLOURS.get(name, (theme.muted, theme.muted))
    return on_dark if theme.dark else on_light


def _draw_bars(page: Page, prices: PriceWindow, names: list[str]) -> None:
    canvas, theme, layout, history = page.canvas, page.theme, page.layout, page.history
    by_venue = history.snapshot.by_venue.sum(axis=1)
    by_row = in_rows(by_venue, history.snapshot.grid, prices, layout.rows)
    parts = np.stack([by_row[_members(name, names, history)].sum(axis=0) for name in names])
    most = float(parts.sum(axis=0).max(initial=0.0))
    full = nice_above(most) if most > 0 else 0.0
    draw_stacks(canvas, layout.bars, parts, [_colour(name, theme) for name in names], full)
    draw_price_line(page, prices, layout.bars.x0, layout.axis.x0)
    line = prices.clamped(history.snapshot.mark)
    draw_sides(page, layout.bars.x1, line - 26, line + 26)
    draw_usd_axis(canvas, theme, layout.bars, layout.times_y, full=full, numbers=page.numbers)
    unit = "modelled $ per 0.1% of price"
    canvas.text(layout.key.x0, layout.key.y0 + 24, unit, TEXT, theme.muted)
    if is_empty(history):
        draw_nothing(page, layout.bars)


def _card(page: Page, cluster: Cluster, box: Box, *, names: list[str]) -> None:
    """Write what a cluster holds, and draw how the venues share it."""
    canvas, theme, history = page.canvas, page.theme, page.history
    colour = theme.side(cluster.side)
    first, second, third = (box.y0 + PITCH * (i + 0.5) for i in range(3))
    away = page.numbers.percent(cluster.distance)
    head = f"{cluster.zone or ''} {ARROW[cluster.side]} {page.numbers.usd(cluster.usd)}".strip()
    end = canvas.text(box.x0, first, head, LABEL, colour, bold=True, ground=theme.panel).x1
    end = canvas.text(end + 14, first, away, TEXT, theme.text, ground=theme.panel).x1
    wide = page.layout.card_lines == 2
    y = first if wide else second
    bar = Box(end + 20 if wide else box.x0, y - 14, box.x1, y + 14)
    total = sum(cluster.venues.values())
    x = bar.x0
    for name in names:
        members = [history.venues[i] for i in _members(name, names, history)]
        share = sum(cluster.venues.get(venue, 0.0) for venue in members) / total if total else 0.0
        part = Box(x, bar.y0, x + share * bar.width, bar.y1)
        x = part.x1
        colour, text = _colour(name, theme), page.numbers.share(share)
        canvas.fill(part, colour)
        if canvas.measure(text, TEXT) + 8 <= part.width:
            canvas.text(*part.middle, text, TEXT, theme.ground, align="centre", ground=colour)
    alone = lone_venue(cluster)
    count = sum(usd > 0 for usd in cluster.venues.values())
    text = f"{venue_name(alone)} only" if alone else f"{count} venues"
    ink = theme.amber if alone and theme.dark else theme.text
    canvas.text(box.x0, second if wide else third, text, TEXT, ink, ground=theme.panel)


def _draw_table(page: Page, names: list[str]) -> None:
    theme, numbers, history = page.theme, page.numbers, page.history
    rows = []
    for name in names:
        long, short = _held(history, name, names)
        rows.append(
            [
                Field(f"■ {venue_name(name)}", _colour(name, theme), bold=True),
                Field(f"{ARROW[Side.LONG]} {numbers.usd(long)}", theme.long, bold=True),
                Field(f"{ARROW[Side.SHORT]} {numbers.usd(short)}", theme.short, bold=True),
                Field(f"{numbers.share(_share(history, name, names))} of the map", theme.text),
            ]
        )
    if rows:
        draw_table(page, rows, page.layout.table)


def _held(history: History, name: str, names: list[str]) -> tuple[float, float]:
    members = _members(name, names, history)
    long, short = history.snapshot.by_venue[members].sum(axis=(0, 2))
    return float(long), float(short)


def _share(history: History, name: str, names: list[str]) -> float:
    total = float(history.snapshot.usd.sum())
    return sum(_held(history, name, names)) / total if total > 0 else 0.0


def _sentence(history: History, name: str, names: list[str], numbers: Numbers) -> str:
    long, short = _held(history, name, names)
    return (
        f"{venue_name(name)} {numbers.share(_share(history, name, names))}: "
        f"longs {numbers.usd(long)}, shorts {numbers.usd(short)}."
    )


CHART = Chart(
    name="venues",
    summary="What stands at each price now, by venue, and which clusters rest on one alone",
    draw=_draw,
)
