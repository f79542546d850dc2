"""/watch — keep a position of one's own, and hear when its end comes near."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from liqbot.alerting.subscription import LASTING, SHORTEST, Subscription, Wish
from liqbot.chat.arguments import LINE, Known, Word, read_duration
from liqbot.chat.facts import venue_name
from liqbot.chat.message import LONGEST_WORDS, Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Code, Dim, Line, shorten
from liqbot.commands._assessment import Assessment, assess
from liqbot.commands._held import described, held, let_go
from liqbot.commands._keeping import keep
from liqbot.commands._own import NUMBER, moment, recipient_of
from liqbot.commands._position import EXAMPLE, EXAMPLES
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.errors import CommandError, OutOfRange
from liqbot.market.holding import Holding

RULE = "own_position"

_TEXT = 2000  # characters
_ROW, _ACTED_ON = 5, 10  # buttons a row; positions that have some
_END = re.compile(r"(?:stop|end|remove|off) *(#?\d+|all)", re.IGNORECASE)
_FOR = re.compile(r",? for (\d+ ?[mhdw])$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """A position, in words; "" = list those that are watched."""

    words: Annotated[
        str, Word(EXAMPLE, lambda text, _: text.strip(), lambda _: (*EXAMPLES, "stop 3")), LINE
    ] = ""


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    if not asked.words or asked.words.lower() == "list":
        return await _listed(desk, caller)
    if ended := _END.fullmatch(asked.words):
        return await let_go(desk, caller, NUMBER.read(ended[1], Known()))
    if RULE not in desk.alerts.terms.rules:
        raise CommandError("Positions are not watched here; /check tells of one as it is now.")
    span = _FOR.search(asked.words)
    lasting = read_duration(span[1]) if span else LASTING
    found = await assess(desk, asked.words[: span.start()] if span else asked.words)
    _confirm(found)
    wish = Wish(
        rule=RULE,
        base=found.position.base,
        grade="D",
        lone=True,
        cooldown=SHORTEST,  # each nearer tier is news, and soon
        holding=found.holding,
    )
    kept, told = await keep(desk, caller, wish, lasting=lasting)
    _, numbers = await recipient_of(desk, caller)
    text = [
        (Bold(f"#{kept.id}"), f" {described(found.position.base, found.holding, numbers)}"),
        *_watched(found, numbers),
        *told,
    ]
    return Message(
        text=shorten(tuple(text), _TEXT), buttons=_buttons([(kept, found.holding)]), private=True
    )


def _confirm(found: Assessment) -> None:
    """Raise OutOfRange for a position that has ended, or that nothing ends."""
    price, position = found.first.price, found.position
    if found.mark is not None and position.side.sign * (found.mark - price) <= 0:
        raise OutOfRange(
            f"Price is past the liquidation price on {venue_name(found.first.venue)} already."
        )
    if position.stop is None and not price > 0:
        raise OutOfRange("No price above 0 liquidates that; say a stop to watch.")


def _watched(found: Assessment, numbers: Numbers) -> tuple[Line, ...]:
    """Say what is looked at."""
    first = found.first
    several = "" if found.position.venue else ", the first of your market's venues; name yours"
    price = numbers.price(first.price) if first.price > 0 else "none above 0"
    stop = " or the stop" if found.position.stop is not None else ""
    return (
        (f"Liquidation price {price} on {venue_name(first.venue)}{several}.",),
        (f"You hear when price comes near it, and when a cluster stands at it{stop}.",),
    )


async def _listed(desk: Desk, caller: Caller) -> Message:
    there = await held(desk, caller)
    _, numbers = await recipient_of(desk, caller)
    text: list[Line] = [(Bold("Positions watched"), f" {len(there)}")]
    for each, holding in there:
        said = described(each.wish.base, holding, numbers)
        state = "paused" if each.paused else f"until {moment(each.expires_at, numbers)}"
        text.append((Bold(f"#{each.id}"), f" {said} ", Dim(f"· {state}")))
    if not there:
        text += [("None yet. Say one, such as",), (Code(f"/watch {EXAMPLE}"),)]
    text.append((Dim("Only you see them, and you alone are told."),))
    return Message(
        text=shorten(tuple(text), _TEXT), buttons=_buttons(there), private=True, in_place=True
    )


def _buttons(
    there: Sequence[tuple[Subscription, Holding]],
) -> tuple[tuple[Button, ...], ...]:
    acts = [(f"Stop #{each.id}", f"unwatch {each.id}") for each, _ in there[:_ACTED_ON]]
    checks = [
        (f"Check #{each.id}", f"/check {each.wish.base} {holding.words}")
        for each, holding in there[:_ROW]
    ]
    fit = [Button(*each) for each in checks if len(each[1].encode()) <= LONGEST_WORDS]
    stops = [Button(*each) for each in acts]
    rows = [stops[i : i + _ROW] for i in range(0, len(stops), _ROW)]
    return tuple(tuple(each) for each in (*rows, fit) if each)


COMMAND = Command(
    name="watch",
    summary="Watch a position of yours: hear when its end comes near",
    arguments=Arguments,
    run=_run,
    personal=True,
)
