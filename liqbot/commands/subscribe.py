"""/subscribe — say in words what to hear of; without words, what there is to hear of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite
from typing import Annotated

from liqbot.alerting.phrasing import EXAMPLES, parse
from liqbot.alerting.roster import Terms
from liqbot.alerting.showing import shown
from liqbot.alerting.subscription import LASTING, Recipient, Subscription, subscribed
from liqbot.chat.arguments import LINE, Known, Word, read_duration
from liqbot.chat.message import Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Dim, Line
from liqbot.commands._guide import ASKS, how_much, what_of_it, which_market
from liqbot.commands._own import ALL, moment, owned, owner, phrased, recipient_of
from liqbot.commands.command import Caller, Command, Desk
from liqbot.errors import CommandError, Unreadable
from liqbot.rules.rule import Finding

_FOR = re.compile(r",? for (\d+ ?[mhdw])$", re.IGNORECASE)
_ROLE = re.compile(r",? (?:role[ :=]+(?P<named>\S+)|(?P<bare><@&\S+))", re.IGNORECASE)
_MENTION = re.compile(r"(?:<@&)?([0-9]{1,20})>?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What to hear of, in words; "" = show what there is."""

    words: Annotated[
        str,
        Word(EXAMPLES[0], lambda text, _: text.strip(), lambda _: EXAMPLES),
        LINE,
    ] = ""


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    bases = Known(desk.markets.known()).bases
    terms, at = desk.alerts.terms, desk.clock.now()
    if (step := _step(asked.words, bases, terms)) is not None:
        return step
    plain, role = _called(asked.words, caller)
    words, lasting = _apart(plain)
    wish = parse(words, terms.rules, terms.settings, bases)
    others = await owned(desk, caller)
    wanted = subscribed(
        wish, caller.home, caller.user, at, others, lasting=lasting, caps=desk.caps, role=role
    )
    recipient, numbers = await recipient_of(desk, caller)
    if recipient.disabled:  # who writes can be written to
        recipient = replace(recipient, disabled="", failures=0)
        await desk.ledger.recipients.put(recipient)
    kept, found = await desk.alerts.subscribe(wanted)
    count = f"{len(others) + 1}/{desk.caps.of(caller.home)}"
    text = [
        (Bold(f"#{kept.id}"), f" {phrased(kept, terms)}"),
        (f"Until {moment(kept.expires_at, numbers)}. {owner(caller)} {count} alerts.",),
        *_hushed(recipient, wish.base, at, numbers),
        *_early(desk),
        *_already(desk, kept, found, numbers),
    ]
    stop, listed = Button("Stop", f"unsubscribe {kept.id}"), Button("My alerts", "alerts")
    row = (stop, listed, Button("+ New", "subscribe"))
    return Message(text=tuple(text), buttons=(row,), private=True, in_place=True)


def _step(words: str, bases: Sequence[str], terms: Terms) -> Message | None:
    """Return the next step of the guided way, as long as words only go along it."""
    if not words:
        return which_market(bases)
    named = {each.lower(): each for each in (*bases, ALL)}
    if (base := named.get(words.lower())) is not None:
        return what_of_it(base, terms.rules)
    if not words.endswith(ASKS):
        return None
    return how_much(parse(words.removesuffix(ASKS), terms.rules, terms.settings, bases), terms)


def _called(words: str, caller: Caller) -> tuple[str, str]:
    """Take which role is called, as its platform numbers it; "" for none."""
    found = _ROLE.search(words)
    if found is None:
        return words, ""
    if not caller.speaks_for:
        raise CommandError("A role is called in a shared chat alone: /channel add … role @role.")
    said = found["named"] or found["bare"]
    number = _MENTION.fullmatch(said)
    if number is None:
        raise Unreadable("role", said, "@role as the chat offers it, or its number")
    return words[: found.start()] + words[found.end() :], number[1]


def _apart(words: str) -> tuple[str, timedelta]:
    """Take for how long, which comes last: … for 7d."""
    found = _FOR.search(words)
    return (words[: found.start()], read_duration(found[1])) if found else (words, LASTING)


def _hushed(recipient: Recipient, base: str, at: datetime, numbers: Numbers) -> Iterator[Line]:
    """Say what keeps it from being told now."""
    ends = max((each.until for each in recipient.mutes if each.covers(base, at)), default=None)
    if ends is not None:
        yield (f"Muted until {moment(ends, numbers)}; /unmute ends that.",)


def _early(desk: Desk) -> Iterator[Line]:
    """Say so while the past still comes in, of which maps are made."""
    share = desk.markets.status().back_filling
    if share < 1:
        yield (f"The past still comes in, {int(share * 100)}%: until then clusters may change.",)


def _already(
    desk: Desk, kept: Subscription, found: Sequence[Finding], numbers: Numbers
) -> Iterator[Line]:
    """Say what is true now, which is no crossing."""
    if not found:
        return
    at = desk.clock.now()
    rule = desk.alerts.terms.rules[kept.wish.rule]
    yield ()
    yield (Bold("Already true now:"),)
    yield from shown(rule, found, numbers, at, at - _age(desk, found))
    yield (Dim("You hear of it when it comes back, changes much or comes nearer."),)


def _age(desk: Desk, found: Sequence[Finding]) -> timedelta:
    """Return how old the oldest is of what some findings rest on, as far as was heard."""
    bases = {base for each in found for base in each.markets}
    there = [e for e in desk.markets.status().markets if e.instrument.base in bases]
    seen = [each for each in there if not each.blind] or there
    return timedelta(seconds=max(filter(isfinite, (e.age_s for e in seen)), default=0.0))


COMMAND = Command(
    name="subscribe",
    summary="Hear of what you name in words",
    arguments=Arguments,
    run=_run,
    personal=True,
)
