"""/subscribe — say in words what to hear of; without words, what there is to hear of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from liqbot.alerting.phrasing import EXAMPLES, parse
from liqbot.alerting.roster import Terms
from liqbot.alerting.speaking import MINE
from liqbot.alerting.subscription import LASTING
from liqbot.chat.arguments import LINE, Known, Word, read_duration
from liqbot.chat.message import Button, Message
from liqbot.chat.richtext import Bold
from liqbot.commands._guide import ASKS, how_much, what_of_it, which_market
from liqbot.commands._keeping import keep
from liqbot.commands._own import ALL, phrased
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.errors import CommandError, Unreadable

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
    terms = desk.alerts.terms
    if (step := _step(asked.words, bases, terms)) is not None:
        return step
    plain, role = _called(asked.words, caller)
    words, lasting = _apart(plain)
    wish = parse(words, terms.rules, terms.settings, bases)
    kept, told = await keep(desk, caller, wish, lasting=lasting, role=role)
    text = [(Bold(f"#{kept.id}"), f" {phrased(kept, terms)}"), *told]
    stop, listed = Button("Stop", f"unsubscribe {kept.id}"), Button(MINE, "alerts")
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


COMMAND = Command(
    name="subscribe",
    summary="Hear of what you name in words",
    arguments=Arguments,
    run=_run,
    personal=True,
)
