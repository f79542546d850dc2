"""/why — why an alert was told, and how the numbers of an answer are made.

Of an alert it tells the rule, its numbers against their lines, and its steps. The numbers of an
answer are worked out again, as of now, and taken apart into what venues told.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from liqbot.alerting.alert import Alert
from liqbot.alerting.delivery import Delivery, latest
from liqbot.alerting.figures import figure
from liqbot.alerting.wording import why
from liqbot.chat.arguments import LINE, Known, Word
from liqbot.chat.message import Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Code, RichText, paged, shorten
from liqbot.commands import COMMANDS
from liqbot.commands._own import recipient_of
from liqbot.commands._pressing import exactly
from liqbot.commands.command import Caller, Command, apart
from liqbot.desk import Desk
from liqbot.errors import CommandError, Unreadable, excerpt, nearest

_LONGEST = 32
_TEXT = 2000  # characters of a page
_PAGE = re.compile(r"(.+?)\s+page\s+(\d{1,3})", re.IGNORECASE)
_IN_FULL, _WHYS = 2, 5  # alerts that are explained at once; buttons to others


def _examples(known: Known) -> Iterator[str]:
    """Yield what can be asked about: each command that takes a market, with each market."""
    for name in _traced():
        markets = any(slot.name == "market" for slot in COMMANDS[name].slots)
        yield from (f"{name} {base}" for base in known.bases) if markets else [name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which alert, which message with several, or which command as it was typed."""

    answer: Annotated[
        str,
        Word(
            "a command as you typed it: whatif BTC 62000; or an alert's name",
            lambda text, _: text.strip(),
            _examples,
        ),
        LINE,
    ]


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    answer, page = _page(asked.answer)
    name, words = apart(answer)
    command = COMMANDS.get(name)
    if command is not None and command.trace is not None:
        trace = await command.explain(desk, caller, words)
        return _shown(trace.lines, answer, page, private=command.personal)
    if command is not None or words:
        raise CommandError(_untraced(name, words))
    told, numbers = await _told(desk, caller, _id(answer))
    alerts = _alerts(told)
    if len(alerts) > _IN_FULL:
        return _summed_up(alerts, numbers)
    return _shown(why(told, numbers), answer, page, private=True)


def _page(answer: str) -> tuple[str, int]:
    """Tell the page that is asked for from the rest: "levels BTC page 2"."""
    found = _PAGE.fullmatch(answer)
    return (found[1], int(found[2])) if found else (answer, 1)


def _shown(text: RichText, answer: str, page: int, *, private: bool) -> Message:
    """Return a page of a text, the last where it has not so many, and a button to the next."""
    pages = paged(text, _TEXT)
    page = min(max(page, 1), len(pages))
    if page == len(pages):
        return Message(text=pages[-1], private=private)
    following = f"why {answer} page {page + 1}"
    more = exactly("More", following)
    return Message(
        text=(*pages[page - 1], *([] if more else [("More: ", Code(f"/{following}"))])),
        buttons=((more,),) if more else (),
        private=private,
    )


def _traced() -> list[str]:
    return [name for name, each in COMMANDS.items() if each.trace is not None]


def _untraced(name: str, words: str) -> str:
    """Say what can be asked about instead of something whose numbers are not made of others."""
    if near := nearest(name, _traced()):
        return f"Did you mean /why {near} {excerpt(words)}?" if words else f"Try /why {near}."
    return f"“{excerpt(name)}” has no numbers to take apart. Try /why {', '.join(_traced())}."


def _id(text: str) -> str:
    plain = text.removeprefix("#").lower()
    if not (plain.isascii() and plain.isalnum() and len(plain) <= _LONGEST):
        raise Unreadable("name of an alert", text, "the Why button below it")
    return plain


async def _told(desk: Desk, caller: Caller, name: str) -> tuple[list[Delivery], Numbers]:
    """Return what was told of an alert, or with a message, to whoever asks or where they ask."""
    _, numbers = await recipient_of(desk, caller)
    here = {caller.chat, caller.home}  # what was told in a chat is no secret in it
    told = [each for each in await desk.ledger.deliveries.about(name) if each.chat in here]
    if not any(each.alert for each in latest(told).values()):
        near = nearest(name, _traced()) if name.isalpha() else None
        tried = f"Did you mean /why {near}?" if near else "Try the Why button below one."
        raise CommandError(f"No alert “{excerpt(name)}” was told here or to you. {tried}")
    return told, numbers


def _alerts(told: Iterable[Delivery]) -> list[Alert]:
    """Return the alerts as they were last told, the largest first, each thing once."""
    found = [each.alert for each in latest(told).values() if each.alert is not None]
    found.sort(key=lambda each: (-each.usd, each.id))
    return list({each.fingerprint[1:]: each for each in reversed(found)}.values())[::-1]


def _summed_up(alerts: Sequence[Alert], numbers: Numbers) -> Message:
    """Give many a line each, and a button to the largest."""
    text = [
        (f"{i}. ", Bold(_title(each)), f": {_measure(each, numbers)} ", Code(each.id))
        for i, each in enumerate(alerts, 1)
    ]
    whys = tuple(Button(f"Why {i}", f"why {each.id}") for i, each in enumerate(alerts[:_WHYS], 1))
    return Message(text=shorten(tuple(text), _TEXT), buttons=(whys,), private=True)


def _title(alert: Alert) -> str:
    return (
        f"{alert.fingerprint.base or ', '.join(alert.finding.markets)} · {alert.finding.headline}"
    )


def _measure(alert: Alert, numbers: Numbers) -> str:
    """Say the number that counts, and how large it is."""
    fact = alert.finding.criteria[0].fact
    usd = f", {numbers.usd(alert.usd)}" if alert.usd else ""
    return f"{fact.label} {figure(fact.value, fact.unit, numbers)}{usd}"


COMMAND = Command(
    name="why",
    summary="Say how an answer's numbers are made, or why an alert was told",
    arguments=Arguments,
    run=_run,
    personal=True,
)
