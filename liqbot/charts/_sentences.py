"""Sentences in a box, a line or two each."""

from collections.abc import Sequence

from liqbot.charts._geometry import Box
from liqbot.charts._page import TEXT, Page


def draw_sentences(page: Page, told: Sequence[str], box: Box, pitch: float) -> None:
    """Write sentences below each other, wrapped, as many as there is room for."""
    y = box.y0 + pitch / 2
    for each in told:
        lines = _wrapped(page, each, box.width)
        if y + (len(lines) - 0.5) * pitch > box.y1:
            break
        for line in lines:
            page.canvas.text(box.x0, y, line, TEXT, page.theme.text)
            y += pitch


def _wrapped(page: Page, text: str, width: float) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and page.canvas.measure(longer, TEXT) <= width:
            lines[-1] = longer
        else:
            lines.append(page.canvas.fitting([word], TEXT, width))
    return lines
