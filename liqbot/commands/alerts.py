"""/alerts — what one is told of; extend, pause, resume it, or follow what has moved."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

from liqbot.alerting.speaking import MINE
from liqbot.alerting.subscription import LASTING, Recipient, Subscription
from liqbot.alerting.upkeep import extended
from liqbot.chat.arguments import one_of
from liqbot.chat.message import Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Dim, Line, shorten
from liqbot.commands._own import (
    NUMBER,
    chosen,
    market,
    moment,
    owned,
    phrased,
    recipient_of,
)
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk

Action = Literal["list", "extend", "pause", "resume", "follow"]
Edit = Callable[[Subscription, datetime], Subscription]

_BY_USER = "you paused it"
_TEXT = 2000  # characters
_ROW, _ACTED_ON = 5, 10  # buttons a row; alerts that have some

_EDITS: Mapping[str, tuple[str, Edit]] = {
    "extend": ("Lasts longer", lambda each, at: extended(each, at + LASTING)),
    "pause": ("Paused", lambda each, _: replace(each, paused=each.paused or _BY_USER)),
    "resume": ("Goes on", lambda each, _: replace(each, paused="")),
    "follow": ("Follows what moved", lambda each, at: replace(each, followed_at=at)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What to do with which; None: all of one's own."""

    action: Annotated[Action, one_of("action", ("list", *_EDITS))] = "list"
    number: Annotated[int | None, NUMBER] = None


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    at = desk.clock.now()
    recipient, numbers = await recipient_of(desk, caller)
    if asked.action == "list":
        return await _listed(desk, caller, recipient, numbers, at)
    done, edit = _EDITS[asked.action]
    found = [edit(each, at) for each in await chosen(desk, caller, asked.number)]
    for each in found:
        await desk.ledger.subscriptions.put(each)
    if asked.action == "resume" and recipient.disabled:  # who writes can be written to
        await desk.ledger.recipients.put(replace(recipient, disabled="", failures=0))
    text = [(Bold(f"{done}:"), " ", *_line(each, desk, at, numbers)) for each in found]
    return Message(
        text=shorten(tuple(text), _TEXT),
        buttons=((Button(MINE, "alerts"),),),
        private=True,
    )


async def _listed(
    desk: Desk, caller: Caller, recipient: Recipient, numbers: Numbers, at: datetime
) -> Message:
    """List what is told, and what keeps it from being told."""
    own = await owned(desk, caller)
    whose = "Alerts of this chat" if caller.speaks_for else "Your alerts"
    text: list[Line] = [(Bold(whose), f" {len(own)}/{desk.caps.of(caller.home)}")]
    text += [_line(each, desk, at, numbers) for each in own]
    if not own:
        text.append(("None yet; /subscribe makes one.",))
    text += _hushed(recipient, at, numbers)
    return Message(
        text=shorten(tuple(text), _TEXT),
        buttons=_buttons(own, recipient, at),
        private=True,
        in_place=True,
    )


def _line(each: Subscription, desk: Desk, at: datetime, numbers: Numbers) -> Line:
    """Say what one is told of, and until when or why not."""
    state = f"until {moment(each.expires_at, numbers)}"
    if each.paused:
        state = "paused" if each.paused == _BY_USER else f"paused: {each.paused}"
    elif at >= each.expires_at:
        state = "ended"
    called = f" · calls role {each.role}" if each.role else ""
    said = phrased(each, desk.alerts.terms)
    return (Bold(f"#{each.id}"), f" {said} ", Dim(f"· {state}{called}"))


def _hushed(recipient: Recipient, at: datetime, numbers: Numbers) -> Iterator[Line]:
    if recipient.disabled:
        yield (Bold("Nothing is sent"), f": {recipient.disabled}. /alerts resume mends it.")
    for each in recipient.mutes:
        if at < each.until:
            yield (Bold("Muted"), f" {market(each.base)} until {moment(each.until, numbers)}")
    if recipient.quiet is not None:
        yield (Bold("Quiet"), f" {recipient.quiet.words}")


def _buttons(
    own: Sequence[Subscription], recipient: Recipient, at: datetime
) -> tuple[tuple[Button, ...], ...]:
    acted_on = own[:_ACTED_ON]
    stops = [Button(f"Stop #{each.id}", f"unsubscribe {each.id}") for each in acted_on]
    rests = [_rest(each) for each in acted_on]
    rest = [Button("+ New", "subscribe"), Button("Test", "test")]
    if any(each.paused for each in own) or (own and recipient.disabled):
        rest.append(Button("Resume all", "alerts resume all"))
    elif own:
        rest.append(Button("Pause all", "alerts pause all"))
    if any(at < each.until for each in recipient.mutes):
        rest.append(Button("Unmute", "unmute all"))
    rows = [each[i : i + _ROW] for i in range(0, len(stops), _ROW) for each in (stops, rests)]
    return (*map(tuple, rows), tuple(rest))


def _rest(each: Subscription) -> Button:
    """Return what ends that one is told of something, or that one is not, for a while."""
    if each.paused:
        return Button(f"Resume #{each.id}", f"alerts resume {each.id}")
    return Button(f"Pause #{each.id}", f"alerts pause {each.id}")


COMMAND = Command(
    name="alerts",
    summary="List your alerts; extend, pause, resume or follow one",
    arguments=Arguments,
    run=_run,
    personal=True,
)
