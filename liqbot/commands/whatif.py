"""/whatif — what would fire if price went somewhere, and where it would come to rest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, get_args

from liqbot.alerting.numerals import read_number
from liqbot.charts._cascade import draw_cascade
from liqbot.charts.chart import Size, ThemeName, View
from liqbot.chat.arguments import MARKET, VENUE, Known, Word, one_of
from liqbot.chat.cascade import pushed_in_words, told_of, waves_of
from liqbot.chat.message import Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.realised import ARROW
from liqbot.chat.richtext import Bold, Line
from liqbot.commands._picture import (
    Look,
    Rows,
    answered,
    attached,
    caption,
    usual,
    written,
)
from liqbot.commands._pressing import pressing, where_from
from liqbot.commands._tracing import traced
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.errors import OutOfRange, Unreadable
from liqbot.heatmap.cascade import Cascade, cascade_of, usual_target
from liqbot.heatmap.history import History
from liqbot.market.instrument import MarketQuery
from liqbot.market.units import Price, Side
from liqbot.tracing.cascades import cascade_lines
from liqbot.tracing.trace import Trace

_SHOCKS = ("-5%", "-3%", "+3%", "+5%")
_AWAY = re.compile(r"([+-])(\d[\d.,'_]*)%")
_PRICE = re.compile(r"(\d[\d.,'_]*)(k?)")
_EXAMPLES = "62000, 62.5k, -5% or +3%"
_FARTHEST = (-0.5, 1.0)  # of price


@dataclass(frozen=True, slots=True)
class Push:
    """Where price is pushed to, as it was said."""

    text: str  # as it is read again
    price: float | None = None  # None: by a fraction of the mark
    fraction: float = 0.0

    def target(self, mark: Price) -> float:
        """Return the price, seen from a mark; raise OutOfRange for one too far away."""
        if self.price is not None:
            return self.price
        if not _FARTHEST[0] <= self.fraction <= _FARTHEST[1] or self.fraction == 0:
            raise OutOfRange("Say how far price is pushed: from -50% to +100%, and not 0%.")
        return mark * (1 + self.fraction)


def read_push(text: str, _: Known) -> Push:
    """Read 62000, 62,000, 62.5k or 62,5k, -5% and +3%; raise Unreadable."""
    plain = text.strip().lower().replace("−", "-").lstrip("$")
    if found := _AWAY.fullmatch(plain):
        percent = read_number(found[2])
        fraction = float(percent) / 100 * (-1 if found[1] == "-" else 1)
        return Push(f"{found[1]}{percent:f}%", fraction=fraction)
    if found := _PRICE.fullmatch(plain):
        price = read_number(found[1], money=not found[2]) * (1000 if found[2] else 1)
        return Push(f"{price:f}", price=float(price))
    raise Unreadable("price", text, _EXAMPLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which market, pushed where, and how it is to look; None: to its nearest cluster."""

    market: Annotated[MarketQuery, MARKET]
    price: Annotated[Push | None, Word(_EXAMPLES, read_push, lambda _: _SHOCKS)] = None
    venue: Annotated[str | None, VENUE] = None
    theme: Annotated[str | None, one_of("theme", get_args(ThemeName))] = None
    size: Annotated[str | None, one_of("size", get_args(Size))] = None

    @property
    def look(self) -> Look:
        """The market, and how it is to look."""
        return Look(market=self.market, venue=self.venue, theme=self.theme, size=self.size)


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    view, found = await _walked(desk, caller, asked)
    picture = await desk.studio.make(_key(found, view), partial(draw_cascade, found, view))
    numbers = Numbers(view.locale, view.zone)
    text = caption(found.history, view, _title(found, numbers), _body(found, numbers))
    return answered(text, attached("whatif", found.history, picture), view, _buttons(asked, found))


async def _trace(desk: Desk, caller: Caller, asked: Arguments) -> Trace:
    view, found = await _walked(desk, caller, asked)
    numbers = Numbers(view.locale, view.zone)
    lines = cascade_lines(found, numbers)
    return traced(desk, found.history, (_title(found, numbers), lines), numbers)


async def _walked(desk: Desk, caller: Caller, asked: Arguments) -> tuple[View, Cascade]:
    view = asked.look.view(await usual(desk, caller))
    history = await desk.markets.history(asked.look.query, view.range)
    mark = history.snapshot.mark
    target = asked.price.target(mark) if asked.price else usual_target(history)
    return view, cascade_of(history, target)


def _title(found: Cascade, numbers: Numbers) -> str:
    return f"what if price goes to {pushed_in_words(found, numbers)}"


def _key(found: Cascade, view: View) -> tuple[object, ...]:
    """Return what a picture depends on, of its moment the second."""
    history = found.history
    at_s = int(history.at.timestamp())
    return ("whatif", view, history.base, history.venues, found.target, at_s)


def _body(found: Cascade, numbers: Numbers) -> Sequence[Line]:
    """Return the sentences, and in one line which leverage fires first."""
    fired, stop, *more = told_of(found, numbers)
    waves = " · ".join(
        f"{name} {numbers.usd(usd)} by {numbers.level(half)}"
        for name, (usd, half) in waves_of(found).items()
    )
    told: list[Line] = [(Bold(fired),), (Bold(stop),)]
    if waves:
        told.append((f"Expected waves, half of each: {waves}",))
    return [*told, *((each,) for each in more)]


def _buttons(asked: Arguments, found: Cascade) -> Rows:
    """Return the usual shocks, the nearest cluster on each side, and this again."""
    market = written(asked.market)
    looks = [each for each in (asked.venue, asked.theme, asked.size) if each]
    nearest = {side: _nearest(found.history, side) for side in Side}
    again = asked.price.text if asked.price else _plain(found.target)
    rows = (
        [pressing(each.replace("-", "−"), "whatif", market, each, *looks) for each in _SHOCKS],
        [
            pressing(f"{ARROW[side]} cluster {peak}", "whatif", market, peak, *looks)
            for side, peak in nearest.items()
            if peak is not None
        ],
        [
            pressing("Levels", "levels", market),
            pressing("↻ Refresh", "whatif", market, again, *looks),
            where_from("whatif", market, again, asked.venue),
        ],
    )
    return tuple(filter(None, (tuple(filter(None, row)) for row in rows)))


def _nearest(history: History, side: Side) -> str | None:
    """Return the peak of the nearest named cluster of a side that price can be pushed to."""
    named = [each for each in history.clusters if each.side is side and each.zone]
    ahead = [each for each in named if (each.peak - history.snapshot.mark) * side.sign < 0]
    return _plain(min(ahead, key=lambda each: abs(each.distance)).peak) if ahead else None


def _plain(price: float) -> str:
    """Write a price so that it is read again, with five digits."""
    return f"{float(f'{price:.5g}'):.12f}".rstrip("0").rstrip(".")


COMMAND = Command(
    name="whatif",
    summary="Walk through what would fire if price went somewhere, and where it would stop",
    arguments=Arguments,
    run=_run,
    draws=True,
    trace=_trace,
)
