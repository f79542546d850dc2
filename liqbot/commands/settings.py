"""/settings — how a chat reads times, figures and pictures, and how to be forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args

from liqbot.alerting.quiet import read_zone, zone_names
from liqbot.alerting.subscription import Recipient
from liqbot.charts.chart import RANGES, ColourMap, Size, ThemeName, View
from liqbot.chat.arguments import Word, one_of
from liqbot.chat.message import Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Code, Dim, Line
from liqbot.commands._own import recipient_of
from liqbot.commands._picture import RANGE
from liqbot.commands.command import Caller, Command, view_of
from liqbot.desk import Desk
from liqbot.errors import CommandError

Action = Literal["reset", "forget", "forget-everything"]

_ACTIONS = one_of("action", get_args(Action), "reset, or forget: all that is kept of you")
_LOCALES = ("en", "en_IN", "de", "de_CH", "fr", "es", "it", "pt_BR", "nl", "pl", "ru", "tr", "ja")
_LOOKS = ("zone", "locale", "theme", "colours", "size")
_BUTTONS = (
    (*RANGES,),
    (*get_args(ThemeName), "portrait", "wide"),
    (*get_args(ColourMap),),
)
_SAMPLE = 1_234_567.5
_EXAMPLE = "/settings Berlin de light 7d"

# What cannot be undone is not offered before it was asked about.
ACTION = replace(_ACTIONS, names=lambda _: get_args(Action)[:2])
ZONE = Word("Europe/Berlin, or Berlin", lambda text, _: read_zone(text), lambda _: zone_names())


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What to set; None: as it was. Nothing: show what there is."""

    action: Annotated[Action | None, ACTION] = None
    zone: Annotated[str | None, ZONE] = None
    numbers: Annotated[str | None, one_of("number style", _LOCALES)] = None
    theme: Annotated[str | None, one_of("theme", get_args(ThemeName))] = None
    colours: Annotated[str | None, one_of("colour map", get_args(ColourMap))] = None
    range: Annotated[timedelta | None, RANGE] = None
    size: Annotated[str | None, one_of("size", get_args(Size))] = None

    def after(self, recipient: Recipient) -> Recipient:
        """Return a chat as it is wanted from now on."""
        looks = {name: getattr(recipient, name) for name in (*_LOOKS, "range")}
        if self.action == "reset":
            looks = dict.fromkeys(looks, "")
        span = next((each.name for each in RANGES.values() if each.length == self.range), None)
        given = {name: getattr(self, name) for name in ("zone", "theme", "colours", "size")}
        given |= {"locale": self.numbers, "range": span}
        return replace(recipient, **looks | {name: said for name, said in given.items() if said})


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    if asked.action in ("forget", "forget-everything"):
        return await _forgotten(desk, caller, confirmed=asked.action != "forget")
    recipient, _ = await recipient_of(desk, caller)
    after = asked.after(recipient)
    if after != recipient:
        await desk.ledger.recipients.put(after)
    view = view_of(desk.view, after)
    whose = "this chat reads them" if caller.speaks_for else "you read them"
    text = _shown(view, desk.clock.now(), whose)
    return Message(text=tuple(text), buttons=_buttons(view, caller), private=True, in_place=True)


def _shown(view: View, at: datetime, whose: str) -> Iterator[Line]:
    numbers = Numbers(view.locale, view.zone)
    looks = f"{view.theme}, {view.colours}, {view.span.name}, {view.size}"
    yield (Bold("Times, figures and pictures"), f" as {whose}")
    yield ("Time zone: ", Bold(view.zone), f", {numbers.local(at):%H:%M} now")
    yield ("Number style: ", Bold(view.locale), f", {numbers.decimal(_SAMPLE, 1)}")
    yield ("Amounts: ", Bold("USD"), ", as the venues tell them; no other currency yet")
    yield ("Pictures: ", Bold(looks))
    yield (Code(_EXAMPLE), Dim(f" sets them, in any order. Number styles: {', '.join(_LOCALES)}."))


def _buttons(view: View, caller: Caller) -> tuple[tuple[Button, ...], ...]:
    """Offer what is not so yet, and the way back."""
    now = {view.theme, view.colours, view.span.name, view.size}
    rows = [
        tuple(Button(each.capitalize(), f"settings {each}") for each in row if each not in now)
        for row in _BUTTONS
    ]
    last = [Button("As usual", "settings reset")]
    if not caller.speaks_for:
        last.append(Button("Forget me", "settings forget"))
    return (*rows, tuple(last))


async def _forgotten(desk: Desk, caller: Caller, *, confirmed: bool) -> Message:
    """Ask whether somebody is to be forgotten, or forget them."""
    if caller.speaks_for:
        raise CommandError("That is about a person: say settings forget in your own chat with me.")
    if confirmed:
        gone = await desk.alerts.forget(caller.home)
        what = f"{_counted(len(gone))}, and all else kept of you" if gone else "all kept of you"
        text: Line = (Bold("Erased"), f": {what}.")
        return Message(text=(text,), private=True, in_place=True)
    theirs = await desk.ledger.subscriptions.listed(user=caller.user)
    count = sum(each.chat.platform == caller.home.platform for each in theirs)
    alerts = f"{_counted(count)}, also those that you added to groups and channels, and"
    asked: tuple[Line, ...] = (
        (Bold("Erase all that is kept of you?"),),
        (f"That is {f'{alerts} ' if count else ''}what was told to you, your mutes,",),
        ("quiet hours and settings. It cannot be undone.",),
    )
    sure = Button("Erase everything", "settings forget-everything")
    row = (sure, Button("Keep it", "settings"))
    return Message(text=asked, buttons=(row,), private=True, in_place=True)


def _counted(alerts: int) -> str:
    return f"{alerts} alert{'' if alerts == 1 else 's'}"


COMMAND = Command(
    name="settings",
    summary="Set how you read times, figures and pictures; or be forgotten",
    arguments=Arguments,
    run=_run,
    personal=True,
)
