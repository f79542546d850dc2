"""Bars along a price axis, one for each row, stacked from their parts."""

from collections.abc import Sequence

import numpy as np

from liqbot.charts._canvas import Canvas, rgb
from liqbot.charts._geometry import Box
from liqbot.market.units import F8


def draw_stacks(
    canvas: Canvas, box: Box, parts: F8, colours: Sequence[str], full: float, *, left: bool = False
) -> None:
    """Draw parts (part, row) in their colours from one edge of a box, the first part nearest to it.

    A bar of `full` is as wide as the box; `left` draws from the right edge to the left.
    """
    if not full > 0:
        return
    width = max(round(box.width * canvas.scale), 1)
    ends = np.round(np.cumsum(parts, axis=0) / full * width)
    at = np.arange(width)[None, :]
    pixels = np.zeros((parts.shape[1], width, 3), dtype=np.uint8)
    cover = (at < ends[-1][:, None]).astype(np.float32)
    for end, colour in zip(ends[::-1], colours[::-1], strict=True):
        pixels[at < end[:, None]] = rgb(colour)
    if left:
        pixels, cover = pixels[:, ::-1], cover[:, ::-1]
    canvas.paint(box, pixels, cover)
