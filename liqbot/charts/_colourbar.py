"""What the colours mean, in dollars."""

import numpy as np

from liqbot.charts._cells import Scale, nice_above
from liqbot.charts._geometry import Box
from liqbot.charts._page import TEXT, Page
from liqbot.charts._themes import CAPPED, ramp
from liqbot.chat.facts import is_empty

_CAP = 26.0  # px of the field for all that is beyond the scale
_UNIT = ("modelled $", "per 0.1% of price")


def draw_colour_bar(page: Page, scale: Scale) -> None:
    """Draw the ramp with round ticks and its unit; the last tick stands for all beyond."""
    canvas, theme, layout = page.canvas, page.theme, page.layout
    box = layout.colour_bar
    bar = Box(box.x0, box.y0, box.x1 - _CAP, box.y1)
    canvas.fill(box.grown(2, 2), theme.grid)
    canvas.paint(bar, ramp(page.view.colours, page.view.theme)[np.arange(CAPPED)[None, :]])
    canvas.fill(Box(bar.x1, box.y0, box.x1, box.y1), theme.capped)
    _draw_unit(page, layout.unit)
    if is_empty(page.history):
        return
    last = f"≥ {page.numbers.usd(scale.cap, 2)}"
    free = canvas.text(box.x1, layout.colour_ticks_y, last, TEXT, theme.text, align="right").x0
    taken = box.x0 - 1
    for i in range(layout.colour_ticks - 1):
        usd = nice_above(scale.usd(i / (layout.colour_ticks - 1)))
        text = page.numbers.usd_tick(usd)
        half = canvas.measure(text, TEXT) / 2
        x = max(bar.x0 + scale.share(usd) * bar.width, box.x0 + half)
        if x - half > taken and x + half + 12 < free:
            taken = canvas.text(x, layout.colour_ticks_y, text, TEXT, theme.text, align="centre").x1
            taken += 12


def _draw_unit(page: Page, box: Box) -> None:
    canvas, colour = page.canvas, page.theme.muted
    if box.height < 40:
        canvas.text(box.x0, box.middle[1], " ".join(_UNIT), TEXT, colour)
        return
    for i, line in enumerate(_UNIT):
        canvas.text(box.x0, box.y0 + 10 + i * 27, line, TEXT, colour)
