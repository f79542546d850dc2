"""What was force-closed: each order at its price and time, beside what price did meanwhile.

Drawn from a Feed, where the charts of the family are drawn from a History.
"""

from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from liqbot.charts._axes import draw_price_axis, draw_price_grid, draw_price_line, draw_time_axis
from liqbot.charts._feed_layout import FEED_LAYOUTS, FeedLayout
from liqbot.charts._feed_table import draw_venues
from liqbot.charts._geometry import Box
from liqbot.charts._marks import draw_chip, draw_gaps
from liqbot.charts._page import TEXT, Page
from liqbot.charts._sentences import draw_sentences
from liqbot.charts._window import PriceWindow, TimeWindow
from liqbot.charts.chart import Picture, View
from liqbot.chat.badges import Badge
from liqbot.chat.facts import venue_name
from liqbot.chat.realised import newest_in_words
from liqbot.heatmap.feed import Feed, Order
from liqbot.market.units import MINUTE_MS, Side

NOTE = "Realised: what these venues tell. The rest is modelled. Not advice."
_MOST = 400  # orders that are drawn
_NAMED = 3  # of them, with their dollars
_LEAST, _LARGEST = 6.0, 24.0  # px from the middle of a mark to its corners
_KEY = (100e3, 300e3, 1e6)  # Usd whose size is shown
_BEYOND = 0.02  # of price, past the candles, within which orders and a cluster widen the window
_NARROW = 0.004  # log price that the window has at least
_LONGEST = 1024  # what chats take as a description


def draw_feed(feed: Feed, view: View, span: str, told: Sequence[str]) -> Picture:
    """Draw the orders of a span, called so; `told` are the facts, the most important first.

    Of the view, its range and the scale of its colours do not count.
    """
    framed = _kinds(feed), _badges(feed)
    page = Page(feed.history, view, f"Liquidations · {span}", framed=framed, note=NOTE)
    layout = FEED_LAYOUTS[view.size]
    plot, minutes = layout.plot, max((feed.to_ms - feed.from_ms) // MINUTE_MS, 1)
    times = TimeWindow(feed.from_ms, MINUTE_MS, minutes, plot.x0, plot.x1 - _LARGEST)
    prices = _prices(feed, plot)
    page.canvas.fill(plot, page.theme.panel)
    draw_price_grid(page, prices, plot)
    _draw_eaten(page, feed, prices, plot)
    draw_gaps(page, Box(plot.x0, plot.y0, times.right, plot.y1), _unknown(feed, times))
    _draw_price(page, prices, times)
    draw_price_line(page, prices, plot.x0, plot.x1)
    _draw_orders(page, feed, prices, times, plot)
    draw_price_axis(page, prices, layout.axis)
    draw_time_axis(page, times, layout.times_y)
    _draw_key(page, layout)
    draw_sentences(page, told, layout.words, layout.pitch)
    draw_venues(page, feed, layout.table)
    return Picture(
        png=page.canvas.png(),
        alt=_alt(feed, span, told),
        told=tuple(told),
        width=page.layout.width * page.layout.scale,
        height=page.layout.height * page.layout.scale,
        writings=tuple(page.canvas.writings),
    )


def _kinds(feed: Feed) -> list[Badge]:
    realised = Badge("REALISED", "REALISED", "plain")
    if feed.history.simulated:
        return [Badge("SIMULATED", "SIMULATED", "simulated"), realised]
    return [realised]


def _badges(feed: Feed) -> list[Badge]:
    count, every = len(feed.listening), len(feed.heard)
    if not count:
        return [Badge("NO TAPE HEARD", "NO TAPE", "red")]
    tapes = f"{count} of {every} tape{'s' if every > 1 else ''}"
    found = [Badge(tapes, tapes, "plain" if count == every else "amber")]
    newest = newest_in_words(feed)
    return [*found, Badge(newest, newest, "plain")]


def _prices(feed: Feed, plot: Box) -> PriceWindow:
    """Return the window over what price did, the orders near it, and the cluster it is in."""
    candles, mark = feed.history.candles.since(feed.from_ms), feed.history.snapshot.mark
    seen = np.concatenate([candles.low, candles.high, [mark]])
    low, high = float(np.nanmin(seen)), float(np.nanmax(seen))
    tape = feed.tape.price
    least, most = low * (1 - _BEYOND), high * (1 + _BEYOND)
    near = tape[(tape >= least) & (tape <= most)]
    edges = [low, high, *([float(near.min()), float(near.max())] if near.size else [])]
    if feed.eaten is not None:
        edges += [max(feed.eaten.low, least), min(feed.eaten.high, most)]
    bottom, top = log(min(edges)), log(max(edges))
    margin = max(0.07 * (top - bottom), (_NARROW - (top - bottom)) / 2)
    low, high = np.exp([bottom - margin, top + margin]).tolist()
    return PriceWindow(low, high, plot.y0, plot.y1)


def _draw_eaten(page: Page, feed: Feed, prices: PriceWindow, plot: Box) -> None:
    """Tint the cluster that price is in, and say which it is."""
    if (eaten := feed.eaten) is None:
        return
    colour = page.theme.side(eaten.side)
    top, bottom = prices.clamped(eaten.high), prices.clamped(eaten.low)
    page.canvas.fill(Box(plot.x0, top, plot.x1, bottom), colour, 0.16)
    for y in (top, bottom):
        if plot.y0 < y < plot.y1:
            page.canvas.line([(plot.x0, y), (plot.x1, y)], colour, 3, dashes=(10, 8))


def _unknown(feed: Feed, times: TimeWindow) -> NDArray[np.bool_]:
    """Return the minutes of bars whose price is unknown, (minute,)."""
    candles = feed.history.candles
    at_ms = times.from_ms + MINUTE_MS * np.arange(times.columns)
    known = candles.opened_ms[~np.isnan(candles.close)]
    is_known = np.isin(at_ms // candles.interval_ms, known // candles.interval_ms)
    return ~is_known & (at_ms < feed.history.snapshot.at_ms)


def _draw_price(page: Page, prices: PriceWindow, times: TimeWindow) -> None:
    """Draw how far price went in each bar, and a line through their closes to the mark."""
    canvas, theme, history = page.canvas, page.theme, page.history
    length = history.candles.interval_ms
    candles = history.candles.since(times.from_ms - length)
    points = []
    for opened, low, high, close in zip(
        candles.opened_ms, candles.low, candles.high, candles.close, strict=True
    ):
        if np.isnan(close):
            continue
        left, right = max(times.x(int(opened)), times.left), times.x(int(opened) + length)
        box = Box(left, prices.clamped(float(high)), right, prices.clamped(float(low)))
        canvas.fill(box, theme.muted, 0.28)
        points.append((right, prices.clamped(float(close))))
    points.append((times.right, prices.clamped(history.snapshot.mark)))
    if len(points) > 1:
        canvas.line(points, theme.price, 4, halo=2)


def _draw_orders(page: Page, feed: Feed, prices: PriceWindow, times: TimeWindow, plot: Box) -> None:
    """Draw a triangle for each order, the largest on top, and name these."""
    largest = feed.largest(_MOST)
    for each in reversed(largest):
        _draw_mark(page, *_place(each, prices, times), _radius(each.usd), each.side)
    for each in largest[:_NAMED]:
        _draw_name(page, each, _place(each, prices, times), plot)
    if not feed.listening and not largest:
        _draw_notice(page, "No venue's forced orders are heard.", plot)
    elif not largest:
        _draw_notice(page, "Nothing was liquidated, as far as is told.", plot)
    elif (rest := len(feed.tape) - len(largest)) > 0:
        _draw_notice(page, f"+{rest:,} smaller", plot)


def _place(order: Order, prices: PriceWindow, times: TimeWindow) -> tuple[float, float]:
    return times.x(order.at_ms), prices.clamped(order.price)


def _radius(usd: float) -> float:
    """Return px: as a ring of √(Usd ÷ 10,000) × 2 … 22 px, somewhat larger for the same area."""
    return float(np.clip(np.sqrt(usd / 10_000) * 2.4, _LEAST, _LARGEST))


def _draw_mark(page: Page, x: float, y: float, radius: float, side: Side) -> None:
    """Draw a triangle that points down for longs and up for shorts."""
    canvas, theme = page.canvas, page.theme
    canvas.polygon(_triangle(x, y, radius + 3, side), theme.ground, 0.8)
    canvas.polygon(_triangle(x, y, radius, side), theme.side(side), 0.85)


def _triangle(x: float, y: float, radius: float, side: Side) -> list[tuple[float, float]]:
    across, down = 0.87 * radius, radius * side.sign
    return [(x - across, y - down / 2), (x + across, y - down / 2), (x, y + down)]


def _draw_name(page: Page, order: Order, place: tuple[float, float], plot: Box) -> None:
    """Write the dollars of an order beside it, where nothing else is written."""
    canvas, text = page.canvas, page.numbers.usd(order.usd)
    width, away = canvas.measure(text, TEXT, bold=True), _radius(order.usd) + 10
    x, y = place
    for left, middle in (
        (x + away, y),
        (x - away - width, y),
        (x - width / 2, y + (away + 12) * order.side.sign),
    ):
        box = Box(left - 4, middle - 16, left + width + 4, middle + 16)
        if plot.holds(box) and not any(each.box.overlaps(box) for each in canvas.writings):
            colour = page.theme.side(order.side)
            canvas.text(left, middle, text, TEXT, colour, bold=True, halo=4)
            return


def _draw_notice(page: Page, text: str, plot: Box) -> None:
    draw_chip(page, text, plot.x0 + 8, plot.y0 + 27, size=TEXT, colour=page.theme.text)


def _draw_key(page: Page, layout: FeedLayout) -> None:
    """Say what shapes and sizes mean."""
    canvas, theme, box = page.canvas, page.theme, layout.key
    x, y = box.x0 + 12, box.middle[1]
    for side in Side:
        _draw_mark(page, x, y, 13, side)
        text = f"{side.value.upper()}S{' closed' if layout.has_sizes else ''}"
        x = canvas.text(x + 20, y, text, TEXT, theme.side(side), bold=True).x1 + 30
    for usd in _KEY if layout.has_sizes else ():
        radius = _radius(usd)
        _draw_mark(page, x + radius, y, radius, Side.SHORT)
        text = f"{page.numbers.usd_tick(usd)}{'+' if radius == _LARGEST else ''}"
        x = canvas.text(x + 2 * radius + 6, y, text, TEXT, theme.muted).x1 + 22


def _alt(feed: Feed, span: str, told: Sequence[str]) -> str:
    """Say what the picture shows, as many facts as there is room for."""
    history = feed.history
    venues = "+".join(venue_name(each.venue) for each in feed.listening) or "no venue heard"
    opening = (
        f"{history.base} realised liquidations, {span}, {venues},"
        f" {history.at:%Y-%m-%d %H:%M} UTC, {newest_in_words(feed)}."
    )
    simulated = ["Simulated."] if history.simulated else []
    text = " ".join([opening, *simulated, *(f"{fact}." for fact in told)])
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
