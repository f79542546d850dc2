"""What stands at each price now, by leverage: which tier would fire first on the way."""

from dataclasses import replace

import numpy as np

from liqbot.charts._annotations import ARROW
from liqbot.charts._axes import draw_price_axis, draw_price_grid, draw_price_line
from liqbot.charts._bars import draw_stacks
from liqbot.charts._cells import in_rows
from liqbot.charts._geometry import Box
from liqbot.charts._page import TEXT, Page
from liqbot.charts._table import Field, draw_table
from liqbot.charts._window import PriceWindow, price_window
from liqbot.charts.chart import Chart, Picture, View
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.history import History
from liqbot.heatmap.tiers import TierBand, tier_bands
from liqbot.market.units import Side

_REACH = 0.12  # of price shown at least: 10x fires within it
_GAP = 12.0  # px between columns
_ROW = 4.0  # px
_HEAD = 40.0  # px for a column's name


def _draw(history: History, view: View) -> Picture:
    page = Page(history, view, "By leverage now")
    layout = page.layout
    bands = tier_bands(history.snapshot)
    foot = 26 if layout.card_lines == 2 else 40
    top, bottom = layout.bars.y0 + _HEAD, layout.bars.y1 - foot
    whole = Box(layout.bars.x0, top, layout.cards.x1, bottom)
    span = replace(view.span, reach=max(view.span.reach, _REACH))
    prices = price_window(history, span, np.empty(0), whole)
    width = (whole.width - _GAP * (len(bands) - 1)) / len(bands)
    for i, band in enumerate(bands):
        left = whole.x0 + i * (width + _GAP)
        _draw_band(page, band, prices, Box(left, whole.y0, left + width, whole.y1))
    draw_price_line(page, prices, whole.x0, layout.axis.x0)
    draw_price_axis(page, prices, layout.axis)
    _draw_key(page)
    _draw_table(page, bands)
    told = [_sentence(side, bands, page.numbers) for side in (Side.SHORT, Side.LONG)]
    return page.picture("liquidation levels by leverage now", told)


def _draw_band(page: Page, band: TierBand, prices: PriceWindow, box: Box) -> None:
    canvas, theme = page.canvas, page.theme
    canvas.fill(box, theme.panel)
    draw_price_grid(page, prices, box)
    middle = box.middle[0]
    name = canvas.fitting([band.name], TEXT, box.width, bold=True)
    canvas.text(middle, box.y0 - 20, name, TEXT, theme.text, bold=True, align="centre")
    rows = round(box.height / _ROW)
    parts = in_rows(band.usd, page.history.snapshot.grid, prices, rows)
    colours = [theme.long, theme.short]
    draw_stacks(canvas, box, parts, colours, float(parts.sum(axis=0).max(initial=0.0)) / 0.94)
    for side in (Side.LONG, Side.SHORT):
        half = band.half[side.index]
        price = page.history.snapshot.mark * (1 + half) if half is not None else 0.0
        if half is not None and prices.holds(price):
            y = prices.y(price)
            canvas.line([(box.x0 + 4, y), (box.x1 - 4, y)], theme.text, 4, halo=2)
    _draw_totals(page, band, box)


def _draw_totals(page: Page, band: TierBand, box: Box) -> None:
    """Write under a column what it holds on each side."""
    for i, side in enumerate((Side.SHORT, Side.LONG)):
        text = f"{ARROW[side]} {page.numbers.usd(band.total(side))}"
        shown = page.canvas.fitting([text], TEXT, box.width)
        page.canvas.text(box.x0, box.y1 + 19 + i * 29, shown, TEXT, page.theme.side(side))


def _draw_key(page: Page) -> None:
    canvas, key, colour = page.canvas, page.layout.key, page.theme.muted
    words = ("line across: half fires by here", "each column on its own scale")
    for i, text in enumerate(words):
        beside = key.width > 700
        x, y = (key.x0 + i * 520, key.y0 + 22) if beside else (key.x0, key.y0 + 30 + i * 42)
        canvas.text(x, y, text, TEXT, colour)


def _draw_table(page: Page, bands: list[TierBand]) -> None:
    theme, numbers = page.theme, page.numbers
    rows = [[Field("half fires by", theme.muted), *(Field(b.name, theme.muted) for b in bands)]]
    for side in (Side.SHORT, Side.LONG):
        head = Field(f"{ARROW[side]} {side.value.upper()}", theme.side(side), bold=True)
        rows.append([head, *(Field(_away(b.half[side.index], numbers), theme.text) for b in bands)])
    draw_table(page, rows, page.layout.table)


def _away(half: float | None, numbers: Numbers) -> str:
    return "none" if half is None else numbers.percent(half)


def _sentence(side: Side, bands: list[TierBand], numbers: Numbers) -> str:
    way = "up" if side is Side.SHORT else "down"
    told = [
        f"{band.name} {_away(band.half[side.index], numbers)} ({numbers.usd(band.total(side))})"
        for band in bands
    ]
    return f"On the way {way} half of each tier of {side.value}s would fire by: {', '.join(told)}."


CHART = Chart(
    name="tiers",
    summary="What stands at each price now, by leverage: which tier would fire first on the way",
    draw=_draw,
)
