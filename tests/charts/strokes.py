"""What is drawn on canvases, stroke by stroke."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from liqbot.charts._canvas import Canvas
from liqbot.charts._geometry import Box


@dataclass(frozen=True, slots=True)
class Stroke:
    """One thing that was drawn: of a line or a polygon its points, of all what is around it."""

    kind: str  # the canvas's method
    colour: str
    box: Box
    points: tuple[tuple[float, float], ...] = ()
    alpha: float = 1.0


@contextmanager
def strokes() -> Iterator[list[Stroke]]:
    """Keep what is drawn meanwhile, in order; it is drawn all the same."""
    found: list[Stroke] = []
    with pytest.MonkeyPatch.context() as patch:
        for kind, kept in _KEPT.items():
            patch.setattr(Canvas, kind, _keeping(getattr(Canvas, kind), kind, kept, found))
        yield found


def _keeping(draw: Any, kind: str, kept: Any, found: list[Stroke]) -> Any:  # noqa: ANN401
    def drawn(canvas: Canvas, *args: Any, **named: Any) -> None:  # noqa: ANN401
        found.append(kept(kind, *args, **named))
        draw(canvas, *args, **named)

    return drawn


def _filled(kind: str, box: Box, colour: str, alpha: float = 1.0) -> Stroke:
    return Stroke(kind, colour, box, alpha=alpha)


def _joined(
    kind: str, points: Sequence[tuple[float, float]], colour: str, *_: object, **__: object
) -> Stroke:
    across, down = zip(*points, strict=True)
    around = Box(min(across), min(down), max(across), max(down))
    return Stroke(kind, colour, around, tuple(points))


def _rounded(
    kind: str, box: Box, _: float, *, fill: str = "", edge: str = "", **__: object
) -> Stroke:
    return Stroke(kind, fill or edge, box)


def _ring(kind: str, x: float, y: float, radius: float, colour: str, _: float) -> Stroke:
    return Stroke(kind, colour, Box(x, y, x, y).grown(radius, radius))


_KEPT = {
    "fill": _filled,
    "line": _joined,
    "polygon": _joined,
    "rounded": _rounded,
    "ring": _ring,
}
