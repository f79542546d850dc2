"""What the commands share that answer with a picture: their words, captions and buttons."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar, get_args

from liqbot.charts.chart import (
    RANGES,
    ColourMap,
    Noise,
    Picture,
    Scaling,
    Size,
    ThemeName,
    View,
)
from liqbot.chat.arguments import (
    DURATION,
    EVERY_VENUE,
    MARKET,
    NAMED,
    PHRASE,
    VENUE,
    one_of,
    write_duration,
)
from liqbot.chat.badges import badges, kind
from liqbot.chat.facts import change, venue_name
from liqbot.chat.message import LONGEST_WORDS, Attachment, Button, Message
from liqbot.chat.moments import MOMENT, Moment, write_moment
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Dim, Line, RichText, length, shorten
from liqbot.chat.spans import span_of
from liqbot.commands._pressing import WHERE
from liqbot.commands.command import Caller, view_of
from liqbot.desk import Desk
from liqbot.errors import OutOfRange, StorageError
from liqbot.heatmap.history import History
from liqbot.market.calendar import next_release
from liqbot.market.instrument import MarketQuery, choose

Rows = tuple[tuple[Button, ...], ...]

CAPTION = 1024  # characters that chats take beside a picture

_STEP = timedelta(hours=1)  # from one moment of the past to the next
_WIDEST = 5  # buttons a row, on a phone
_VIEWS = ("heatmap", "levels", "delta", "tiers", "venues")
_CLOSING: RichText = (
    (Dim("If price went there, about so much would be force-closed: modelled → expected."),),
    (Dim("Modelled, not measured. Not a forecast. Not advice."),),
)


RANGE = replace(span_of({each.name: each.length for each in RANGES.values()}), fixed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Which market, and how it is to look; None: as the desk has it."""

    market: Annotated[MarketQuery, MARKET]
    range: Annotated[timedelta | None, RANGE] = None
    venue: Annotated[str | None, VENUE] = None
    theme: Annotated[str | None, one_of("theme", get_args(ThemeName))] = None
    colours: Annotated[str | None, one_of("colour map", get_args(ColourMap))] = None
    size: Annotated[str | None, one_of("size", get_args(Size))] = None
    scale: Annotated[str | None, one_of("scale", get_args(Scaling))] = None
    noise: Annotated[str | None, one_of("noise", get_args(Noise))] = None
    age: Annotated[timedelta | None, DURATION, NAMED] = None
    at: Annotated[Moment | None, MOMENT, PHRASE] = None  # None: now

    @property
    def query(self) -> MarketQuery:
        """The market on the venue asked for; raise OutOfRange where two are."""
        if self.venue in {None, EVERY_VENUE, self.market.venue}:
            return self.market
        if self.market.venue is not None:
            raise OutOfRange(
                f"{written(self.market)} is on {self.market.venue}, and you ask for {self.venue}."
            )
        return replace(self.market, venue=self.venue)

    def view(self, usual: View) -> View:
        """How it is to look."""
        names = ("range", "theme", "colours", "size", "scale", "noise")
        given: dict[str, Any] = {name: getattr(self, name) for name in names}
        return replace(usual, **{name: look for name, look in given.items() if look is not None})


Wanted = TypeVar("Wanted", bound=Look)
Body = Callable[[History, Numbers, Picture], Sequence[Line]]


def pictured(
    chart: str, title: str, body: Body
) -> Callable[[Desk, Caller, Look], Awaitable[Message]]:
    """Return a command's `run` that answers with a chart and a caption with a body."""

    async def run(desk: Desk, caller: Caller, asked: Look) -> Message:
        view = asked.view(await usual(desk, caller))
        asked, history = await looked_at(desk, asked, view)
        picture = await desk.studio.draw(chart, history, view)
        lines = body(history, Numbers(view.locale, view.zone), picture)
        text = caption(history, view, f"{title} · {view.span.name}", lines)
        offered = buttons(chart, asked, view, listed_on(desk, asked), desk.clock.now())
        return answered(text, attached(chart, history, picture), view, offered)

    return run


async def looked_at(desk: Desk, asked: Wanted, view: View) -> tuple[Wanted, History]:
    """Return the market as it is, or as it was known at the moment asked for, which is then UTC's.

    Raise as `history` of either, and OutOfRange for a moment that is still to come.
    """
    if asked.at is None:
        return asked, await desk.markets.history(asked.query, view.range, asked.age)
    at = asked.at.seen_from(desk.clock.now(), view.zone)
    history = await desk.past.history(asked.query, view.range, at, asked.age)
    return replace(asked, at=Moment.of(at)), history


async def usual(desk: Desk, caller: Caller) -> View:
    """Return how pictures look to the chat that one comes into; as to all where none can say."""
    view = replace(desk.view, macro_at=next_release(desk.calendar, desk.clock.now()))
    try:
        recipient = await desk.ledger.recipients.get(caller.chat)
    except StorageError:  # a picture needs no database
        return view
    return view_of(view, recipient)


def told(_: History, __: Numbers, picture: Picture) -> Sequence[Line]:
    """Return what a picture says of itself, a sentence a line."""
    return [(sentence,) for sentence in picture.told]


def attached(chart: str, history: History, picture: Picture) -> Attachment:
    """Return a picture that is called by market and minute."""
    name = f"{history.base.lower()}-{chart}-{history.at.astimezone(UTC):%Y%m%d-%H%M}.png"
    return Attachment(name=name, content=picture.png, alt=picture.alt)


def listed_on(desk: Desk, asked: Look) -> tuple[str, ...]:
    """Return the venues that a market can be looked at on."""
    anywhere = replace(asked.market, venue=None)
    return tuple(each.venue for each in choose(anywhere, desk.markets.known()))


def answered(text: RichText, drawn: Attachment, view: View, offered: Rows) -> Message:
    """Return text beside a picture, a large one as a file, and what else to ask."""
    is_large = view.size == "hd"
    return Message(
        text=text,
        picture=None if is_large else drawn,
        document=drawn if is_large else None,
        buttons=offered,
        in_place=True,
    )


def caption(
    history: History, view: View, title: str, body: Sequence[Line], limit: int = CAPTION
) -> RichText:
    """Return what one has to know of a map around a body; of that, whole lines that fit."""
    numbers = Numbers(view.locale, view.zone)
    head = _heading(history, view, title, numbers)
    room = limit - length((*head, *_CLOSING)) - 1
    return (*head, *shorten(tuple(body), room), *_CLOSING)


def _heading(history: History, view: View, title: str, numbers: Numbers) -> list[Line]:
    warned = badges(history, numbers, view.macro_at)
    moved = change(history)
    since = "" if moved is None else f"  {numbers.percent(moved)} in 24 h"
    at = history.at.astimezone(UTC)
    here = numbers.local(at)
    local = "" if view.zone == "UTC" else f" ({here:%H:%M} {view.zone.rpartition('/')[2]})"
    kinds: list[Line] = [
        (
            Bold(" · ".join(each.text for each in kind(history))),
            " · " + "+".join(map(venue_name, history.venues)),
        ),
        (Bold(f"{warned[0].text}{local}"), " · not now")
        if history.is_past
        else (f"{at:%Y-%m-%d %H:%M} UTC{local} · {warned[0].text}",),
    ]
    cautions = [each.text for each in warned[1:] if each.is_caution]
    if cautions:
        kinds.append((Bold(" · ".join(cautions)),))
    return [
        (Bold(f"{history.base} {title}"),),
        (Bold(numbers.price(history.snapshot.mark)), since),
        *kinds,
    ]


def buttons(
    chart: str,
    asked: Look,
    view: View,
    venues: Sequence[str],
    now: datetime,
    *,
    own: str | None = None,
) -> Rows:
    """Return the other ranges, venues and views, and this one again; five a row at most.

    Of the past there are the hour before and after it, and now. `own` is a word that this view
    takes and no other.
    """
    ranges = (
        _button(each.name, chart, asked, each.length, own)
        for each in RANGES.values()
        if each.length != view.range
    )
    views = [
        _button(name.capitalize(), name, asked, asked.range) for name in _VIEWS if name != chart
    ]
    alone = asked.query.venue
    others = [EVERY_VENUE] * (alone is not None) + [each for each in venues if each != alone]
    elsewhere = (
        _button(_venue_label(each), chart, _on(asked, each), asked.range, own)
        for each in (others[:_WIDEST] if len(venues) > 1 else ())
    )
    again = [] if asked.at else [_button("↻ Refresh", chart, asked, asked.range, own)]
    where = _button(WHERE, f"why {chart}", asked, asked.range, own)
    rows = (_steps(chart, asked, now, own), ranges, elsewhere, views, [*again, where])
    return tuple(filter(None, (tuple(filter(None, row)) for row in rows)))


def _steps(chart: str, asked: Look, now: datetime, own: str | None) -> list[Button | None]:
    """Return the way through the past; nothing from now."""
    if asked.at is None:
        return []
    at = asked.at.seen_from(now, "UTC")
    moments = {"‹ 1h": at - _STEP, "1h ›": at + _STEP}
    there = {name: Moment.of(each) for name, each in moments.items() if each <= now}
    return [
        _button(name, chart, replace(asked, at=each), asked.range, own)
        for name, each in {**there, "Now": None}.items()
    ]


def _on(asked: Look, venue: str) -> Look:
    return replace(asked, market=replace(asked.market, venue=None), venue=venue)


def _venue_label(venue: str) -> str:
    return "All venues" if venue == EVERY_VENUE else venue_name(venue)


def _button(
    label: str, command: str, asked: Look, span: timedelta | None, own: str | None = None
) -> Button | None:
    """Return a button that asks the same of a command over a span; None where it carries no such.

    What only looks different is left out first.
    """
    venue = asked.venue if asked.venue != EVERY_VENUE else None
    age = f"age={write_duration(asked.age)}" if asked.age else None
    at = f"at={write_moment(asked.at)}" if asked.at else None
    needed = [command, written(asked.market), _named(span), venue, age, at, own]
    looks = [asked.theme, asked.size, asked.colours, asked.scale, asked.noise]
    for count in range(len(looks), -1, -1):
        words = _joined([*needed, *looks[:count]])
        if len(words.encode()) <= LONGEST_WORDS:
            return Button(label, words)
    return None


def _named(span: timedelta | None) -> str | None:
    return next((each.name for each in RANGES.values() if each.length == span), None)


def _joined(words: Iterable[str | None]) -> str:
    return " ".join(each for each in words if each)


def written(query: MarketQuery) -> str:
    """Write a market as it is read: BTC, BTC/USDT, bybit:BTC."""
    venue = f"{query.venue}:" if query.venue else ""
    quote = f"/{query.quote}" if query.quote else ""
    return f"{venue}{query.base}{quote}"
