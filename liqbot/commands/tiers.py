"""/tiers — tell the tiers of leverage apart: which would fire first."""

from liqbot.commands._picture import Look, pictured, told
from liqbot.commands._tracing import looking
from liqbot.commands.command import Command
from liqbot.tracing.clusters import tier_lines

COMMAND = Command(
    name="tiers",
    summary="Tell the tiers of leverage apart: which would fire first",
    arguments=Look,
    run=pictured("tiers", "liquidations by leverage", told),
    draws=True,
    trace=looking("liquidations by leverage", tier_lines),
)
