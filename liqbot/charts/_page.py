"""The sheet that every chart draws on: header, badges and footer around its own part."""

from collections.abc import Sequence
from datetime import UTC, datetime

from liqbot.charts._badges import draw_badges, extent
from liqbot.charts._canvas import Canvas
from liqbot.charts._geometry import Box
from liqbot.charts._layout import LAYOUTS
from liqbot.charts._themes import THEMES, mixed
from liqbot.charts._words import alt_text
from liqbot.charts.chart import Picture, View
from liqbot.chat.badges import Badge, badges, kind
from liqbot.chat.facts import change
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.history import History

TITLE, LABEL, AXIS, TEXT, FOOTER = 44.0, 30.0, 28.0, 26.0, 24.0  # font sizes
DISCLAIMER = "Modelled, not measured. Not a forecast. Not advice."


class Page:
    """A sheet with its header and footer drawn; what a chart needs to fill the rest.

    `framed` is what kind of figures these are and what else there is to know, by default of a map.
    `head` stands in place of a market, its price and its model where there are several.
    """

    def __init__(
        self,
        history: History,
        view: View,
        title: str,
        *,
        framed: tuple[Sequence[Badge], Sequence[Badge]] | None = None,
        note: str = DISCLAIMER,
        head: str | None = None,
    ) -> None:
        self.history, self.view, self._note, self._head = history, view, note, head
        self.theme = THEMES[view.theme]
        self.layout = LAYOUTS[view.size]
        self.numbers = Numbers(view.locale, view.zone)
        layout = self.layout
        self.canvas = Canvas(layout.width, layout.height, layout.scale, self.theme.ground)
        usual = kind(history), badges(history, self.numbers, view.macro_at)
        self._header(title, *(framed or usual))
        self._footer()

    def picture(self, subject: str, *bodies: Sequence[str]) -> Picture:
        """Return what has been drawn, with the first description that fits."""
        layout = self.layout
        return Picture(
            png=self.canvas.png(),
            alt=alt_text(self.history, self.view, self.numbers, subject, *bodies),
            told=tuple(bodies[-1]),
            width=layout.width * layout.scale,
            height=layout.height * layout.scale,
            writings=tuple(self.canvas.writings),
        )

    def _header(self, title: str, kinds: Sequence[Badge], known: Sequence[Badge]) -> None:
        canvas, theme, layout = self.canvas, self.theme, self.layout
        y, right = layout.title_y, layout.footer.x1
        corner = Box(right - extent(canvas, kinds), y - 18, right, y + 18)
        draw_badges(canvas, theme, kinds, [corner])
        free = self._headline(layout.heat.x0, y, corner.x0 - 20) + 6
        end = canvas.text(layout.heat.x0, layout.subtitle_y, title, AXIS, theme.text).x1
        first, *more = layout.badges
        lines = [Box(end + 16, first.y0, first.x1, first.y1), *more]
        lines.append(Box(free, y - 17, corner.x0 - 20, y + 17))
        draw_badges(canvas, theme, known, lines)

    def _headline(self, left: float, y: float, right: float) -> float:
        """Write market, price and how it moved, in the largest size that fits; return the end."""
        canvas, theme = self.canvas, self.theme
        moved = change(self.history)
        arrow = "▲" if (moved or 0) >= 0 else "▼"
        since = "" if moved is None else f"{arrow} {self.numbers.percent(moved)} 24h"
        price = self.numbers.price(self.history.snapshot.mark)
        for size in (TITLE, 40.0, 36.0, 32.0, 28.0):
            small = min(size, LABEL)
            parts = (
                (self._head or self.history.base, size, True, theme.text),
                ("" if self._head else price, size, False, theme.price),
                ("" if self._head else since, small, True, theme.muted),
            )
            widths = [canvas.measure(text, px, bold=bold) for text, px, bold, _ in parts]
            if left + sum(widths) + 36 <= right:
                break
        x = left
        for text, px, bold, colour in parts:
            x = canvas.text(x, y, text, px, colour, bold=bold).x1 + 18 if text else x
        return x

    def _footer(self) -> None:
        canvas, theme, box = self.canvas, self.theme, self.layout.footer
        rows = 1 if box.height < 40 else 2
        first, last = (box.y0 + 12, box.y1 - 12) if rows == 2 else (box.middle[1],) * 2
        name = self.view.watermark
        # A watermark is there to be found, not to be read.
        faint = mixed(theme.text, theme.ground, 0.35)
        width = canvas.measure(name, FOOTER, bold=True)
        canvas.text(box.x1, last, name, FOOTER, faint, bold=True, align="right")
        stamps = self._stamps()
        room = box.width - width - 20
        if rows == 1:
            both = [f"{stamp} · {self._note}" for stamp in stamps]
            canvas.text(box.x0, first, canvas.fitting(both, FOOTER, room), FOOTER, theme.muted)
            return
        canvas.text(box.x0, first, canvas.fitting(stamps, FOOTER, box.width), FOOTER, theme.muted)
        canvas.text(box.x0, last, self._note, FOOTER, theme.muted)

    def _stamps(self) -> list[str]:
        """When it was and by which model, from the fullest form to the shortest."""
        model, at = self.history.model, self.history.at.astimezone(UTC)
        here = self.numbers.local(at)
        utc = f"{at:%Y-%m-%d %H:%M} UTC"
        day = "" if here.date() == at.date() else f"{self.numbers.day(here)} "
        place = self.view.zone.rsplit("/", 1)[-1].replace("_", " ")
        zone = "" if self.view.zone == "UTC" else f" · {day}{here:%H:%M} {place}"
        if self._head:
            return [f"{utc}{zone}", utc]
        fitted = "not fitted"
        if model.fitted_to_ms is not None:
            to = datetime.fromtimestamp(model.fitted_to_ms / 1000, UTC)
            fitted = f"fitted to {to:%Y-%m-%d}"
        return [
            f"{utc}{zone} · model {model.version}, {fitted}",
            f"{utc}{zone} · model {model.version}",
            f"{utc} · {model.version}",
            utc,
        ]
