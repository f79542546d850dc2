"""/delta — weigh longs below against shorts above."""

from liqbot.charts._balance import distances
from liqbot.chat.numbers import Numbers
from liqbot.commands._picture import Look, looked_at, pictured, told, usual
from liqbot.commands._tracing import traced
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.tracing.clusters import balance_lines
from liqbot.tracing.trace import Trace

_TITLE = "long against short"


async def _trace(desk: Desk, caller: Caller, asked: Look) -> Trace:
    view = asked.view(await usual(desk, caller))
    _, history = await looked_at(desk, asked, view)
    numbers = Numbers(view.locale, view.zone)
    lines = balance_lines(history, distances(view.span.reach), numbers)
    return traced(desk, history, (_TITLE, lines), numbers)


COMMAND = Command(
    name="delta",
    summary="Weigh longs below against shorts above",
    arguments=Look,
    run=pictured("delta", _TITLE, told),
    draws=True,
    trace=_trace,
)
