"""What would fire against what rests, if price were pushed to a target.

Bars are dollars per 0.1 % of price, on one scale: to the left what is expected to be liquidated,
to the right what rests in the books, what is shown strong and what is assumed faint. Where the
left is longer than the right, forced orders wait and push price on.
"""

import numpy as np

from liqbot.charts._annotations import ARROW, spread
from liqbot.charts._axes import draw_price_axis, draw_price_grid, draw_price_line
from liqbot.charts._bars import draw_stacks
from liqbot.charts._cascade_layout import CASCADE_LAYOUTS, CascadeLayout
from liqbot.charts._cells import UNIT, nice_above
from liqbot.charts._geometry import Box
from liqbot.charts._marks import draw_chip
from liqbot.charts._page import TEXT, Page
from liqbot.charts._profile import BANDS, band_of, tint
from liqbot.charts._sentences import draw_sentences
from liqbot.charts._table import Field, draw_table
from liqbot.charts._themes import mixed
from liqbot.charts._window import PriceWindow
from liqbot.charts.chart import Picture, View
from liqbot.chat.cascade import pushed_in_words, told_of, waves_of
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.cascade import Cascade, Walk
from liqbot.heatmap.depth import depth_of
from liqbot.market.units import F8, Side, floats

_NARROWEST = 0.008  # log price on the way that is shown
_FARTHEST = 1.8  # of the way pushed, of the high case that is shown
_BEHIND, _AHEAD = 0.14, 1.12  # of the way, shown on the other side of the mark and past the end
_FULLEST = 3.0  # times what fires most, to which books are drawn
_SAME = 1e-4  # of price
_GAP = 44.0  # px between labels


def draw_cascade(found: Cascade, view: View) -> Picture:
    """Draw a cascade; of the view, its range and the scale of its colours do not count."""
    history = found.history
    page = Page(history, view, f"What if price goes to {pushed_in_words(found, _numbers(view))}")
    layout = CASCADE_LAYOUTS[view.size]
    prices = _window(found, layout)
    page.canvas.fill(layout.plot, page.theme.panel)
    draw_price_grid(page, prices, layout.plot)
    _draw_spread(page, found, prices, layout)
    full = _draw_bars(page, found, prices, layout)
    _draw_thin(page, found, prices, layout)
    draw_price_line(page, prices, layout.plot.x0, layout.plot.x1)
    _draw_places(page, found, prices, layout)
    draw_price_axis(page, prices, layout.axis)
    _draw_captions(page, found, layout, full)
    told = told_of(found, page.numbers)
    draw_sentences(page, told, layout.words, layout.pitch)
    _draw_waves(page, found, layout.table)
    return page.picture(
        f"if price were pushed to {pushed_in_words(found, page.numbers)}",
        *([f"{each}." for each in told[:count]] for count in range(len(told), 1, -1)),
    )


def _numbers(view: View) -> Numbers:
    return Numbers(view.locale, view.zone)


def _window(found: Cascade, layout: CascadeLayout) -> PriceWindow:
    """Return the window over the way from the mark to where price would come to rest."""
    pushed, widths = float(found.edges[found.reached]), np.diff(found.edges)
    farthest = _FARTHEST * pushed
    ways = [min(float(widths @ each.share), farthest) for each in (found.base, found.high)]
    way = max(pushed, *ways, _NARROWEST)
    ends = [found.price(-_BEHIND * way), found.price(_AHEAD * way)]
    return PriceWindow(min(ends), max(ends), layout.plot.y0, layout.plot.y1)


def _outward(found: Cascade, prices: PriceWindow, rows: int) -> F8:
    """Return the edges of rows as log distances from the mark, rising; 0 on the other side."""
    away = -found.side.sign * np.log(prices.edges(rows) / found.history.snapshot.mark)
    return floats(np.sort(np.maximum(away, 0.0)))


def _draw_bars(
    page: Page, found: Cascade, prices: PriceWindow, layout: CascadeLayout
) -> tuple[float, bool]:
    """Draw both sides on one scale; return what fills one, Usd, and whether a book exceeds it."""
    theme, side = page.theme, found.side
    edges = _outward(found, prices, layout.rows)
    forced = _in_rows(found.edges, found.forced, edges)
    fired = _in_rows(found.edges, found.forced * found.base.share, edges)
    bands = np.zeros((len(BANDS), layout.rows))
    np.add.at(bands, band_of(found.history.snapshot.tiers), fired)
    rest = forced.sum(axis=0) - fired.sum(axis=0)
    depth = depth_of(found.history, side, edges)
    unit = np.log1p(UNIT) / (np.log(prices.high / prices.low) / layout.rows)
    fires = np.vstack([bands[::-1], rest]) * unit
    rests = np.vstack([depth.shown_usd, depth.usd - depth.shown_usd]) * unit
    most, book = float(fires.sum(axis=0).max()), float(rests.sum(axis=0).max())
    top = max(most, min(book, _FULLEST * most) if most > 0 else book)
    if not top > 0:
        return 0.0, False
    full, order = nice_above(top), -1 if side is Side.SHORT else 1
    tints = [tint(theme, side, band) for band in range(len(BANDS))[::-1]]
    tints.append(mixed(theme.side(side), theme.panel, 0.22))
    draw_stacks(page.canvas, layout.fires, fires[:, ::order], tints, full, left=True)
    books = [theme.muted, mixed(theme.muted, theme.panel, 0.4)]
    draw_stacks(page.canvas, layout.rests, rests[:, ::order], books, full)
    return full, book > full


def _in_rows(edges: F8, usd: F8, rows: F8) -> F8:
    """Return what lies between the edges of rows, (tier, row), of what steps hold, (tier, step)."""
    summed = np.concatenate((np.zeros((usd.shape[0], 1)), usd.cumsum(axis=1)), axis=1)
    return floats([np.diff(np.interp(rows, edges, each)) for each in summed])


def _draw_spread(page: Page, found: Cascade, prices: PriceWindow, layout: CascadeLayout) -> None:
    """Tint where price would come to rest in any case between low and high."""
    if found.low.stop is None:
        return
    ends = [prices.clamped(found.low.stop), prices.clamped(_stop(found.high, found, prices))]
    plot = layout.plot
    page.canvas.fill(Box(plot.x0, min(ends), plot.x1, max(ends)), page.theme.price, 0.10)


def _stop(way: Walk, found: Cascade, prices: PriceWindow) -> float:
    if way.stop is not None:
        return way.stop
    return prices.low if found.side is Side.LONG else prices.high


def _draw_thin(page: Page, found: Cascade, prices: PriceWindow, layout: CascadeLayout) -> None:
    """Mark thin stretches between both sides, and name the longest."""
    canvas, theme = page.canvas, page.theme
    seen = [each for each in found.thin if each.low < prices.high and each.high > prices.low]
    spans = [(prices.clamped(each.high), prices.clamped(each.low)) for each in seen]
    for top, bottom in spans:
        box = Box(layout.fires.x1 + 1, top, layout.rests.x0 - 1, max(bottom, top + 4))
        canvas.fill(box, theme.amber)
    if spans:
        top, bottom = max(spans, key=lambda span: span[1] - span[0])
        text, left = "thin book", layout.rests.x0 + 8
        y = min(max((top + bottom) / 2, layout.plot.y0 + 20), layout.plot.y1 - 20)
        draw_chip(page, text, left, y, size=TEXT, colour=theme.text)
    elif not found.depth.is_known:
        middle = layout.rests.middle[1]
        draw_chip(page, "no order book", layout.rests.x0 + 8, middle, size=TEXT, colour=theme.text)


def _draw_places(page: Page, found: Cascade, prices: PriceWindow, layout: CascadeLayout) -> None:
    """Draw where price is pushed and where it would stop, each with its name."""
    numbers, plot, stop = page.numbers, layout.plot, found.base.stop
    places = [(prices.clamped(found.target), f"pushed to {numbers.price(found.target)}")]
    if stop is not None and abs(stop / found.target - 1) > _SAME:
        places.append((prices.clamped(stop), f"stops near {numbers.price(stop)}"))
    elif stop is not None:
        places[0] = (places[0][0], f"{places[0][1]}, stops there")
    places.sort()
    for y, _ in places:
        page.canvas.line([(plot.x0, y), (plot.x1, y)], page.theme.text, 3, dashes=(6, 5), halo=2)
    line = prices.clamped(found.history.snapshot.mark)
    low, high = (
        (line + _GAP, plot.y1 - 22) if found.side is Side.LONG else (plot.y0 + 22, line - _GAP)
    )
    wanted = [y - 24 * found.side.sign for y, _ in places]
    for y, (_, text) in zip(spread(wanted, _GAP, low, high), places, strict=True):
        forms = [text, text.removesuffix(" there"), text.split(" ", 2)[2]]
        shown = page.canvas.fitting(forms, TEXT, layout.fires.width - 36)
        draw_chip(page, shown, plot.x0 + 8, y, size=TEXT, colour=page.theme.text)


def _draw_captions(
    page: Page, found: Cascade, layout: CascadeLayout, full: tuple[float, bool]
) -> None:
    """Say what both sides are and what they are measured in."""
    canvas, theme, numbers, y = page.canvas, page.theme, page.numbers, layout.captions_y
    side = f"{ARROW[found.side]} {found.side.value.upper()}S"
    forms = [f"{side} expected to fire", f"{side}, expected"]
    text = canvas.fitting(forms, TEXT, layout.fires.width)
    canvas.text(layout.fires.x1, y, text, TEXT, theme.side(found.side), align="right")
    x = canvas.text(layout.rests.x0 + 12, y, "orders:", TEXT, theme.text).x1 + 14
    for word, share in (("shown", 1.0), ("assumed", 0.4)):
        canvas.fill(Box(x, y - 10, x + 20, y + 10), mixed(theme.muted, theme.panel, share))
        x = canvas.text(x + 28, y, word, TEXT, theme.muted).x1 + 20
    usd, is_exceeded = full
    if not usd > 0:
        return
    middle = (layout.fires.x1 + layout.rests.x0) / 2
    most = numbers.usd_tick(usd)
    canvas.text(layout.fires.x0, layout.ticks_y, most, TEXT, theme.muted)
    canvas.text(middle, layout.ticks_y, "$ per 0.1%", TEXT, theme.muted, align="centre")
    last = f"≥ {most}" if is_exceeded else most
    canvas.text(layout.rests.x1, layout.ticks_y, last, TEXT, theme.muted, align="right")


def _draw_waves(page: Page, found: Cascade, box: Box) -> None:
    """Draw a row for each band of leverage: what it fires, and where half of it has."""
    waves, theme, numbers = waves_of(found), page.theme, page.numbers
    if not waves:
        page.canvas.text(box.x0, box.y0 + 21, "Nothing is modelled on the way.", TEXT, theme.muted)
        return
    rows = [
        [
            Field(name, theme.text, bold=True),
            Field(f"exp. {numbers.usd(usd)}", theme.side(found.side), bold=True),
            Field(f"half of it by {numbers.price(half)}", theme.text),
        ]
        for name, (usd, half) in waves.items()
    ]
    pitch = min(42.0, box.height / len(rows))
    names = [name for _, name in BANDS]
    for row, name in enumerate(waves):
        y = box.y0 + pitch * (row + 0.5)
        swatch = Box(box.x0, y - 10, box.x0 + 20, y + 10)
        page.canvas.fill(swatch, tint(theme, found.side, names.index(name)))
    draw_table(page, rows, Box(box.x0 + 32, box.y0, box.x1, box.y1))
