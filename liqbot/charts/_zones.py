"""The named clusters in figures: one row each."""

from collections.abc import Sequence

from liqbot.charts._annotations import ARROW
from liqbot.charts._geometry import Box
from liqbot.charts._page import AXIS, Page
from liqbot.charts._table import Field, draw_table
from liqbot.chat.facts import venue_name
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.quality import is_transient, lone_venue


def draw_zones(page: Page, clusters: Sequence[Cluster], box: Box) -> None:
    """Draw a row for each zone, the highest price first; say so where there is none."""
    zones = sorted((c for c in clusters if c.zone), key=lambda c: -c.peak)[:4]
    if zones:
        draw_table(page, [_row(page, zone) for zone in zones], box)
        return
    text = "No cluster stands out from the rest."
    page.canvas.text(box.x0, box.y0 + 21, text, AXIS, page.theme.muted)


def _row(page: Page, zone: Cluster) -> list[Field]:
    theme, numbers = page.theme, page.numbers
    colour = theme.side(zone.side)
    alone = lone_venue(zone)
    count = sum(usd > 0 for usd in zone.venues.values())
    low, high = (numbers.level(price) for price in (zone.low, zone.high))
    return [
        Field(f"{zone.zone} {ARROW[zone.side]}", colour, bold=True),
        Field(f"{low}–{high}", theme.text),
        Field(numbers.percent(zone.distance), theme.text),
        Field(numbers.usd(zone.usd), colour, bold=True),
        Field(f"exp. {numbers.usd(zone.expected_usd)}", theme.text),
        Field("transient" if is_transient(zone) else "persistent", theme.muted),
        Field(f"{venue_name(alone)} only" if alone else f"{count} venues", theme.muted),
    ]
