"""A bitmap to draw on: crisp boxes, smooth lines and text that is remembered."""

from collections.abc import Sequence
from io import BytesIO
from typing import Literal

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray
from PIL import Image

from liqbot.charts._geometry import Box, Writing
from liqbot.charts._lettering import CAP_HEIGHT, lettering, swollen

Pixels = NDArray[np.uint8]  # (row, column, 3), sRGB
Points = Sequence[tuple[float, float]]
Align = Literal["left", "centre", "right"]

_ARC = 0.5523  # where a cubic's handles lie for a quarter circle of radius 1


def rgb(colour: str) -> tuple[int, int, int]:
    """Read "#RRGGBB"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


class Canvas:
    """A picture in the making. Lengths are px of the smallest size; `scale` multiplies them."""

    def __init__(self, width: int, height: int, scale: int, ground: str) -> None:
        self.width, self.height, self.scale = width, height, scale
        self.ground = ground
        self.writings: list[Writing] = []
        agg = RendererAgg(width * scale, height * scale, 72)  # type: ignore[no-untyped-call]
        self._renderer: RendererBase = agg
        self._pixels: NDArray[np.uint8] = np.asarray(agg.buffer_rgba())  # type: ignore[no-untyped-call]
        whole = np.array([*rgb(ground), 255], np.uint8).view(np.uint32)
        self._pixels.view(np.uint32)[...] = whole  # four bytes at once: 20 ms less
        self._upright = Affine2D().scale(scale, -scale).translate(0, height * scale)

    def fill(self, box: Box, colour: str, alpha: float = 1.0) -> None:
        """Fill a box, its edges on whole pixels."""
        part = self._part(box)
        if alpha >= 1:
            part[...] = rgb(colour)
        else:
            part[...] = np.round(part + (np.array(rgb(colour)) - part) * alpha)

    def paint(self, box: Box, cells: Pixels, alpha: NDArray[np.float32] | None = None) -> None:
        """Spread coloured cells (row, column, 3) over a box, nearest cell to each pixel.

        `alpha` (row, column) lets through what is there already.
        """
        part = self._part(box)
        rows = np.arange(part.shape[0]) * cells.shape[0] // max(part.shape[0], 1)
        columns = np.arange(part.shape[1]) * cells.shape[1] // max(part.shape[1], 1)
        spread = cells[rows][:, columns]
        if alpha is None:
            part[...] = spread
        else:
            cover = alpha[rows][:, columns][..., None]
            under = part.astype(np.float32)
            part[...] = np.round(under + (spread - under) * cover)

    def line(
        self,
        points: Points,
        colour: str,
        width: float,
        *,
        dashes: tuple[float, float] | None = None,
        halo: float = 0.0,
        alpha: float = 1.0,
    ) -> None:
        """Draw a line through points; a halo of the ground's colour sets it off by so many px."""
        path = Path(np.asarray(points, dtype=np.float64))
        if halo:
            pen = self._pen(self.ground, width + 2 * halo, 0.75)
            self._renderer.draw_path(pen, path, self._upright)
        pen = self._pen(colour, width, alpha)
        if dashes:
            pen.set_capstyle("butt")
            pen.set_dashes(0, [each * self.scale for each in dashes])
        self._renderer.draw_path(pen, path, self._upright)

    def polygon(self, points: Points, colour: str, alpha: float = 1.0) -> None:
        """Fill the area inside points."""
        path = Path(np.asarray([*points, points[0]], dtype=np.float64), closed=True)
        self._renderer.draw_path(self._pen(colour, 0, alpha), path, self._upright, _unit(colour))

    def rounded(
        self,
        box: Box,
        radius: float,
        *,
        fill: str | None = None,
        edge: str | None = None,
        width: float = 3.0,
        alpha: float = 1.0,
    ) -> None:
        """Draw a box with round corners; the edge lies inside it."""
        inset = width / 2 if edge else 0.0
        path = _round_path(box.grown(-inset, -inset), max(radius - inset, 0.0))
        pen = self._pen(edge or self.ground, width if edge else 0.0, alpha)
        self._renderer.draw_path(pen, path, self._upright, _unit(fill) if fill else None)

    def ring(self, x: float, y: float, radius: float, colour: str, width: float) -> None:
        """Draw a circle."""
        path = _round_path(Box(x - radius, y - radius, x + radius, y + radius), radius)
        pen = self._pen(colour, width, 1.0)
        self._renderer.draw_path(pen, path, self._upright)

    def measure(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return the width of a line of text."""
        width: int = lettering(text, round(size * self.scale), bold=bold).mask.shape[1]
        return width / self.scale

    def fitting(self, texts: Sequence[str], size: float, room: float, *, bold: bool = False) -> str:
        """Return the first of several texts that fits; where none does, the last one cut."""
        for text in texts:
            if self.measure(text, size, bold=bold) <= room:
                return text
        cut = texts[-1]
        while cut and self.measure(f"{cut}…", size, bold=bold) > room:
            cut = cut[:-1]
        return f"{cut}…"

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str,
        *,
        bold: bool = False,
        align: Align = "left",
        ground: str | None = None,
        halo: float = 0.0,
        alpha: float = 1.0,
    ) -> Box:
        """Write a line, the middle of its capitals at y; remember and return where its ink is."""
        scale = self.scale
        letters = lettering(text, round(size * scale), bold=bold)
        height, width = letters.mask.shape
        left = round(x * scale - width * {"left": 0.0, "centre": 0.5, "right": 1.0}[align])
        baseline = round(y * scale + round(size * scale) * CAP_HEIGHT / 2)
        top = baseline + letters.descent - height
        if halo:
            reach = round(halo * scale)
            mask = swollen(text, round(size * scale), reach, bold=bold)
            self._ink(left - reach, top - reach, mask, self.ground, 0.85)
        self._ink(left, top, letters.mask, colour, alpha)
        box = Box(left / scale, top / scale, (left + width) / scale, (top + height) / scale)
        self.writings.append(
            Writing(text=text, size=size, box=box, colour=colour, ground=ground or self.ground)
        )
        return box

    def png(self) -> bytes:
        """Encode what has been drawn."""
        file = BytesIO()
        self.image().save(file, "png", compress_level=3)
        return file.getvalue()

    def image(self) -> Image.Image:
        """Return a copy of what has been drawn."""
        height, width, _ = self._pixels.shape
        return Image.frombytes("RGB", (width, height), self._pixels.data, "raw", "RGBX", 0, 1)

    def _part(self, box: Box) -> Pixels:
        scale = self.scale
        x0, x1 = (max(round(x * scale), 0) for x in (box.x0, box.x1))
        y0, y1 = (max(round(y * scale), 0) for y in (box.y0, box.y1))
        return self._pixels[y0:y1, x0:x1, :3]

    def _ink(self, left: int, top: int, mask: Pixels, colour: str, alpha: float) -> None:
        y0, x0 = max(top, 0), max(left, 0)
        part = self._pixels[y0 : max(top + mask.shape[0], 0), x0 : max(left + mask.shape[1], 0), :3]
        seen = mask[y0 - top :, x0 - left :][: part.shape[0], : part.shape[1]]
        cover = seen[..., None] * np.float32(alpha / 255)
        part[...] = np.round(part + (np.array(rgb(colour), np.float32) - part) * cover)

    def _pen(self, colour: str, width: float, alpha: float) -> GraphicsContextBase:
        pen = self._renderer.new_gc()
        pen.set_foreground(_unit(colour))
        pen.set_alpha(alpha)
        pen.set_linewidth(width * self.scale)
        pen.set_joinstyle("round")
        pen.set_capstyle("round")
        pen.set_snap(False)
        return pen


def _unit(colour: str) -> tuple[float, float, float]:
    red, green, blue = rgb(colour)
    return red / 255, green / 255, blue / 255


def _round_path(box: Box, radius: float) -> Path:
    r = min(radius, box.width / 2, box.height / 2)
    k = r * (1 - _ARC)
    x0, y0, x1, y1 = box.x0, box.y0, box.x1, box.y1
    corners = [
        (x0 + r, y0), (x1 - r, y0), (x1 - k, y0), (x1, y0 + k), (x1, y0 + r),
        (x1, y1 - r), (x1, y1 - k), (x1 - k, y1), (x1 - r, y1),
        (x0 + r, y1), (x0 + k, y1), (x0, y1 - k), (x0, y1 - r),
        (x0, y0 + r), (x0, y0 + k), (x0 + k, y0), (x0 + r, y0), (x0 + r, y0),
    ]  # fmt: skip
    side = [Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    codes = [Path.MOVETO, *side, *side, *side, *side, Path.CLOSEPOLY]
    return Path(np.array(corners), np.array(codes, dtype=np.uint8))
