"""What there is to know about a map, in frames."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from liqbot.charts._canvas import Canvas
from liqbot.charts._geometry import Box
from liqbot.charts._themes import Theme
from liqbot.chat.badges import Badge

_SIZE = 26.0
_PADDING = 10.0
_SPACE = 10.0


def draw_badges(canvas: Canvas, theme: Theme, found: Sequence[Badge], lines: Sequence[Box]) -> None:
    """Draw badges along lines, shortening as few as needed; the last are left out if they must."""
    for short in _subsets(len(found)):
        texts = [each.short if i in short else each.text for i, each in enumerate(found)]
        places = _places(canvas, texts, lines)
        if len(places) == len(found):
            break
    for badge, text, box in zip(found, texts, places, strict=False):
        _draw(canvas, theme, badge, text, box)


def _subsets(count: int) -> Iterator[tuple[int, ...]]:
    """Choose from 0 … count − 1: few before many, late before early."""
    for size in range(count + 1):
        yield from combinations(reversed(range(count)), size)


def extent(canvas: Canvas, found: Sequence[Badge]) -> float:
    """Return how long a line of badges is."""
    return sum(_width(canvas, badge.text) + _SPACE for badge in found) - _SPACE


def _width(canvas: Canvas, text: str) -> float:
    return canvas.measure(text, _SIZE, bold=True) + 2 * _PADDING


def _places(canvas: Canvas, texts: Sequence[str], lines: Sequence[Box]) -> list[Box]:
    """Put each text into the first line that has room; stop at one that fits nowhere."""
    places: list[Box] = []
    starts = [line.x0 for line in lines]
    for text in texts:
        width = _width(canvas, text)
        fits = (i for i, line in enumerate(lines) if starts[i] + width <= line.x1 + 0.5)
        i = next(fits, None)
        if i is None:
            break
        places.append(Box(starts[i], lines[i].y0, starts[i] + width, lines[i].y1))
        starts[i] += width + _SPACE
    return places


def _draw(canvas: Canvas, theme: Theme, badge: Badge, text: str, box: Box) -> None:
    cautions = {"amber": theme.amber, "red": theme.red, "simulated": theme.simulated}
    colour = {"long": theme.long, "short": theme.short}.get(badge.tone, theme.text)
    fill = cautions.get(badge.tone, theme.panel)
    canvas.rounded(box, 8, fill=fill, edge=None if badge.is_caution else colour)
    ink = theme.signal_text if badge.is_caution else colour
    canvas.text(*box.middle, text, _SIZE, ink, bold=True, align="centre", ground=fill)
