"""Rows of words and figures that line up."""

from collections.abc import Sequence
from dataclasses import dataclass

from liqbot.charts._geometry import Box
from liqbot.charts._page import AXIS, TEXT, Page

_LEAST, _MOST = 14.0, 44.0  # px between columns


@dataclass(frozen=True, slots=True)
class Field:
    """What stands in one row and column."""

    text: str
    colour: str
    bold: bool = False


def draw_table(page: Page, rows: Sequence[Sequence[Field]], box: Box, pitch: float = 42.0) -> None:
    """Draw rows of equally many fields; where they are too wide, the last columns are left out."""
    canvas = page.canvas
    pitch = min(pitch, box.height / len(rows))
    count = len(rows[0])
    while True:
        size = AXIS if pitch >= 40 else TEXT
        widths = _widths(page, rows, count, size)
        if sum(widths) + _LEAST * (count - 1) > box.width and size > TEXT:
            size = TEXT
            widths = _widths(page, rows, count, size)
        if sum(widths) + _LEAST * (count - 1) <= box.width or count == 1:
            break
        count -= 1
    space = min((box.width - sum(widths)) / max(count - 1, 1), _MOST)
    for i, row in enumerate(rows):
        x, y = box.x0, box.y0 + pitch * (i + 0.5)
        for field, width in zip(row[:count], widths, strict=True):
            canvas.text(x, y, field.text, size, field.colour, bold=field.bold)
            x += width + space


def _widths(page: Page, rows: Sequence[Sequence[Field]], count: int, size: float) -> list[float]:
    return [
        max(page.canvas.measure(row[i].text, size, bold=row[i].bold) for row in rows)
        for i in range(count)
    ]
