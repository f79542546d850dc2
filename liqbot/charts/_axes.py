"""Price ticks, time ticks, and the line of the current price."""

from liqbot.charts._geometry import Box
from liqbot.charts._page import AXIS, TEXT, Page
from liqbot.charts._window import PriceWindow, TimeWindow

_CLEAR = 40.0  # px that a tick keeps from the boxed price


def draw_price_grid(page: Page, prices: PriceWindow, box: Box) -> None:
    """Draw a faint line at each price tick."""
    for tick in prices.ticks()[1]:
        y = prices.y(tick)
        page.canvas.fill(Box(box.x0, y - 1, box.x1, y + 2), page.theme.grid)


def draw_price_axis(page: Page, prices: PriceWindow, box: Box) -> None:
    """Label the price ticks, and the current price in a box."""
    canvas, theme, numbers = page.canvas, page.theme, page.numbers
    mark = page.history.snapshot.mark
    line = prices.clamped(mark)
    step, ticks = prices.ticks()
    for tick in ticks:
        y = prices.y(tick)
        if abs(y - line) >= _CLEAR and box.y0 + 12 <= y <= box.y1 - 12:
            text = numbers.tick(tick, step)
            size = AXIS if canvas.measure(text, AXIS) <= box.width else AXIS - 2
            canvas.text(box.x0 + 2, y, text, size, theme.muted)
    forms = [numbers.price(mark), numbers.level(mark), numbers.decimal(mark, 0, grouped=False)]
    room = box.width + 4
    sizes = (s for s in (AXIS, TEXT) if canvas.measure(forms[0], s, bold=True) <= room)
    size = next(sizes, TEXT)
    text = canvas.fitting(forms, size, room, bold=True)
    canvas.rounded(Box(box.x0 - 4, line - 21, box.x1 + 4, line + 21), 8, fill=theme.price)
    canvas.text(
        box.x0 + box.width / 2, line, text, size, theme.ground, bold=True, align="centre",
        ground=theme.price,
    )  # fmt: skip


def draw_price_line(page: Page, prices: PriceWindow, left: float, right: float) -> None:
    """Draw the current price as a dashed line."""
    y = prices.clamped(page.history.snapshot.mark)
    page.canvas.line([(left, y), (right, y)], page.theme.price, 4, dashes=(14, 9), halo=2)


def draw_time_axis(page: Page, times: TimeWindow, y: float) -> None:
    """Label round moments and, at the right end, the moment of the picture."""
    canvas, theme = page.canvas, page.theme
    now = f"{page.numbers.local(page.history.at):%H:%M}"
    taken = canvas.text(times.right, y, now, AXIS, theme.text, bold=True, align="centre")
    free = times.left
    for at_ms, text in times.ticks(page.numbers):
        half = canvas.measure(text, AXIS) / 2
        x = max(times.x(at_ms), times.left + half)
        if x - half < free or x + half > taken.x0 - 16:
            continue
        free = canvas.text(x, y, text, AXIS, theme.muted, align="centre").x1 + 16
