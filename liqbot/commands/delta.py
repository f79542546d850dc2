"""/delta — weigh longs below against shorts above."""

from liqbot.commands._picture import Look, pictured, told
from liqbot.commands.command import Command

COMMAND = Command(
    name="delta",
    summary="Weigh longs below against shorts above",
    arguments=Look,
    run=pictured("delta", "long against short", told),
    draws=True,
)
