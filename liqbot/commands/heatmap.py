"""/heatmap — where leveraged positions would be liquidated, over time and price."""

from liqbot.commands._picture import Look, pictured
from liqbot.commands._tracing import looking
from liqbot.commands._zones import zones_told
from liqbot.commands.command import Command
from liqbot.tracing.clusters import zone_lines

COMMAND = Command(
    name="heatmap",
    summary="Draw where leveraged positions would be liquidated",
    arguments=Look,
    run=pictured(
        "heatmap",
        "liquidation heatmap",
        lambda history, numbers, _: [*zones_told(history, numbers)],
    ),
    draws=True,
    trace=looking("liquidation heatmap", zone_lines),
)
