"""/why — why an alert was told, and how the numbers of an answer are made.

Of an alert it tells the rule, its numbers against their lines, and its steps. The numbers of an
answer are worked out again, as of now, and taken apart into what venues told.
"""

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
from liqbot.chat.richtext import Bold, Code, shorten
from liqbot.commands import COMMANDS
from liqbot.commands._own import recipient_of
from liqbot.commands.command import Caller, Command, apart
from liqbot.desk import Desk
from liqbot.errors import CommandError, Unreadable, excerpt, nearest

_LONGEST = 32
_TEXT = 2000  # characters
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
    name, words = apart(asked.answer)
    command = COMMANDS.get(name)
    if command is not None and command.trace is not None:
        trace = await command.explain(desk, caller, words)
        return Message(text=trace.lines(_TEXT), private=command.personal)
    if command is not None or words:
        raise CommandError(_untraced(name, words))
    return await _told(desk, caller, _id(asked.answer))


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


async def _told(desk: Desk, caller: Caller, name: str) -> Message:
    """Say why an alert, or a message with several, was told to whoever asks, or where they ask."""
    _, numbers = await recipient_of(desk, caller)
    here = {caller.chat, caller.home}  # what was told in a chat is no secret in it
    told = [each for each in await desk.ledger.deliveries.about(name) if each.chat in here]
    alerts = _alerts(told)
    if not alerts:
        near = nearest(name, _traced()) if name.isalpha() else None
        tried = f"Did you mean /why {near}?" if near else "Try the Why button below one."
        raise CommandError(f"No alert “{excerpt(name)}” was told here or to you. {tried}")
    if len(alerts) > _IN_FULL:
        return _summed_up(alerts, numbers)
    return Message(text=shorten(why(told, numbers), _TEXT), private=True)


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
