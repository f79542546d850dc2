"""/heatmap — where leveraged positions would be liquidated, over time and price."""

from collections.abc import Sequence

from liqbot.charts.chart import Picture
from liqbot.chat.facts import venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Line
from liqbot.chat.words import imbalance
from liqbot.commands._picture import Look, pictured
from liqbot.commands._tracing import looking
from liqbot.commands.command import Command
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History
from liqbot.heatmap.quality import is_transient, lone_venue
from liqbot.market.units import Side
from liqbot.tracing.clusters import zone_lines

_ARROW = {Side.LONG: "▼", Side.SHORT: "▲"}


def _zones(history: History, numbers: Numbers, _: Picture) -> Sequence[Line]:
    """Return the zones, the highest price first, and which side is heavier."""
    zones = sorted((each for each in history.clusters if each.zone), key=lambda each: -each.peak)
    lines = [_line(zone, numbers) for zone in zones] or [("No cluster stands out.",)]
    return [*lines, (imbalance(history, numbers),)]


def _line(zone: Cluster, numbers: Numbers) -> Line:
    alone = lone_venue(zone) if len(zone.venues) > 1 else None
    facts = [
        f" {numbers.price(zone.low, 4)}–{numbers.price(zone.high, 4)}",
        numbers.percent(zone.distance),
        f"{numbers.usd(zone.usd)} → {numbers.usd(zone.expected_usd)} of {zone.side.value}s",
        "transient" if is_transient(zone) else "persistent",
        *([f"{venue_name(alone)} alone"] if alone else []),
    ]
    return (Bold(f"{zone.zone} {_ARROW[zone.side]}"), " · ".join(facts))


COMMAND = Command(
    name="heatmap",
    summary="Draw where leveraged positions would be liquidated",
    arguments=Look,
    run=pictured("heatmap", "liquidation heatmap", _zones),
    draws=True,
    trace=looking("liquidation heatmap", zone_lines),
)
