"""How a map did: modelled beside realised liquidations, over time.

Drawn from an Evaluation, where the charts of the family are drawn from a History.
"""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from liqbot.calibration.evaluation import OURS, Evaluation
from liqbot.charts._canvas import Canvas
from liqbot.charts._cells import nice_above
from liqbot.charts._geometry import Box
from liqbot.charts._page import AXIS, DISCLAIMER, FOOTER, LABEL, TEXT, TITLE
from liqbot.charts._themes import THEMES, Theme, mixed
from liqbot.charts._window import TimeWindow
from liqbot.charts.chart import Picture, View
from liqbot.chat.numbers import Numbers
from liqbot.market.units import F8, HOUR_MS, Side, floats, moment_of

LEAST = 3  # hours below which no measure is defined
_WIDTH, _HEIGHT = 1024, 1280  # px
_LEFT, _RIGHT = 16.0, 1008.0
_AXIS_X = 886.0  # where panels end and their dollars stand
_PANELS = {Side.LONG: Box(_LEFT, 284, _AXIS_X, 640), Side.SHORT: Box(_LEFT, 792, _AXIS_X, 1148)}
_MOST_SLOTS = 174  # of 5 px
_TITLES = {Side.LONG: "▼ LONGS liquidated", Side.SHORT: "▲ SHORTS liquidated"}
_TICKS = (1.0, 0.25, 0.04)  # of the full scale, at 1, 1/2 and 1/5 of the height


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is drawn on, how, and about what."""

    canvas: Canvas
    theme: Theme
    numbers: Numbers
    found: Evaluation


def draw_flow(found: Evaluation, view: View, *, simulated: bool) -> Picture:
    """Draw realised and modelled dollars by side over all hours that were fitted or scored.

    Heights go with √USD, as the score does; the modelled is scaled as its score was, by one
    number a side from the hours of the fit. Of the view, colours and ways of writing count.
    """
    theme = THEMES[view.theme]
    canvas = Canvas(_WIDTH, _HEIGHT, 1, theme.ground)
    sheet = _Sheet(canvas, theme, Numbers(view.locale, view.zone), found)
    words = _header(sheet, simulated=simulated)
    for side, box in _PANELS.items():
        words.append(_caption(sheet, side, box))
        if len(found.spans):
            _panel(sheet, side, box)
        else:
            canvas.text(*box.middle, "No hours to score.", AXIS, theme.muted, align="centre")
    canvas.text(_LEFT, 1254, DISCLAIMER, FOOTER, theme.muted)
    faint = mixed(theme.text, theme.ground, 0.35)
    canvas.text(_RIGHT, 1254, view.watermark, FOOTER, faint, bold=True, align="right")
    return Picture(
        png=canvas.png(),
        alt=" ".join(words)[:1024],
        width=_WIDTH,
        height=_HEIGHT,
        writings=tuple(canvas.writings),
    )


def _header(sheet: _Sheet, *, simulated: bool) -> list[str]:
    """Write what is shown, of when, and what each mark means; return it in words."""
    canvas, theme, found = sheet.canvas, sheet.theme, sheet.found
    title = f"{found.base} · modelled against realised"
    canvas.text(_LEFT, 44, title, TITLE, theme.text, bold=True)
    fitted, tested = int(found.seen.sum()), int((~found.seen).sum())
    told = f"{fitted} hours fitted, {tested} hours tested"
    if len(found.spans):
        ends = int(found.spans.from_ms[0]), int(found.spans.to_ms[-1])
        first, last = (f"{sheet.numbers.local(moment_of(ms)):%Y-%m-%d}" for ms in ends)
        told = f"{first} to {last} · {told}"
    canvas.text(_LEFT, 98, told, AXIS, theme.muted)
    patch = Box(_LEFT, 134, _LEFT + 28, 162)
    canvas.fill(patch, theme.muted)
    x = canvas.text(patch.x1 + 10, 148, "REALISED", TEXT, theme.text, bold=True).x1 + 30
    canvas.line([(x, 148), (x + 36, 148)], theme.long, 4)
    canvas.line([(x + 46, 148), (x + 82, 148)], theme.short, 4)
    canvas.text(x + 92, 148, "modelled: an ESTIMATE", TEXT, theme.text)
    if simulated:
        canvas.text(_RIGHT, 148, "SIMULATED", TEXT, theme.simulated, bold=True, align="right")
    return [f"{title}, {told}.", *(["Simulated."] if simulated else [])]


def _caption(sheet: _Sheet, side: Side, box: Box) -> str:
    """Write a panel's side and scores above it; return them in words."""
    title, y = _TITLES[side], box.y0 - 76
    sheet.canvas.text(box.x0, y, title, LABEL, sheet.theme.side(side), bold=True)
    scores = [
        f"{name} {each[side.index].r2_sqrt:.2f}".replace("-", "−")
        for name, each in sheet.found.flow.items()
        if each[side.index].n >= LEAST
    ]
    text = f"R²(√) unseen: {' · '.join(scores)}" if scores else "Too few hours to score"
    sheet.canvas.text(box.x0, y + 44, text, TEXT, sheet.theme.muted)
    return f"{title.split(maxsplit=1)[1].capitalize()}: {text}."


def _panel(sheet: _Sheet, side: Side, box: Box) -> None:
    canvas, theme, found = sheet.canvas, sheet.theme, sheet.found
    times = _times(found, box)
    realised = _slotted(found.spans.realised[side.index], found, times)
    modelled = _slotted(found.modelled[OURS][side.index] * _scale(found, side), found, times)
    full = nice_above(max(float(realised.max()), float(modelled.max()), 1.0))
    canvas.fill(box, theme.panel)
    for share in _TICKS:
        y = box.y1 - box.height * sqrt(share)
        canvas.line([(box.x0, y), (box.x1, y)], theme.grid, 3)
        canvas.text(box.x1 + 10, y, sheet.numbers.usd_tick(full * share), AXIS, theme.text)
    width = box.width / times.columns
    tops = box.y1 - box.height * np.sqrt(np.stack([realised, modelled]) / full)
    for i, top in enumerate(tops[0]):
        x = box.x0 + i * width
        canvas.fill(Box(x, top, x + width - 1, box.y1), theme.muted)
    middles = box.x0 + (np.arange(times.columns) + 0.5) * width
    canvas.line(list(zip(middles, tops[1], strict=True)), theme.side(side), 3, halo=2)
    _folds(sheet, times, box)
    hours = times.slot_ms // HOUR_MS
    per = "in 1 h" if hours == 1 else f"in {hours} h"
    canvas.text(box.x1 + 10, box.y1 - 16, per, TEXT, theme.muted)
    _time_axis(sheet, times, box.y1 + 28)


def _folds(sheet: _Sheet, times: TimeWindow, box: Box) -> None:
    """Part the hours that the fit saw from those it was tested on, where there are both."""
    canvas, theme, found = sheet.canvas, sheet.theme, sheet.found
    if found.seen.all() or not found.seen.any():
        return
    x = times.x(float(found.spans.to_ms[found.seen][-1]))
    canvas.line([(x, box.y0), (x, box.y1)], theme.text, 3, dashes=(10, 8))
    y = box.y0 + 22
    canvas.text(x - 12, y, "fit", TEXT, theme.text, bold=True, align="right", halo=4)
    canvas.text(x + 12, y, "test", TEXT, theme.text, bold=True, halo=4)


def _time_axis(sheet: _Sheet, times: TimeWindow, y: float) -> None:
    free = times.left
    for at_ms, text in times.ticks(sheet.numbers):
        half = sheet.canvas.measure(text, AXIS) / 2
        x = min(max(times.x(at_ms), times.left + half), times.right - half)
        if x - half >= free:
            box = sheet.canvas.text(x, y, text, AXIS, sheet.theme.muted, align="centre")
            free = box.x1 + 16


def _times(found: Evaluation, box: Box) -> TimeWindow:
    """Return equal slots of whole hours for all spans, as many as there is room for."""
    from_ms, to_ms = int(found.spans.from_ms[0]), int(found.spans.to_ms[-1])
    hours = ceil((to_ms - from_ms) / HOUR_MS)
    slot_ms = ceil(hours / _MOST_SLOTS) * HOUR_MS
    return TimeWindow(from_ms, slot_ms, ceil(hours * HOUR_MS / slot_ms), box.x0, box.x1)


def _slotted(usd: NDArray[np.float64], found: Evaluation, times: TimeWindow) -> F8:
    """Sum dollars of spans (span,) by slot, (column,); the unknown counts for nothing."""
    slot = (found.spans.from_ms - times.from_ms) // times.slot_ms
    return floats(np.bincount(slot, np.nan_to_num(usd), minlength=times.columns))


def _scale(found: Evaluation, side: Side) -> float:
    """Return what the score multiplies modelled dollars by; 1 where no hour was fitted."""
    realised, modelled = (
        np.sqrt(usd[side.index][found.seen]) for usd in (found.spans.realised, found.modelled[OURS])
    )
    power = float(modelled @ modelled)
    return (float(modelled @ realised) / power) ** 2 if power > 0 else 1.0
