"""A wish kept for whoever has it, and what there is to say of that."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import isfinite

from liqbot.alerting.showing import shown
from liqbot.alerting.subscription import LASTING, Recipient, Subscription, Wish, subscribed
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Dim, Line
from liqbot.commands._own import moment, owned, owner, recipient_of
from liqbot.commands.command import Caller
from liqbot.desk import Desk
from liqbot.rules.rule import Finding


async def keep(
    desk: Desk, caller: Caller, wish: Wish, *, lasting: timedelta = LASTING, role: str = ""
) -> tuple[Subscription, list[Line]]:
    """Subscribe a caller to what they wish; return it numbered, and what to tell them of it.

    Raise CommandError for one too many, one that is there already or one that lasts too long.
    """
    at, others = desk.clock.now(), await owned(desk, caller)
    wanted = subscribed(
        wish, caller.home, caller.user, at, others, lasting=lasting, caps=desk.caps, role=role
    )
    recipient, numbers = await recipient_of(desk, caller)
    if recipient.disabled:  # who writes can be written to
        recipient = replace(recipient, disabled="", failures=0)
        await desk.ledger.recipients.put(recipient)
    kept, found = await desk.alerts.subscribe(wanted)
    count = f"{len(others) + 1}/{desk.caps.of(caller.home)}"
    return kept, [
        (f"Until {moment(kept.expires_at, numbers)}. {owner(caller)} {count} alerts.",),
        *_hushed(recipient, wish.base, at, numbers),
        *_early(desk),
        *_already(desk, kept, found, numbers),
    ]


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
