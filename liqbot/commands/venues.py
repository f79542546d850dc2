"""/venues — tell the venues apart, and which clusters rest on one alone."""

from liqbot.commands._picture import Look, pictured, told
from liqbot.commands._tracing import looking
from liqbot.commands.command import Command
from liqbot.tracing.clusters import venue_lines

COMMAND = Command(
    name="venues",
    summary="Tell the venues apart, and which clusters rest on one alone",
    arguments=Look,
    run=pictured("venues", "liquidations by venue", told),
    draws=True,
    trace=looking("liquidations by venue", venue_lines),
)
