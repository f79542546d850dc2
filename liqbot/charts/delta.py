"""Longs against shorts: at equal distances from the price, added up, and over time."""

from dataclasses import dataclass
from math import isclose

import numpy as np

from liqbot.charts._annotations import ARROW
from liqbot.charts._axes import draw_time_axis
from liqbot.charts._balance import Balance, balance, distances, net_over_time, within
from liqbot.charts._bars import draw_stacks
from liqbot.charts._cells import nice_above
from liqbot.charts._geometry import Box
from liqbot.charts._marks import draw_gaps, draw_nothing
from liqbot.charts._page import AXIS, TEXT, Page
from liqbot.charts._table import Field, draw_table
from liqbot.charts._themes import mixed
from liqbot.charts._window import time_window
from liqbot.charts.chart import Chart, Picture, Size, View
from liqbot.chat.facts import is_empty
from liqbot.chat.numbers import Numbers
from liqbot.chat.words import heavier
from liqbot.heatmap.history import History
from liqbot.market.units import F8, Side

_DIM = 0.40  # of a side's colour, for what the other side has too
_ROW = 4  # px
_LABELS = 92.0  # px for the distances beside the wings


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the panels stand."""

    words_y: float
    wings: Box  # both sides by distance
    past: Box  # their difference over time
    past_title_y: float


_PORTRAIT = _Places(166, Box(16, 236, 1008, 692), Box(16, 800, 876, 1000), 772)
_PLACES: dict[Size, _Places] = {
    "portrait": _PORTRAIT,
    "hd": _PORTRAIT,
    "wide": _Places(118, Box(16, 184, 620, 512), Box(670, 174, 1132, 544), 155),
}


def _draw(history: History, view: View) -> Picture:
    span = view.span
    page = Page(history, view, "Longs against shorts")
    numbers, places = page.numbers, _PLACES[view.size]
    rows = round(places.wings.height / _ROW)
    found = balance(history.snapshot, span.reach, rows)
    both = history.asymmetry
    words = heavier(both.long_usd, both.short_usd, numbers)
    near = f"within {numbers.share(both.reach)}"
    page.canvas.text(16, places.words_y, f"{words} {near}", 36, page.theme.text, bold=True)
    _draw_wings(page, found, places.wings)
    _draw_past(page, places)
    sums = [_sum(history, distance) for distance in distances(span.reach)]
    _draw_table(page, sums)
    told = [_sentence(each, numbers) for each in sums]
    return page.picture("longs against shorts", [f"{words} {near}.", *told])


@dataclass(frozen=True, slots=True)
class _Sum:
    """What both sides hold within a distance of the price, Usd."""

    distance: float
    long: float
    short: float


def _sum(history: History, distance: float) -> _Sum:
    """Sum both sides; where the history says it too, by whole bins, as the history does."""
    both = history.asymmetry
    if isclose(distance, both.reach):
        return _Sum(distance, both.long_usd, both.short_usd)
    return _Sum(distance, *within(history.snapshot, distance))


def _draw_wings(page: Page, found: Balance, box: Box) -> None:
    canvas, theme = page.canvas, page.theme
    middle = (box.x0 + _LABELS + box.x1) / 2
    left = Box(box.x0 + _LABELS, box.y0, middle, box.y1)
    right = Box(middle, box.y0, box.x1, box.y1)
    y = box.y0 - 22
    for side, half in ((Side.LONG, left), (Side.SHORT, right)):
        word = "below" if side is Side.LONG else "above"
        text = f"{ARROW[side]} {side.value.upper()} {word}"
        canvas.text(half.middle[0], y, text, TEXT, theme.side(side), bold=True, align="centre")
    _draw_distances(page, found, box)
    most = float(max(found.long.max(initial=0.0), found.short.max(initial=0.0)))
    common = np.minimum(found.long, found.short)
    for side, half, usd in ((Side.LONG, left, found.long), (Side.SHORT, right, found.short)):
        colours = [mixed(theme.side(side), theme.ground, _DIM), theme.side(side)]
        parts = np.stack([common, usd - common])
        draw_stacks(canvas, half, parts, colours, most / 0.9, left=side is Side.LONG)
    canvas.fill(Box(middle - 1, box.y0, middle + 2, box.y1), theme.muted)
    if not most > 0:
        draw_nothing(page, box)
        return
    _draw_net(page, found, box, middle)
    key = page.layout.key
    bright = ["bright: more than the other side", "bright: the excess"]
    for i, forms in enumerate((bright, ["line: added up from the price", "line: running sum"])):
        beside = key.width > 700
        x, y = (key.x0 + i * 520, key.y0 + 24) if beside else (key.x0, key.y0 + 30 + i * 42)
        text = canvas.fitting(forms, TEXT, min(key.width, 500))
        canvas.text(x, y, text, TEXT, theme.muted)


def _draw_distances(page: Page, found: Balance, box: Box) -> None:
    """Label round distances from the price, which is on top."""
    canvas, theme = page.canvas, page.theme
    reach = float(found.distance[-1])
    step = next(each for each in (0.005, 0.01, 0.02, 0.05, 0.1) if reach / each <= 6)
    for i in range(1, int(reach / step + 1e-9) + 1):
        y = box.y0 + i * step / reach * box.height
        canvas.fill(Box(box.x0 + _LABELS, y - 1, box.x1, y + 2), theme.grid)
        text = f"±{page.numbers.percent(i * step, 0 if step >= 0.01 else 1)[1:]}"
        canvas.text(box.x0, min(y, box.y1 - 12), text, AXIS, theme.muted)


def _draw_net(page: Page, found: Balance, box: Box, middle: float) -> None:
    """Draw what the difference adds up to, toward the side that is heavier."""
    canvas, theme, numbers = page.canvas, page.theme, page.numbers
    full = nice_above(float(np.abs(found.net).max()) or 1.0)
    half = box.x1 - middle
    heights = np.linspace(box.y0, box.y1, found.net.size)
    across = middle - found.net / full * half * 0.96
    canvas.line(list(zip(across, heights, strict=True)), theme.price, 5, halo=3)
    y = box.y1 + 20
    usd = numbers.usd_tick(full)
    left, right = middle - half * 0.96, middle + half * 0.96
    canvas.text(max(left, box.x0), y, f"longs +{usd}", TEXT, theme.muted)
    canvas.text(middle, y, "$0", TEXT, theme.muted, align="centre")
    canvas.text(right, y, f"shorts +{usd}", TEXT, theme.muted, align="right")


def _draw_past(page: Page, places: _Places) -> None:
    canvas, theme, history = page.canvas, page.theme, page.history
    box, reach = places.past, history.asymmetry.reach
    times = time_window(history, page.view.span, box)
    net = net_over_time(history, times, reach)
    title = f"Net within {page.numbers.share(reach)}, last {page.view.span.name}"
    canvas.text(box.x0, places.past_title_y, title, AXIS, theme.text)
    canvas.fill(box, theme.panel)
    up, down = (nice_above(max(float(np.nanmax(part, initial=0.0)), 1.0)) for part in (-net, net))
    up, down = max(up, down / 8), max(down, up / 8)
    zero = box.y0 + box.height * up / (up + down)
    _fill_area(page, net, box, zero, up + down)
    draw_gaps(page, box, np.isnan(net))
    canvas.fill(Box(box.x0, zero - 1, box.x1, zero + 2), theme.muted)
    _label_past(page, box, zero, up, down)
    draw_time_axis(page, times, page.layout.times_y)


def _fill_area(page: Page, net: F8, box: Box, zero: float, total: float) -> None:
    """Fill each column from nothing to its difference: shorts upward, longs downward."""
    known = np.nan_to_num(net) * box.height / total
    for side, sign in ((Side.SHORT, -1), (Side.LONG, 1)):
        column = np.clip(known * sign, 0, None)
        for i in np.flatnonzero(column > 0):
            x0, x1 = (box.x0 + (i + k) * box.width / net.size for k in (0, 1))
            end = zero + sign * column[i]
            page.canvas.fill(Box(x0, min(zero, end), x1, max(zero, end)), page.theme.side(side))


def _label_past(page: Page, box: Box, zero: float, up: float, down: float) -> None:
    canvas, theme, numbers = page.canvas, page.theme, page.numbers
    x = page.layout.axis.x0
    for side, usd, y in ((Side.SHORT, up, box.y0 + 14), (Side.LONG, down, box.y1 - 14)):
        if abs(y - zero) > 34 and not is_empty(page.history):
            text = f"{ARROW[side]} {numbers.usd_tick(usd)}"
            canvas.text(x, y, text, TEXT, theme.side(side), bold=True)
    canvas.text(x, zero, "even", TEXT, theme.muted)


def _draw_table(page: Page, sums: list[_Sum]) -> None:
    theme, numbers = page.theme, page.numbers
    rows = []
    for each in sums:
        heavy = theme.long if each.long >= each.short else theme.short
        rows.append(
            [
                Field(f"within {numbers.share(each.distance)}", theme.text),
                Field(f"{ARROW[Side.LONG]} {numbers.usd(each.long)}", theme.long, bold=True),
                Field(f"{ARROW[Side.SHORT]} {numbers.usd(each.short)}", theme.short, bold=True),
                Field(heavier(each.long, each.short, numbers), heavy),
            ]
        )
    draw_table(page, rows, page.layout.table)


def _sentence(each: _Sum, numbers: Numbers) -> str:
    words = heavier(each.long, each.short, numbers).lower()
    return (
        f"Within {numbers.share(each.distance)}: longs {numbers.usd(each.long)}, "
        f"shorts {numbers.usd(each.short)}; {words}."
    )


CHART = Chart(
    name="delta",
    summary="Longs against shorts: at equal distances from the price, added up, and over time",
    draw=_draw,
)
