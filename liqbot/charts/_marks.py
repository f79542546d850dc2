"""What else stands over the cells: gaps, realised liquidations, clusters out of view."""

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from liqbot.charts._annotations import ARROW
from liqbot.charts._canvas import Canvas, rgb
from liqbot.charts._geometry import Box
from liqbot.charts._page import AXIS, TEXT, Page
from liqbot.charts._themes import Theme, mixed
from liqbot.charts._window import PriceWindow, TimeWindow
from liqbot.heatmap.clusters import Cluster
from liqbot.market.tape import Tape
from liqbot.market.units import Side

_HATCH = 12  # px from stroke to stroke
_STROKE = 3  # px
_MOST_RINGS = 40
_SIDES = (Side.LONG, Side.SHORT)


def draw_gaps(page: Page, box: Box, unknown: NDArray[np.bool_]) -> None:
    """Hatch the columns (column,) of a box of which nothing is known, and say so once."""
    if not unknown.any():
        return
    theme, width, height = page.theme, round(box.width), round(box.height)
    down, across = np.indices((height, width))
    stroke = (down + across) % _HATCH < _STROKE
    line = mixed(theme.muted, theme.panel, 0.35)
    colours = np.array([rgb(theme.panel), rgb(line)], np.uint8)[stroke.astype(np.int64)]
    column = np.arange(width) * unknown.size // width
    cover = np.broadcast_to(unknown[column], (height, width)).astype(np.float32)
    page.canvas.paint(box, colours, cover)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], unknown, [False]]).astype(np.int8)))
    first, last = max(edges.reshape(-1, 2), key=lambda run: run[1] - run[0])
    middle = box.x0 + (first + last) / 2 / unknown.size * box.width
    text = "no data"
    half = page.canvas.measure(text, TEXT) / 2 + 10
    left = min(max(middle, box.x0 + half + 8), box.x1 - half - 8) - half
    draw_chip(page, text, left, box.y0 + min(66, box.height / 2), size=TEXT, colour=theme.text)


def draw_rings(page: Page, prices: PriceWindow, times: TimeWindow) -> bool:
    """Ring the largest realised liquidations in view; tell whether there are any."""
    return ring_orders(page.canvas, page.theme, page.history.tape, prices, times)


def ring_orders(
    canvas: Canvas,
    theme: Theme,
    tape: Tape,
    prices: PriceWindow,
    times: TimeWindow,
    *,
    until_ms: float = inf,
) -> bool:
    """Ring those of a tape's largest orders in view that came by a moment (Unix ms), if any did."""
    usd = tape.usd
    seen = np.flatnonzero(
        (tape.at_ms >= times.from_ms)
        & (tape.at_ms < times.to_ms)
        & (tape.price > prices.low)
        & (tape.price < prices.high)
        & (usd > 0)
    )
    largest = seen[np.argsort(-usd[seen], kind="stable")[:_MOST_RINGS]]
    told = largest[tape.at_ms[largest] <= until_ms]
    for i in told[::-1]:
        radius = float(np.clip(np.sqrt(usd[i] / 10_000) * 2, 4, 22))
        x = times.x(float(tape.at_ms[i]))
        y = prices.y(float(tape.price[i]))
        canvas.ring(x, y, radius, theme.outline, 7)
        canvas.ring(x, y, radius, theme.side(_SIDES[tape.side[i]]), 3)
    return bool(told.size)


def draw_key(page: Page, words: Sequence[str], left: float, y: float) -> None:
    """Say what the marks mean."""
    for word in words:
        left = draw_chip(page, word, left, y, size=TEXT, colour=page.theme.text) + 10


def draw_beyond(page: Page, clusters: Sequence[Cluster], box: Box) -> None:
    """Point from the edges of a box to clusters that lie beyond it."""
    numbers = page.numbers
    for cluster in clusters:
        y = box.y0 + 24 if cluster.side is Side.SHORT else box.y1 - 24
        head = f"{cluster.zone or ''} {ARROW[cluster.side]} {numbers.usd(cluster.usd)}".strip()
        short = f"{head} at {numbers.level(cluster.peak)}"
        forms = [f"{short} ({numbers.percent(cluster.distance)})", short]
        room = box.width - 36
        size = AXIS if page.canvas.measure(forms[0], AXIS) <= room else TEXT
        text = page.canvas.fitting(forms, size, room)
        draw_chip(page, text, box.x0 + 8, y, size=size, colour=page.theme.side(cluster.side))


def draw_nothing(page: Page, box: Box) -> None:
    """Say in the upper half of a box, clear of the price line, why it is empty."""
    text = "Nothing is modelled here yet."
    left = box.middle[0] - page.canvas.measure(text, AXIS) / 2 - 10
    y = box.y0 + box.height * 0.3
    draw_chip(page, text, left, y, size=AXIS, colour=page.theme.text)


def draw_sides(page: Page, right: float, above: float, below: float) -> None:
    """Say which colour is which side, at two heights that end at `right`."""
    for side, y in ((Side.SHORT, above), (Side.LONG, below)):
        text = f"{ARROW[side]} {side.value.upper()}"
        width = page.canvas.measure(text, TEXT, bold=True)
        patch = Box(right - width - 8, y - 17, right + 4, y + 17)
        page.canvas.rounded(patch, 6, fill=page.theme.ground, alpha=0.85)
        colour = page.theme.side(side)
        page.canvas.text(right, y, text, TEXT, colour, bold=True, align="right")


def draw_chip(page: Page, text: str, left: float, y: float, *, size: float, colour: str) -> float:
    """Write on a patch of ground; return where it ends."""
    width = page.canvas.measure(text, size)
    box = Box(left, y - 19, left + width + 20, y + 19)
    page.canvas.rounded(box, 8, fill=page.theme.ground, alpha=0.85)
    page.canvas.text(left + 10, y, text, size, colour)
    return box.x1
