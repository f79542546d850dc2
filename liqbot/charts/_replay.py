"""A heatmap as it grew: frames, each of what was known by its moment, and the film they make.

Why GIF: both chats play it where it stands, and Pillow, which matplotlib brings along, writes it.
Neither plays an APNG, and an MP4 would need a coder that nobody has. A frame is drawn by itself,
so that other pictures get their turn between two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from io import BytesIO
from math import ceil

import numpy as np
from PIL import Image

from liqbot.charts._badges import draw_badges, extent
from liqbot.charts._candles import draw_candles, merged, seen_prices
from liqbot.charts._canvas import Canvas, rgb
from liqbot.charts._cells import Scale, cells, scale_of
from liqbot.charts._geometry import Box, Writing
from liqbot.charts._marks import ring_orders
from liqbot.charts._themes import THEMES, mixed, ramp
from liqbot.charts._window import PriceWindow, price_window, time_window
from liqbot.charts.chart import Film, View
from liqbot.chat.badges import Badge, kind
from liqbot.chat.facts import venue_name
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.history import History
from liqbot.market.units import F8, moment_of

FRAMES = 48  # about six seconds
WIDTH, HEIGHT = 640, 800  # px: what chats show of it on a phone
NOTE = "As known at each moment. Not a forecast. Not advice."

_FRAME_MS, _LAST_MS = 120, 3_000
_COLOURS = 255  # and one for what stays as it was
_TITLE, _TEXT, _SMALL = 34.0, 22.0, 19.0  # font sizes; 16 are 10 pt on a phone
_HEAT = Box(12, 130, 494, 686)
_EDGE = Box(494, 130, 518, 686)  # where the newest column goes on
_AXIS_X = 526.0
_BAR = Box(12, 738, 300, 752)  # of colours
_AFTERGLOW = np.float32(0.4)  # how strongly the newest column goes on to where nothing is known yet
_REPLAY = Badge("REPLAY", "REPLAY", "amber")


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a film."""

    image: Image.Image  # of the film's own colours
    writings: tuple[Writing, ...]


class Replay:
    """The frames of one market's replay, all in the same window and colours; for one thread."""

    def __init__(self, history: History, view: View, most: int = FRAMES) -> None:
        """Look at a history in so many frames at most."""
        self._history, self._view = history, view
        self._theme = THEMES[view.theme]
        self._numbers = Numbers(view.locale, view.zone)
        self._times = time_window(history, view.span, _HEAT)
        steps = ceil(self._times.columns / most)
        self.ends = [*range(self._times.columns, 0, -steps)][::-1]  # columns seen by each frame

    def moment(self, frame: int) -> datetime:
        """Return of when a frame is, aware, in UTC."""
        return moment_of(self._at_ms(self.ends[frame]))

    def price(self, frame: int) -> float:
        """Return the price of a frame."""
        return self._price(self.ends[frame])

    def draw(self, frame: int) -> Frame:
        """Draw what was known by the end of a frame."""
        canvas = self._drawn(self.ends[frame])
        image = canvas.image().quantize(palette=self._palette, dither=Image.Dither.NONE)
        return Frame(image, tuple(canvas.writings))

    def cut(self, frames: Sequence[Frame]) -> Film:
        """Put frames together."""
        first, *rest = [each.image for each in frames]
        lengths = [_FRAME_MS] * len(rest) + [_LAST_MS]
        file = BytesIO()
        first.save(
            file, "gif", save_all=True, append_images=rest, duration=lengths, loop=0, optimize=False
        )
        return Film(
            gif=file.getvalue(), alt=self._alt, width=WIDTH, height=HEIGHT, frames=len(frames)
        )

    @cached_property
    def _palette(self) -> Image.Image:
        """The colours of the last frame, which has them all."""
        whole = self._drawn(self._times.columns).image()
        return whole.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)

    @cached_property
    def _usd(self) -> F8:
        return cells(self._history, self._prices, self._times, round(_HEAT.height) // 4)

    @cached_property
    def _scale(self) -> Scale:
        return scale_of(self._usd, self._view)

    @cached_property
    def _prices(self) -> PriceWindow:
        times, candles = self._times, self._history.candles
        seen = seen_prices(candles, times.from_ms, times.to_ms)
        return price_window(self._history, self._view.span, seen, _HEAT)

    @property
    def _alt(self) -> str:
        history, numbers = self._history, self._numbers
        first, last = self.moment(0), self.moment(-1)
        venues = "+".join(map(venue_name, history.venues))
        kinds = ". ".join(each.text.capitalize() for each in kind(history))
        return (
            f"{history.base} liquidation heatmap as it grew over {self._view.span.name}, {venues},"
            f" {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC. Price"
            f" {numbers.price(self.price(0))} to {numbers.price(self.price(-1))}. {kinds}. {NOTE}"
        )

    def _at_ms(self, end: int) -> int:
        """Return the moment of so many columns, Unix ms; of one being filled, the last bar's."""
        at_ms = self._history.snapshot.at_ms
        return min(self._times.from_ms + end * self._times.slot_ms, at_ms)

    def _price(self, end: int) -> float:
        """Return the newest price known by then; the oldest known where none was."""
        candles = self._history.candles
        close = candles.close[np.isfinite(candles.close)]
        closed = candles.closed_ms[np.isfinite(candles.close)]
        row = int(np.searchsorted(closed, self._at_ms(end), side="right")) - 1
        return float(close[max(row, 0)]) if close.size else float(self._history.snapshot.mark)

    def _drawn(self, end: int) -> Canvas:
        canvas = Canvas(WIDTH, HEIGHT, 1, self._theme.ground)
        self._draw_head(canvas, end)
        self._draw_cells(canvas, end)
        self._draw_prices(canvas, end)
        self._draw_foot(canvas)
        return canvas

    def _draw_head(self, canvas: Canvas, end: int) -> None:
        """Write which market it is, and in the same place in every frame of when."""
        theme, numbers, history = self._theme, self._numbers, self._history
        kinds = [_REPLAY, *kind(history)]
        right = WIDTH - 12.0
        corner = Box(right - extent(canvas, kinds), 18, right, 50)
        draw_badges(canvas, theme, kinds, [corner])
        x = canvas.text(12, 34, history.base, _TITLE, theme.text, bold=True).x1
        canvas.text(x + 14, 34, self._view.span.name, _TEXT, theme.muted)
        here = numbers.local(moment_of(self._at_ms(end)))
        zone = self._view.zone.rpartition("/")[2].replace("_", " ")
        when = f"{here:%Y-%m-%d %H:%M} {zone}"
        canvas.text(12, 78, when, _TITLE - 4, theme.amber if theme.dark else theme.text, bold=True)
        venues = "+".join(map(venue_name, history.venues))
        canvas.text(12, 110, canvas.fitting([venues], _SMALL, 420), _SMALL, theme.muted)
        price = numbers.price(self._price(end))
        canvas.text(right, 78, price, _TITLE - 4, theme.price, align="right")

    def _draw_cells(self, canvas: Canvas, end: int) -> None:
        theme = self._theme
        colours = ramp(self._view.colours, self._view.theme)
        unknown = np.array(rgb(theme.panel), np.uint8)
        shown = colours[self._scale.levels(self._usd)]
        shown[np.isnan(self._usd)] = unknown
        newest = shown[:, end - 1 : end].astype(np.float32)
        later = np.round(unknown + (newest - unknown) * _AFTERGLOW).astype(np.uint8)
        shown[:, end:] = later
        canvas.paint(_HEAT, shown)
        canvas.paint(_EDGE, later)

    def _draw_prices(self, canvas: Canvas, end: int) -> None:
        theme, prices, times = self._theme, self._prices, self._times
        until_ms = self._at_ms(end)
        length = int(self._view.span.candle.total_seconds() * 1000)
        known = merged(self._history.candles.until(until_ms), length, times.from_ms, times.to_ms)
        draw_candles(canvas, theme, known, length_ms=length, prices=prices, times=times)
        ring_orders(canvas, theme, self._history.tape, prices, times, until_ms=until_ms)
        price = self._price(end)
        line = prices.clamped(price)
        canvas.line([(_HEAT.x0, line), (_EDGE.x1, line)], theme.price, 3, dashes=(12, 8), halo=2)
        step, ticks = prices.ticks()
        for tick in ticks:
            y = prices.y(tick)
            if abs(y - line) > 30 and _HEAT.y0 + 10 <= y <= _HEAT.y1 - 10:
                text = canvas.fitting([self._numbers.tick(tick, step)], _TEXT, WIDTH - _AXIS_X)
                canvas.text(_AXIS_X, y, text, _TEXT, theme.muted)
        forms = [self._numbers.price(price), self._numbers.level(price)]
        text = canvas.fitting(forms, _TEXT, WIDTH - _AXIS_X - 8, bold=True)
        canvas.rounded(Box(_AXIS_X - 4, line - 17, WIDTH - 4, line + 17), 7, fill=theme.price)
        middle = (_AXIS_X + WIDTH - 8) / 2
        canvas.text(
            middle, line, text, _TEXT, theme.ground, bold=True, align="centre", ground=theme.price
        )

    def _draw_foot(self, canvas: Canvas) -> None:
        theme, numbers = self._theme, self._numbers
        free = _HEAT.x0
        for at_ms, text in self._times.ticks(numbers):
            half = canvas.measure(text, _TEXT) / 2
            x = max(self._times.x(at_ms), _HEAT.x0 + half)
            if x - half >= free and x + half <= _EDGE.x1:
                free = canvas.text(x, 706, text, _TEXT, theme.muted, align="centre").x1 + 14
        canvas.fill(_BAR.grown(2, 2), theme.grid)
        canvas.paint(_BAR, ramp(self._view.colours, self._view.theme)[np.arange(256)[None, :]])
        most = f"to ≥ {numbers.usd(self._scale.cap, 2)} per 0.1%"
        canvas.text(_BAR.x1 + 14, _BAR.middle[1], most, _SMALL, theme.text)
        faint = mixed(theme.text, theme.ground, 0.35)
        name = self._view.watermark
        x = canvas.text(WIDTH - 12, 780, name, _SMALL, faint, bold=True, align="right").x0
        canvas.text(12, 780, canvas.fitting([NOTE], _SMALL, x - 30), _SMALL, theme.muted)
