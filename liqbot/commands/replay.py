"""/replay — the heatmap as it grew, as a short film."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Annotated, get_args

from liqbot.charts._replay import Replay
from liqbot.charts.chart import RANGES, ColourMap, ThemeName, View
from liqbot.chat.arguments import MARKET, PHRASE, VENUE, one_of
from liqbot.chat.badges import kind
from liqbot.chat.facts import venue_name
from liqbot.chat.message import Attachment, Button, Message
from liqbot.chat.moments import MOMENT, Moment, write_moment
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Dim, Line
from liqbot.commands._picture import RANGE, Look, looked_at, usual, written
from liqbot.commands._pressing import pressing, where_from
from liqbot.commands._tracing import traced
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.heatmap.history import History
from liqbot.market.instrument import MarketQuery
from liqbot.tracing.clusters import zone_lines
from liqbot.tracing.trace import Trace

_FORM = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Of which market, how much of the past, and how it is to look; None: as the desk has it."""

    market: Annotated[MarketQuery, MARKET]
    range: Annotated[timedelta | None, RANGE] = None
    venue: Annotated[str | None, VENUE] = None
    theme: Annotated[str | None, one_of("theme", get_args(ThemeName))] = None
    colours: Annotated[str | None, one_of("colour map", get_args(ColourMap))] = None
    at: Annotated[Moment | None, MOMENT, PHRASE] = None  # its last moment; None: now

    @property
    def look(self) -> Look:
        """The same, for one picture."""
        return Look(
            market=self.market,
            range=self.range,
            venue=self.venue,
            theme=self.theme,
            colours=self.colours,
            at=self.at,
        )


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    look, view, shown, history = await _played(desk, caller, asked)
    key = ("replay", view, history.base, history.venues, history.snapshot.at_ms, history.is_past)
    shots = [partial(shown.draw, frame) for frame in range(len(shown.ends))]
    film = await desk.studio.film(key, shots, shown.cut)
    last = shown.moment(-1)
    name = f"{history.base.lower()}-replay-{view.span.name}-{last:%Y%m%d-%H%M}.gif"
    return Message(
        text=tuple(_told(history, shown, view.span.name, Numbers(view.locale, view.zone))),
        picture=Attachment(name=name, content=film.gif, alt=film.alt),
        buttons=_buttons(look, view.range),
        in_place=True,
    )


async def _trace(desk: Desk, caller: Caller, asked: Arguments) -> Trace:
    _, view, shown, history = await _played(desk, caller, asked)
    numbers = Numbers(view.locale, view.zone)
    ends = [f"{shown.moment(end):{_FORM}}" for end in (0, -1)]
    moved: Line = (
        Bold(_moved(shown, numbers)),
        f" = {venue_name(history.leading)}'s closes of {' and '.join(ends)} UTC",
    )
    lines = (moved, *zone_lines(history, numbers))
    return traced(desk, history, (f"replay · {view.span.name}", lines), numbers)


async def _played(
    desk: Desk, caller: Caller, asked: Arguments
) -> tuple[Look, View, Replay, History]:
    """Return what is looked at, how, as a film and as it is at its end."""
    view = asked.look.view(await usual(desk, caller))
    look, history = await looked_at(desk, asked.look, view)
    return look, view, Replay(history, replace(view, size="portrait")), history


def _moved(shown: Replay, numbers: Numbers) -> str:
    begin, end = shown.price(0), shown.price(-1)
    return f"{numbers.price(begin)} → {numbers.price(end)}  {numbers.percent(end / begin - 1)}"


def _told(history: History, shown: Replay, span: str, numbers: Numbers) -> Iterator[Line]:
    first, last = shown.moment(0), shown.moment(-1)
    yield (Bold(f"{history.base} liquidation heatmap as it grew · {span}"),)
    yield (Bold(_moved(shown, numbers)),)
    kinds = " · ".join(each.text for each in kind(history))
    yield (Bold(kinds), " · " + "+".join(map(venue_name, history.venues)))
    yield (f"{first:{_FORM}} to {last:{_FORM}} UTC",)
    yield (Dim("Each frame is what was known by then; no column is painted anew."),)
    yield (Dim("Modelled, not measured. Not a forecast. Not advice."),)


def _buttons(look: Look, span: timedelta) -> tuple[tuple[Button, ...], ...]:
    """Return the other ranges; the map at the end of it, and this again up to now."""
    market, at = written(look.market), f"at={write_moment(look.at)}" if look.at else None
    rest = [each for each in (at, look.venue, look.theme, look.colours) if each]
    own = next(each.name for each in RANGES.values() if each.length == span)
    ranges = [pressing(each, "replay", market, each, *rest) for each in RANGES if each != own]
    others = [
        pressing("Heatmap", "heatmap", market, own, *rest),
        pressing("Now" if at else "↻ Refresh", "replay", market, own, *rest[bool(at) :]),
        where_from("replay", market, own, look.venue, at),
    ]
    rows = (tuple(filter(None, row)) for row in (ranges, others))
    return tuple(filter(None, rows))


COMMAND = Command(
    name="replay",
    summary="Play how the heatmap grew",
    arguments=Arguments,
    run=_run,
    draws=True,
    trace=_trace,
)
