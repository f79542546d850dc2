"""What each venue told of its forced orders, a row each."""

from liqbot.charts._geometry import Box
from liqbot.charts._page import Page
from liqbot.charts._table import Field, draw_table
from liqbot.chat.facts import venue_name
from liqbot.chat.realised import ARROW, completeness, counted
from liqbot.heatmap.feed import Feed, usd_by_side
from liqbot.market.tape import Tape
from liqbot.market.units import Side

_ROWS = 5


def draw_venues(page: Page, feed: Feed, box: Box) -> None:
    """Draw a row for all venues and one for each, those that told most first."""
    ranked = sorted(feed.heard, key=lambda each: (bool(each.silent), -each.tape.usd.sum()))
    most = _ROWS - 1 if len(ranked) < _ROWS else _ROWS - 2
    rows = [_row(page, "ALL", feed.tape, counted(len(feed.tape)))]
    rows += [
        _row(page, venue_name(each.venue), each.tape, completeness(each)) for each in ranked[:most]
    ]
    if more := ranked[most:]:
        tape = Tape.merge(each.tape for each in more)
        rows.append(_row(page, f"+{len(more)}", tape, "others"))
    draw_table(page, rows, box)


def _row(page: Page, name: str, tape: Tape, told: str) -> list[Field]:
    usd, theme = usd_by_side(tape), page.theme
    sides = [
        Field(f"{ARROW[side]} {page.numbers.usd(usd[side.index])}", theme.side(side), bold=True)
        for side in Side
    ]
    return [Field(name, theme.text, bold=True), *sides, Field(told[:34], theme.muted)]
