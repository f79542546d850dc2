"""/mute — hear nothing of a market for a while."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from liqbot.alerting.quiet import Mute
from liqbot.chat.arguments import DURATION, write_duration
from liqbot.chat.message import Button, Message
from liqbot.commands._own import ALL, BASE, market, moment, recipient_of
from liqbot.commands.command import Caller, Command, Desk
from liqbot.errors import OutOfRange

_USUAL, _LONGEST = timedelta(hours=1), timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Of what, and for how long."""

    market: Annotated[str, BASE]
    span: Annotated[timedelta, DURATION] = _USUAL


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    if asked.span > _LONGEST:
        raise OutOfRange("A mute lasts at most 30d; /alerts pause lasts until you resume.")
    at = desk.clock.now()
    recipient, numbers = await recipient_of(desk, caller)
    made = Mute(asked.market, at + asked.span)
    kept = [each for each in recipient.mutes if each.until > at and each.base != made.base]
    await desk.ledger.recipients.put(replace(recipient, mutes=(*kept, made)))
    until = f"{write_duration(asked.span)}, until {moment(made.until, numbers)}"
    return Message(
        text=((f"Muted {market(made.base)} for {until}.",),),
        buttons=((Button("Unmute", f"unmute {made.base or ALL}"),),),
        private=True,
    )


COMMAND = Command(
    name="mute",
    summary="Hear nothing of a market, or of all, for a while",
    arguments=Arguments,
    run=_run,
    personal=True,
)
