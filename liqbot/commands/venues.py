"""/venues — tell the venues apart, and which clusters rest on one alone."""

from collections.abc import Sequence

from liqbot.charts.chart import Picture
from liqbot.chat.facts import venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import ARROW
from liqbot.chat.richtext import Bold, Line
from liqbot.commands._picture import Look, pictured
from liqbot.commands._tracing import looking
from liqbot.commands._zones import zones_told
from liqbot.commands.command import Command
from liqbot.heatmap.history import History
from liqbot.market.units import Side
from liqbot.tracing.clusters import venue_lines, zone_lines
from liqbot.tracing.parts import whole

_TITLE = "liquidations by venue"


def _told(history: History, numbers: Numbers, _: Picture) -> Sequence[Line]:
    """Return what each venue holds of each side, the largest first, and the zones."""
    sides = {side: whole(history, side).venues for side in Side}
    held = {venue: sum(usd[venue] for usd in sides.values()) for venue in history.venues}
    total = sum(held.values())
    ranked = sorted(held, key=lambda each: -held[each]) if total > 0 else []
    lines: list[Line] = [
        (
            Bold(f"{venue_name(venue)} {numbers.share(held[venue] / total)}"),
            *(f" · {ARROW[side]} {numbers.usd(usd[venue])}" for side, usd in sides.items()),
        )
        for venue in ranked
    ]
    return [*lines, *zones_told(history, numbers)]


COMMAND = Command(
    name="venues",
    summary="Tell the venues apart, and which clusters rest on one alone",
    arguments=Look,
    run=pictured("venues", _TITLE, _told),
    draws=True,
    trace=looking(
        _TITLE,
        lambda history, numbers: [*venue_lines(history, numbers), *zone_lines(history, numbers)],
    ),
)
