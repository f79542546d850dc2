"""Sentences in a box, a line or two each."""

from collections.abc import Sequence

from liqbot.charts._geometry import Box
from liqbot.charts._page import TEXT, Page

_SPACE = 0.4  # between words with what is beside letters, ÷ font size


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
    """Break text into lines; words are measured one by one, as most were in other sentences."""
    lines, room = list[str](), 0.0
    for word in text.split(" "):
        needed = page.canvas.measure(word, TEXT) + _SPACE * TEXT if word else 0.0
        if lines and needed <= room:
            lines[-1] = f"{lines[-1]} {word}"
            room -= needed
        else:
            lines.append(page.canvas.fitting([word], TEXT, width))
            room = width - needed + _SPACE * TEXT
    return lines
