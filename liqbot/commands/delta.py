"""/delta — weigh longs below against shorts above."""

from liqbot.commands._picture import Look, pictured, told
from liqbot.commands._tracing import looking
from liqbot.commands.command import Command
from liqbot.tracing.clusters import balance_lines

COMMAND = Command(
    name="delta",
    summary="Weigh longs below against shorts above",
    arguments=Look,
    run=pictured("delta", "long against short", told),
    draws=True,
    trace=looking("long against short", balance_lines),
)
