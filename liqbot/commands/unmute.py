"""/unmute — hear again of what was muted."""

from dataclasses import dataclass, replace
from typing import Annotated

from liqbot.alerting.alert import EVERYWHERE
from liqbot.alerting.speaking import MINE
from liqbot.chat.message import Button, Message
from liqbot.commands._own import BASE, market, moment, recipient_of
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.errors import CommandError


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Of what; all without."""

    market: Annotated[str, BASE] = EVERYWHERE


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    at = desk.clock.now()
    recipient, numbers = await recipient_of(desk, caller)
    kept = (
        []
        if asked.market == EVERYWHERE
        else [each for each in recipient.mutes if each.until > at and each.base != asked.market]
    )
    before = [each for each in recipient.mutes if each.until > at]
    if not before:
        raise CommandError("Nothing is muted.")
    if len(kept) == len(before):
        muted = ", ".join(market(each.base) for each in before)
        raise CommandError(f"{market(asked.market)} is not muted, but {muted}: /unmute all.")
    await desk.ledger.recipients.put(replace(recipient, mutes=tuple(kept)))
    who = "This chat hears" if caller.speaks_for else "You hear"
    text = [(f"{who} of {market(asked.market)} again.",)]
    text += [
        (f"Still muted: {market(each.base)} until {moment(each.until, numbers)}.",) for each in kept
    ]
    return Message(text=tuple(text), buttons=((Button(MINE, "alerts"),),), private=True)


COMMAND = Command(
    name="unmute",
    summary="Hear again of a market, or of all",
    arguments=Arguments,
    run=_run,
    personal=True,
)
