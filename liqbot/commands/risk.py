"""/risk — the watched markets side by side, and what one shock would fire in all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated

from liqbot.charts._risk import draw_risk
from liqbot.charts.chart import View
from liqbot.chat.arguments import LINE, Known, Word
from liqbot.chat.badges import badges, kind
from liqbot.chat.message import LONGEST_WORDS, Attachment, Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Code, Dim, Line, shorten
from liqbot.chat.shock import row_of, size, told_of
from liqbot.commands._picture import CAPTION, Rows, answered, usual
from liqbot.commands._pressing import where_from
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.errors import Blind, OutOfRange, UnknownName
from liqbot.heatmap.history import History
from liqbot.heatmap.shock import Exposure, exposures_of
from liqbot.market.instrument import MarketQuery, choose, read_market
from liqbot.market.units import Side
from liqbot.tracing.shocks import market_lines, shock_lines
from liqbot.tracing.trace import UNSEEN, Trace

_USUAL = 0.03
_SHOCKS = (0.01, 0.02, 0.03, 0.05, 0.10)
_LEAST, _LARGEST = 0.002, 0.25
_MOST = 40  # markets
_SHOCK = re.compile(r"[-+−±]?(\d{1,3}(?:\.\d{1,2})?)%")
_EXAMPLES = "BTC,ETH,SOL and how large a shock: 3%"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which markets, none: all that are watched; and how large a shock, a fraction of price."""

    bases: tuple[str, ...] = ()
    shock: float = _USUAL


def read_wanted(text: str, known: Known) -> Wanted:
    """Read BTC,ETH,SOL 5% in any order; raise UnknownName, Unreadable or OutOfRange."""
    bases, shocks = dict[str, None](), []
    for each in re.split(r"[\s,;]+", text.strip()):
        if found := _SHOCK.fullmatch(each):
            shocks.append(float(found[1]) / 100)
        elif each and each.lower() != "all":
            bases[choose(read_market(each), known.instruments)[0].base] = None
    if len(shocks) > 1:
        raise OutOfRange("Say one shock; it is told downward and upward.")
    shock = shocks[0] if shocks else _USUAL
    if not _LEAST <= shock <= _LARGEST:
        raise OutOfRange(f"A shock is of {_LEAST:.1%} to {_LARGEST:.0%} of the price.")
    if len(bases) > _MOST:
        raise OutOfRange(f"Those are {len(bases)} markets; {_MOST} fit into an answer.")
    return Wanted(tuple(bases), shock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which markets, and which shock."""

    markets: Annotated[Wanted, Word(_EXAMPLES, read_wanted, lambda known: known.bases), LINE] = (
        Wanted()
    )


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    wanted = asked.markets
    view, exposures, blind = await _weighed(desk, caller, wanted)
    numbers, at = Numbers(view.locale, view.zone), _at(exposures)
    told = told_of(exposures, blind, numbers)
    key = ("risk", view, wanted, tuple(blind), int(at.timestamp()))
    picture = await desk.studio.make(key, partial(draw_risk, exposures, view, told))
    drawn = Attachment(name=f"risk-{at:%Y%m%d-%H%M}.png", content=picture.png, alt=picture.alt)
    text = shorten(tuple(_told(exposures, told, numbers)), CAPTION)
    return answered(text, drawn, view, _buttons(wanted, exposures))


async def _trace(desk: Desk, caller: Caller, asked: Arguments) -> Trace:
    view, exposures, blind = await _weighed(desk, caller, asked.markets)
    numbers = Numbers(view.locale, view.zone)
    return Trace(
        title=_title(exposures, numbers),
        at=_at(exposures),
        made=tuple(shock_lines(exposures, numbers)),
        told=(*market_lines(exposures, blind, numbers), UNSEEN),
        simulated=any(each.history.simulated for each in exposures),
    )


async def _weighed(
    desk: Desk, caller: Caller, wanted: Wanted
) -> tuple[View, tuple[Exposure, ...], Mapping[str, str]]:
    """Return how it is to look, the markets that are seen, and why others are not."""
    view = await usual(desk, caller)
    histories, blind = await _seen(desk, view, wanted.bases)
    if not histories:
        raise Blind(" ".join(blind.values()) or "No market is watched yet.")
    return view, exposures_of(histories, wanted.shock), blind


def _at(exposures: Sequence[Exposure]) -> datetime:
    return max(each.history.at for each in exposures)


def _title(exposures: Sequence[Exposure], numbers: Numbers) -> str:
    share = size(exposures[0].shock, numbers)
    return f"Risk · one shock of {share} to {len(exposures)} markets"


async def _seen(
    desk: Desk, view: View, bases: Sequence[str]
) -> tuple[list[History], Mapping[str, str]]:
    """Return the markets' histories, and why the others cannot be seen."""
    known = dict.fromkeys(each.base for each in desk.markets.known())
    if not known:
        raise UnknownName("market", "", ())
    histories, blind = list[History](), dict[str, str]()
    for base in bases or list(known)[:_MOST]:
        try:
            histories.append(await desk.markets.history(MarketQuery(base.upper()), view.range))
        except Blind as why:
            blind[base] = str(why)
    return histories, blind


def _told(exposures: Sequence[Exposure], told: Sequence[str], numbers: Numbers) -> Iterator[Line]:
    """Yield what holds for all, then a row for each market; the last may be left out."""
    stalest = max((each.history for each in exposures), key=lambda each: each.data_age_s)
    yield (Bold(_title(exposures, numbers)),)
    kinds = kind(next((e.history for e in exposures if e.history.simulated), stalest))
    age = badges(stalest, numbers)[0].text
    yield (Bold(" · ".join(each.text for each in kinds)), f" · {stalest.at:%Y-%m-%d %H:%M} UTC")
    yield (f"Oldest: {stalest.base}, {age}",)
    for fact in told[:2]:
        yield (Bold(fact),)
    for fact in told[2:]:
        yield (fact,)
    yield (Dim("Modelled, not measured. Not a forecast. Not advice."),)
    for each in exposures:
        sides = (" ".join(row_of(each, side, numbers)) for side in Side)
        yield (Code(f"{each.history.base} {' · '.join(sides)}"),)


def _buttons(wanted: Wanted, exposures: Sequence[Exposure]) -> Rows:
    """Return other shocks for the same markets, the heaviest by itself, and this again."""
    markets = ",".join(wanted.bases)
    shocks = [
        _button(f"±{_written(each)}", f"risk {markets} {_written(each)}")
        for each in _SHOCKS
        if each != wanted.shock
    ]
    heaviest = exposures[0].history.base
    others = [
        _button(f"What if {heaviest} −3%", f"whatif {heaviest} -3%"),
        _button("↻ Refresh", f"risk {markets} {_written(wanted.shock)}"),
        where_from("risk", markets, _written(wanted.shock)),
    ]
    rows = (tuple(filter(None, row)) for row in (shocks, others))
    return tuple(filter(None, rows))


def _button(label: str, said: str) -> Button | None:
    """Return a button, if it can say so much: with fewer markets it would ask another thing."""
    words = " ".join(said.split())
    return Button(label, words) if len(words.encode()) <= LONGEST_WORDS else None


def _written(shock: float) -> str:
    return f"{100 * shock:g}%"


COMMAND = Command(
    name="risk",
    summary="Set markets side by side, and sum what one shock would fire in all",
    arguments=Arguments,
    run=_run,
    draws=True,
    trace=_trace,
)
