"""Positions that are known, as diamonds at their prices: apart from all that is modelled."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from liqbot.charts._marks import draw_chip
from liqbot.charts._page import DISCLAIMER, TEXT, Page
from liqbot.charts._window import PriceWindow
from liqbot.chat.measured import SIGN, in_short
from liqbot.heatmap.history import History
from liqbot.heatmap.measured import Measured, usd_of
from liqbot.market.units import Side

_PITCH = 42.0  # px from line to line of the legend
_TOGETHER = 24.0  # px between heights that become one diamond
_LEAST, _MOST = 11.0, 19.0  # px from its middle to a corner
_NOTE = f"Map modelled, {SIGN} measured. Not a forecast. Not advice."


@dataclass(frozen=True, slots=True)
class _Diamond:
    side: Side
    y: float
    usd: float


def note_of(history: History) -> str:
    """Return what the footer says the figures are."""
    found = history.measured
    return _NOTE if found is not None and found.positions else DISCLAIMER


def draw_measured(
    page: Page, prices: PriceWindow, x: float, *, left: float, right: float, y: float
) -> None:
    """Draw what is known to be liquidated at each price, its legend from `left` to `right` at `y`.

    Where it cannot be seen the legend says so; where nobody is asked there is none.
    """
    found = page.history.measured
    if found is None:
        return
    diamonds = list(_diamonds(found, prices))
    most = max((each.usd for each in diamonds), default=1.0)
    for each in diamonds:
        _draw(page, each, x, _LEAST + (_MOST - _LEAST) * float(np.sqrt(each.usd / most)))
    seen = sum(prices.holds(each.liquidation) for each in found.positions)
    _draw_legend(page, in_short(found, seen, page.numbers), left, right, y)


def _draw_legend(page: Page, told: str, left: float, right: float, y: float) -> None:
    """Write what the diamonds are in a line, or where that is too long in two, the last at y."""
    room = right - left - 20
    forms = [told, told.replace(" positions", "")]
    for whole in (f"{SIGN} MEASURED · {each}" for each in forms):
        if page.canvas.measure(whole, TEXT) <= room:
            draw_chip(page, whole, left, y, size=TEXT, colour=page.theme.text)
            return
    short = page.canvas.fitting(forms, TEXT, room)
    draw_chip(page, f"{SIGN} MEASURED", left, y - _PITCH, size=TEXT, colour=page.theme.text)
    draw_chip(page, short, left, y, size=TEXT, colour=page.theme.text)


def _diamonds(found: Measured, prices: PriceWindow) -> Iterator[_Diamond]:
    """Yield what is in view, neighbours of a side together at their middle."""
    for side in Side:
        mine = [each for each in found.positions if each.side is side]
        seen = [each for each in mine if prices.holds(each.liquidation)]
        heights = np.array([prices.y(each.liquidation) for each in seen])
        usd = np.array([usd_of(each) for each in seen])
        for row in np.unique(np.floor(heights / _TOGETHER)):
            here = np.floor(heights / _TOGETHER) == row
            yield _Diamond(
                side, float(np.average(heights[here], weights=usd[here])), usd[here].sum()
            )


def _draw(page: Page, diamond: _Diamond, x: float, reach: float) -> None:
    theme, y = page.theme, diamond.y
    for size, colour in ((3.0, theme.ground), (0.0, theme.price), (-5.0, theme.side(diamond.side))):
        r = reach + size
        page.canvas.polygon([(x - r, y), (x, y - r), (x + r, y), (x, y + r)], colour)
