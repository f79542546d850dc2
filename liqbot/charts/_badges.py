"""What a reader has to know about a map before believing it, and the frames it stands in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from liqbot.charts._canvas import Canvas
from liqbot.charts._facts import (
    NOTABLE_RATIO,
    age,
    is_macro_near,
    is_poor,
    is_weekend,
    venue_name,
)
from liqbot.charts._geometry import Box
from liqbot.charts._numbers import Numbers
from liqbot.charts._themes import Theme
from liqbot.charts.chart import View
from liqbot.heatmap.history import History
from liqbot.market.units import Side

Tone = Literal["plain", "long", "short", "amber", "red", "simulated"]

_OLD_S, _STALE_S = 60.0, 300.0
_SIZE = 26.0
_PADDING = 10.0
_SPACE = 10.0


@dataclass(frozen=True, slots=True)
class Badge:
    """A short fact in a frame; `short` says it where there is no room."""

    text: str
    short: str
    tone: Tone

    @property
    def is_caution(self) -> bool:
        """Whether it lowers trust in the figures."""
        return self.tone in ("amber", "red", "simulated")


def kind(history: History) -> list[Badge]:
    """Return what kind of figures these are; it stands on every picture."""
    estimate = Badge("ESTIMATE", "ESTIMATE", "plain")
    if history.simulated:
        return [Badge("SIMULATED", "SIMULATED", "simulated"), estimate]
    return [estimate]


def badges(history: History, view: View, numbers: Numbers) -> list[Badge]:
    """Return what else there is to know, the most important first."""
    found = [_age(history.data_age_s)]
    if not history.warm:
        found.append(Badge("WARMING UP", "WARMING UP", "amber"))
    if history.age_ms is not None:
        since = age(history.age_ms / 1000)
        found.append(Badge(f"OPENED WITHIN {since}", f"< {since}", "amber"))
    found.append(_venues(history.venues))
    found += _heavier(history, numbers)
    if is_poor(history):
        found.append(Badge("LOW QUALITY", "LOW QUALITY", "amber"))
    if is_macro_near(history, view):
        found.append(Badge("MACRO < 4 h", "MACRO", "amber"))
    if is_weekend(history):
        found.append(Badge("WEEKEND", "WEEKEND", "amber"))
    return found


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


def _age(seconds: float) -> Badge:
    text = f"{age(seconds)} old"
    if seconds > _STALE_S:
        return Badge(f"STALE: {text}", f"STALE {age(seconds)}", "red")
    return Badge(f"data {text}", text, "amber" if seconds > _OLD_S else "plain")


def _venues(venues: tuple[str, ...]) -> Badge:
    names = [venue_name(venue) for venue in venues]
    if not names:
        return Badge("NO VENUE", "NO VENUE", "red")
    if len(names) == 1:
        return Badge(f"SINGLE VENUE: {names[0]}", "SINGLE VENUE", "amber")
    return Badge("  ".join(f"✓ {name}" for name in names), f"✓ {len(names)} venues", "plain")


def _heavier(history: History, numbers: Numbers) -> list[Badge]:
    both = history.asymmetry
    if not both.long_usd + both.short_usd > 0 or both.ratio < NOTABLE_RATIO:
        return []
    ratio = numbers.ratio(both.ratio)
    if both.heavier is Side.LONG:
        return [Badge(f"▼ {ratio} longs below", f"▼ {ratio} longs", "long")]
    return [Badge(f"▲ {ratio} shorts above", f"▲ {ratio} shorts", "short")]
