"""The newest column as bars beside the price axis, with what adds up on the way."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqbot.charts._bars import draw_stacks
from liqbot.charts._canvas import Align, Canvas
from liqbot.charts._cells import UNIT, in_rows, nice_above
from liqbot.charts._geometry import Box
from liqbot.charts._themes import Theme, mixed
from liqbot.charts._window import PriceWindow
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.heatmap import Snapshot
from liqbot.market.units import F8, Side

BANDS = ((0.0, "≤10x"), (15.0, "20x"), (35.0, "50x"), (60.0, "100x"))  # from which leverage on
_TINTS = (0.42, 0.60, 0.80, 1.0)


@dataclass(frozen=True, slots=True)
class Profile:
    """What stands at each row of a price window now."""

    usd: F8  # (side, band, row) Usd per 0.1 %, the top row first
    cumulative: F8  # (side, row) Usd between the price and the row's far edge

    @property
    def most(self) -> float:
        """What stands at the heaviest row, Usd per 0.1 %."""
        return float(self.usd.sum(axis=1).max(initial=0.0))


def band_of(tiers: tuple[float, ...]) -> NDArray[np.int64]:
    """Return the index in BANDS of each tier, (tier,)."""
    return np.searchsorted([low for low, _ in BANDS], tiers, side="right") - 1


def profile(snapshot: Snapshot, prices: PriceWindow, rows: int) -> Profile:
    """Return the newest column in rows, by side and band of leverage."""
    usd = np.zeros((2, len(BANDS), rows))
    by_tier = in_rows(snapshot.by_tier, snapshot.grid, prices, rows)
    for tier, band in enumerate(band_of(snapshot.tiers)):
        usd[:, band] += by_tier[:, tier]
    row = np.log(prices.high / prices.low) / rows / np.log1p(UNIT)
    held = usd.sum(axis=1) * row
    down = np.cumsum(held[Side.LONG.index])  # longs lie below the price: summed downward …
    up = np.cumsum(held[Side.SHORT.index][::-1])[::-1]  # … and shorts upward
    return Profile(usd, np.stack([down, up]))


def tint(theme: Theme, side: Side, band: int) -> str:
    """Return the colour of a band of leverage: the higher, the stronger."""
    return mixed(theme.side(side), theme.ground, _TINTS[band])


def draw_bars(canvas: Canvas, theme: Theme, box: Box, found: Profile, full: float) -> None:
    """Draw a bar for each row, the highest leverage nearest to the axis; `full` fills the box."""
    bands = range(len(BANDS))[::-1]
    parts = np.concatenate([found.usd[side.index, bands] for side in Side])
    colours = [tint(theme, side, band) for side in Side for band in bands]
    draw_stacks(canvas, box, parts, colours, full)


def draw_curves(canvas: Canvas, theme: Theme, box: Box, found: Profile, mark_y: float) -> float:
    """Draw what adds up outward from the price, a curve a side; return what fills the box, Usd."""
    most = float(found.cumulative.max(initial=0.0))
    if not most > 0:
        return 0.0
    full = nice_above(most)
    rows = found.cumulative.shape[1]
    edges = box.y0 + (np.arange(rows + 1)) * box.height / rows
    for side in Side:
        values = found.cumulative[side.index] / full * box.width + box.x0
        if side is Side.LONG:
            at = np.flatnonzero(edges[1:] > mark_y)
            points = [(box.x0, mark_y), *zip(values[at], edges[at + 1], strict=True)]
        else:
            at = np.flatnonzero(edges[:-1] < mark_y)[::-1]
            points = [(box.x0, mark_y), *zip(values[at], edges[at], strict=True)]
        if found.cumulative[side.index].max() > 0:
            canvas.line(points, theme.side(side), 4, halo=2)
    return full


def draw_usd_axis(
    canvas: Canvas,
    theme: Theme,
    box: Box,
    y: float,
    *,
    full: float,
    numbers: Numbers,
    last: Align = "right",
) -> None:
    """Label what the width of a box stands for with three ticks, from $0 to `full`."""
    if not full > 0:
        return
    ticks: tuple[tuple[float, Align], ...] = ((0.0, "left"), (0.5, "centre"), (1.0, last))
    for share, align in ticks:
        x = box.x0 + share * box.width
        canvas.text(x, y, numbers.usd_tick(full * share), 26, theme.muted, align=align)


def draw_legend(canvas: Canvas, theme: Theme, box: Box) -> None:
    """Say which tint is which leverage: the lower left half for longs, the other for shorts."""
    swatch, near = 20.0, 5.0
    widths = [canvas.measure(label, 26) for _, label in BANDS]
    used = sum(widths) + len(BANDS) * (swatch + near)
    space = min((box.width - used) / (len(BANDS) - 1), 20.0)
    x, y = box.x0, (box.y0 + box.y1) / 2
    for band, (_, label) in enumerate(BANDS):
        top, bottom = y - swatch / 2, y + swatch / 2
        corners = [(x, top), (x + swatch, bottom)]
        canvas.polygon([*corners, (x + swatch, top)], tint(theme, Side.SHORT, band))
        canvas.polygon([*corners, (x, bottom)], tint(theme, Side.LONG, band))
        x = canvas.text(x + swatch + near, y, label, 26, theme.muted).x1 + space
