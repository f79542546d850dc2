"""/why — why an alert was told: the rule, its numbers against their lines, and its steps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from liqbot.alerting.alert import Alert
from liqbot.alerting.delivery import Delivery, latest
from liqbot.alerting.figures import figure
from liqbot.alerting.wording import why
from liqbot.chat.arguments import Known, Word
from liqbot.chat.message import Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Code, shorten
from liqbot.commands._own import recipient_of
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.errors import CommandError, Unreadable, excerpt

_LONGEST = 32
_TEXT = 2000  # characters
_IN_FULL, _WHYS = 2, 5  # alerts that are explained at once; buttons to others


def _id(text: str, _: Known) -> str:
    plain = text.strip().removeprefix("#").lower()
    if not (plain.isascii() and plain.isalnum() and len(plain) <= _LONGEST):
        raise Unreadable("name of an alert", text, "the Why button below it")
    return plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which alert, or which message with several."""

    id: Annotated[str, Word("as the Why button below an alert says it", _id, lambda _: ())]


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    _, numbers = await recipient_of(desk, caller)
    here = {caller.chat, caller.home}  # what was told in a chat is no secret in it
    told = [each for each in await desk.ledger.deliveries.about(asked.id) if each.chat in here]
    alerts = _alerts(told)
    if not alerts:
        raise CommandError(
            f"No alert “{excerpt(asked.id)}” was told here or to you. Try the Why button below one."
        )
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
    summary="Say why an alert was told, with its numbers and steps",
    arguments=Arguments,
    run=_run,
    personal=True,
)
