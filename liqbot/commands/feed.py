"""/feed — what was force-closed lately, and what is left of the cluster that price is in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import partial
from itertools import islice
from typing import Annotated, get_args

from liqbot.alerting.figures import figure
from liqbot.charts._feed import NOTE, draw_feed
from liqbot.charts.chart import Size, ThemeName, View
from liqbot.chat.arguments import MARKET, VENUE, one_of
from liqbot.chat.facts import change, venue_name
from liqbot.chat.message import Attachment, Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import (
    ARROW,
    completeness,
    eaten_in_words,
    newest_in_words,
    order_in_words,
    side_in_words,
)
from liqbot.chat.richtext import Bold, Dim, Line, shorten
from liqbot.chat.spans import span_of
from liqbot.commands._picture import CAPTION, Look, usual, written
from liqbot.commands._pressing import pressing, where_from
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.heatmap.feed import Feed, feed_of, usd_by_side
from liqbot.market.instrument import MarketQuery
from liqbot.market.units import Side
from liqbot.rules.rule import Blind, Finding, Scene
from liqbot.tracing.prints import finding_line, print_lines, tape_lines
from liqbot.tracing.trace import Trace, moved_line

_SPANS = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "12h": timedelta(hours=12),
    "24h": timedelta(hours=24),
}
_DAY = timedelta(hours=24)  # of the map, which is at hand
_LARGEST = 3  # orders that are told
_FACTS = 3  # of a cascade
_RUNNING, _OVER = "cascade_start", "cascade_end"  # the rules that tell of cascades


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which market, how much of the past, and how it is to look; None: as the desk has it."""

    market: Annotated[MarketQuery, MARKET]
    range: Annotated[timedelta, span_of(_SPANS)] = _SPANS["1h"]
    venue: Annotated[str | None, VENUE] = None
    theme: Annotated[str | None, one_of("theme", get_args(ThemeName))] = None
    size: Annotated[str | None, one_of("size", get_args(Size))] = None

    @property
    def query(self) -> MarketQuery:
        """The market on the venue asked for; raise OutOfRange where two are."""
        return Look(market=self.market, venue=self.venue).query

    def view(self, usual: View) -> View:
        """How it is to look."""
        return Look(market=self.market, theme=self.theme, size=self.size).view(usual)

    @property
    def named(self) -> str:
        """How the range is called."""
        return next(name for name, span in _SPANS.items() if span == self.range)


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    view, feed = await _heard(desk, caller, asked)
    history = feed.history
    scene = await desk.scenes.scene(history.base, history.at)
    numbers = Numbers(view.locale, view.zone)
    found = _cascade(desk, scene)
    state = [found if isinstance(found, str) else _in_short(found, numbers)]
    if feed.eaten is not None:
        state.append(f"ESTIMATE, price in a cluster: {eaten_in_words(feed.eaten, numbers)}")
    picture = await desk.studio.make(
        _key(feed, asked, view), partial(draw_feed, feed, view, asked.named, state)
    )
    at = history.at.astimezone(UTC)
    drawn = Attachment(
        name=f"{history.base.lower()}-feed-{at:%Y%m%d-%H%M}.png",
        content=picture.png,
        alt=picture.alt,
    )
    is_large = view.size == "hd"
    return Message(
        text=shorten(tuple(_caption(feed, asked, numbers, state)), CAPTION),
        picture=None if is_large else drawn,
        document=drawn if is_large else None,
        buttons=_buttons(asked),
        in_place=True,
    )


async def _trace(desk: Desk, caller: Caller, asked: Arguments) -> Trace:
    view, feed = await _heard(desk, caller, asked)
    history, numbers = feed.history, Numbers(view.locale, view.zone)
    found = _cascade(desk, await desk.scenes.scene(history.base, history.at))
    running = [] if isinstance(found, str) else [finding_line(found, numbers)]
    return Trace(
        title=f"{history.base} liquidations · {asked.named}",
        at=history.at,
        made=(
            *moved_line(history, numbers),
            *print_lines(feed, feed.largest(_LARGEST), numbers),
            *running,
        ),
        told=tuple(tape_lines(feed, numbers)),
        simulated=history.simulated,
    )


async def _heard(desk: Desk, caller: Caller, asked: Arguments) -> tuple[View, Feed]:
    view = asked.view(await usual(desk, caller))
    history = await desk.markets.history(asked.query, _DAY)
    tapes, status = desk.markets.tapes(asked.query), desk.markets.status()
    return view, feed_of(history, tapes, status, asked.range)


def _key(feed: Feed, asked: Arguments, view: View) -> tuple[object, ...]:
    """Return what a picture depends on, of its moment the second."""
    history, at_s = feed.history, int(feed.history.at.timestamp())
    return ("feed", view, history.base, history.venues, asked.range, len(feed.tape), at_s)


def _cascade(desk: Desk, scene: Scene | None) -> Finding | str:
    """Return what the rules see of a cascade now, or say why they see none."""
    terms = desk.alerts.terms
    for name in (_OVER, _RUNNING):  # what is over has begun
        if scene is None or name not in terms.rules:
            return "Nobody looks for cascades here" if scene else "No cascade is known before a map"
        found = terms.rules[name].judge(scene, terms.settings[name])
        if isinstance(found, Blind):
            return f"Whether there is a cascade cannot be told: {found.reason}"
        for each in found:
            if each.entered:
                return each
    return "No cascade now"


def _in_short(found: Finding, numbers: Numbers) -> str:
    told = (f"{each.label} {figure(each.value, each.unit, numbers)}" for each in found.facts)
    return f"{found.headline}: {', '.join(islice(told, _FACTS))}"


def _caption(
    feed: Feed, asked: Arguments, numbers: Numbers, state: Sequence[str]
) -> Iterator[Line]:
    """Yield what there is to say, the most important first; the last lines may be left out."""
    history = feed.history
    moved = change(history)
    since = "" if moved is None else f"  {numbers.percent(moved)} in 24 h"
    at = history.at.astimezone(UTC)
    yield (Bold(f"{history.base} realised liquidations · {asked.named}"),)
    yield (Bold(numbers.price(history.snapshot.mark)), since)
    kinds = "SIMULATED · REALISED" if history.simulated else "REALISED"
    yield (Bold(kinds), f" · {at:%Y-%m-%d %H:%M} UTC · {newest_in_words(feed)}")
    if not feed.listening:
        yield (Bold("No venue's forced orders are heard now."),)
    for side in Side:
        yield (Bold(side_in_words(feed, side, numbers)),)
    for order in feed.largest(_LARGEST):
        yield (f"Largest {order_in_words(order, numbers)}",)
    for fact in state:
        yield (fact,)
    for each in feed.heard:
        usd = usd_by_side(each.tape)
        sides = " ".join(f"{ARROW[side]} {numbers.usd(usd[side.index])}" for side in Side)
        yield (Bold(venue_name(each.venue)), f" {sides} · {completeness(each)}")
    yield (Dim(NOTE),)


def _buttons(asked: Arguments) -> tuple[tuple[Button, ...], ...]:
    """Return the other ranges; the map, and this again."""
    market = written(asked.market)
    looks = [each for each in (asked.venue, asked.theme, asked.size) if each]
    spans = [pressing(name, "feed", market, name, *looks) for name in _SPANS if name != asked.named]
    others = [
        pressing("Heatmap", "heatmap", market),
        pressing("Levels", "levels", market),
        pressing("↻ Refresh", "feed", market, asked.named, *looks),
        where_from("feed", market, asked.named, asked.venue),
    ]
    rows = (tuple(filter(None, row)) for row in (spans, others))
    return tuple(filter(None, rows))


COMMAND = Command(
    name="feed",
    summary="Show what was liquidated lately, and what is left of the cluster price is in",
    arguments=Arguments,
    run=_run,
    draws=True,
    trace=_trace,
)
