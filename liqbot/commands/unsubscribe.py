"""/unsubscribe — hear of something no more."""

from dataclasses import dataclass
from typing import Annotated

from liqbot.alerting.speaking import MINE
from liqbot.chat.message import Button, Message
from liqbot.chat.richtext import shorten
from liqbot.commands._own import NUMBER, chosen, phrased
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk

_TEXT = 2000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which; None: all of one's own."""

    number: Annotated[int | None, NUMBER]


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    found = await chosen(desk, caller, asked.number)
    for each in found:
        await desk.ledger.subscriptions.delete(each.id)
    text = tuple((f"Ended: #{each.id} {phrased(each, desk.alerts.terms)}",) for each in found)
    return Message(text=shorten(text, _TEXT), buttons=((Button(MINE, "alerts"),),), private=True)


COMMAND = Command(
    name="unsubscribe",
    summary="End an alert, or all of yours",
    arguments=Arguments,
    run=_run,
    personal=True,
)
