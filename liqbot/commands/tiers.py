"""/tiers — tell the tiers of leverage apart: which would fire first."""

from liqbot.commands._picture import Look, pictured, told
from liqbot.commands.command import Command

COMMAND = Command(
    name="tiers",
    summary="Tell the tiers of leverage apart: which would fire first",
    arguments=Look,
    run=pictured("tiers", "liquidations by leverage", told),
    draws=True,
)
