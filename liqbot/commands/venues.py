"""/venues — tell the venues apart, and which clusters rest on one alone."""

from liqbot.commands._picture import Look, pictured, told
from liqbot.commands.command import Command

COMMAND = Command(
    name="venues",
    summary="Tell the venues apart, and which clusters rest on one alone",
    arguments=Look,
    run=pictured("venues", "liquidations by venue", told),
    draws=True,
)
