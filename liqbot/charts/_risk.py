"""Several markets side by side: where their nearest clusters are, and what one shock would fire."""

from collections.abc import Sequence
from datetime import UTC

from liqbot.charts._geometry import Box
from liqbot.charts._page import LABEL, TEXT, Page
from liqbot.charts._sentences import draw_sentences
from liqbot.charts._themes import mixed
from liqbot.charts.chart import Picture, Size, View
from liqbot.chat.badges import Badge, badges, kind
from liqbot.chat.numbers import Numbers
from liqbot.chat.shock import row_of, size
from liqbot.heatmap.shock import Exposure
from liqbot.market.units import Side

_ROWS: dict[Size, Box] = {
    "portrait": Box(16, 178, 1008, 968),
    "wide": Box(16, 132, 826, 684),
    "hd": Box(16, 178, 1008, 968),
}
_WORDS: dict[Size, Box] = {
    "portrait": Box(16, 978, 1008, 1216),
    "wide": Box(850, 100, 1264, 684),
    "hd": Box(16, 978, 1008, 1216),
}
_PITCH, _MOST = 79.0, 2.5  # px from row to row; as much larger where there are few
_BELOW = 41.0  # px of a row below its strip
_NAME = 136.0  # px for a market's name
_LEAST, _ROOM = 0.03, 1.7  # of price shown on each side: at least, and in shocks
_LINE = 34.0  # px from line to line
_LONGEST = 1024  # what chats take as a description


def draw_risk(exposures: Sequence[Exposure], view: View, told: Sequence[str]) -> Picture:
    """Draw at least one market; `told` are the facts of all, the most important first.

    Of the view, its range and the scale of its colours do not count.
    """
    numbers = Numbers(view.locale, view.zone)
    stalest = max((each.history for each in exposures), key=lambda each: each.data_age_s)
    share, count = size(exposures[0].shock, numbers), len(exposures)
    markets = f"{count} market{'' if count == 1 else 's'}"
    framed = _kinds(exposures), [badges(stalest, numbers)[0], Badge(markets, markets, "plain")]
    page = Page(stalest, view, f"One shock of {share} to all", framed=framed, head="Risk")
    rows = _ROWS[view.size]
    _draw_captions(page, exposures[0].shock, rows)
    shown = exposures[: int(rows.height // _PITCH)]
    pitch = min(rows.height / len(shown), _MOST * _PITCH)
    for row, each in enumerate(shown):
        top = rows.y0 + row * pitch
        _draw_row(page, each, Box(rows.x0, top, rows.x1, top + pitch))
    if (rest := count - len(shown)) > 0:
        told = [*told[:2], f"Not drawn: {rest} that fire less", *told[2:]]
    draw_sentences(page, told, _WORDS[view.size], _LINE)
    return Picture(
        png=page.canvas.png(),
        alt=_alt(exposures, told, numbers, share),
        told=tuple(told),
        width=page.layout.width * page.layout.scale,
        height=page.layout.height * page.layout.scale,
        writings=tuple(page.canvas.writings),
    )


def _kinds(exposures: Sequence[Exposure]) -> list[Badge]:
    simulated = [each.history for each in exposures if each.history.simulated]
    return kind(simulated[0] if simulated else exposures[0].history)


def _draw_captions(page: Page, shock: float, rows: Box) -> None:
    """Say what is to the left and what to the right."""
    y, share = rows.y0 - 21, size(shock, page.numbers)
    theme = page.theme
    left = f"▼ LONGS within −{share}"
    page.canvas.text(rows.x0 + _NAME, y, left, TEXT, theme.long, bold=True)
    right = f"SHORTS within +{share} ▲"
    page.canvas.text(rows.x1, y, right, TEXT, theme.short, bold=True, align="right")


def _draw_row(page: Page, exposure: Exposure, box: Box) -> None:
    """Draw a market's strip of prices with its nearest clusters, and their figures below."""
    canvas, theme = page.canvas, page.theme
    strip = Box(box.x0 + _NAME, box.y0 + 4, box.x1, box.y1 - _BELOW)
    name = canvas.fitting([exposure.history.base], LABEL, _NAME - 12, bold=True)
    canvas.text(box.x0, strip.middle[1], name, LABEL, theme.text, bold=True)
    canvas.fill(strip, theme.panel)
    reach = max(_LEAST, _ROOM * exposure.shock)
    middle, half = strip.middle[0], strip.width / 2
    shock = half * exposure.shock / reach
    canvas.fill(Box(middle - shock, strip.y0, middle + shock, strip.y1), theme.grid)
    for side in Side:
        _draw_cluster(page, exposure, side, strip, reach)
    canvas.fill(Box(middle - 2, strip.y0 - 2, middle + 2, strip.y1 + 2), theme.price)
    y = strip.y1 + 20
    usd, where = row_of(exposure, Side.LONG, page.numbers)
    end = canvas.text(strip.x0, y, usd, TEXT, theme.long, bold=True).x1 + 12
    if text := _fitting(page, where, middle - 8 - end):
        canvas.text(end, y, text, TEXT, theme.muted)
    usd, where = row_of(exposure, Side.SHORT, page.numbers)
    start = canvas.text(strip.x1, y, usd, TEXT, theme.short, bold=True, align="right").x0 - 12
    if text := _fitting(page, where, start - middle - 8):
        canvas.text(start, y, text, TEXT, theme.muted, align="right")


def _fitting(page: Page, where: str, room: float) -> str:
    """Return where a cluster is, as far as there is room to say it."""
    forms = (where, where.removeprefix("cluster "), "")
    return next(
        each for each in forms if page.canvas.measure(each or " ", TEXT) <= room or not each
    )


def _draw_cluster(page: Page, exposure: Exposure, side: Side, strip: Box, reach: float) -> None:
    """Draw where the nearest cluster of a side is, or that it is farther away."""
    cluster, colour = exposure.nearest[side.index], page.theme.side(side)
    if cluster is None:
        return
    middle, half = strip.middle[0], strip.width / 2
    mark = exposure.history.snapshot.mark
    ends = [middle + half * (price / mark - 1) / reach for price in (cluster.low, cluster.high)]
    edge, inward = (strip.x0, 1) if side is Side.LONG else (strip.x1, -1)
    if abs(cluster.distance) >= reach:
        y = strip.middle[1]
        points = [(edge, y), (edge + 18 * inward, y - 14), (edge + 18 * inward, y + 14)]
        page.canvas.polygon(points, colour)
        return
    left, right = max(ends[0], strip.x0), min(ends[1], strip.x1)
    alpha = 1.0 if exposure.is_near(side) else 0.55
    block = Box(left, strip.y0 + 3, max(right, left + 6), strip.y1 - 3)
    page.canvas.fill(block, mixed(colour, page.theme.panel, alpha))


def _alt(exposures: Sequence[Exposure], told: Sequence[str], numbers: Numbers, share: str) -> str:
    """Say what the picture shows, as many markets as there is room for."""
    at = max(each.history.at for each in exposures).astimezone(UTC)
    kinds = ", ".join(each.text.capitalize() for each in _kinds(exposures))
    text = f"Risk in {len(exposures)} markets, one shock of {share}, {at:%Y-%m-%d %H:%M} UTC."
    rows = (
        f"{each.history.base}: "
        + ", ".join(" ".join(row_of(each, side, numbers)) for side in Side)
        + "."
        for each in exposures
    )
    for each in (*(f"{fact}." for fact in told), *rows):
        if len(text) + len(each) + len(kinds) + 30 < _LONGEST:
            text = f"{text} {each}"
    return f"{text} {kinds}, not a forecast."
