"""What the commands share that say how their numbers are made."""

from collections.abc import Awaitable, Callable, Iterable
from math import isfinite

from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Line
from liqbot.commands._picture import Look, looked_at, usual
from liqbot.commands.command import Caller
from liqbot.desk import Desk
from liqbot.heatmap.history import History
from liqbot.market.status import MarketStatus
from liqbot.tracing.sources import Source, of_map
from liqbot.tracing.trace import UNSEEN, Trace, blind_line, model_line, moved_line, told_lines


def looking(
    title: str, lines: Callable[[History, Numbers], Iterable[Line]]
) -> Callable[[Desk, Caller, Look], Awaitable[Trace]]:
    """Return a command's `trace` that takes a map apart."""

    async def trace(desk: Desk, caller: Caller, asked: Look) -> Trace:
        view = asked.view(await usual(desk, caller))
        _, history = await looked_at(desk, asked, view)
        numbers = Numbers(view.locale, view.zone)
        return traced(desk, history, (title, lines(history, numbers)), numbers)

    return trace


def traced(
    desk: Desk,
    history: History,
    made: tuple[str, Iterable[Line]],
    numbers: Numbers,
    sources: Iterable[Source] | None = None,
) -> Trace:
    """Return how a titled answer is made, and what it rests on: a market's map, or more."""
    title, lines = made
    told = of_map(history, ages_of(desk, history)) if sources is None else sources
    return Trace(
        title=f"{history.base} {title}",
        at=history.at,
        made=(*moved_line(history, numbers), *lines, model_line(history, numbers)),
        told=(*told_lines(told, numbers), *blind_line(_blind(desk, history)), UNSEEN),
        simulated=history.simulated,
    )


def ages_of(desk: Desk, history: History) -> dict[str, float]:
    """Return how old each venue's newest datum of a market is, seconds; of the past nothing."""
    seen = _seen(desk, history)
    return {each.instrument.venue: each.age_s for each in seen if isfinite(each.age_s)}


def _blind(desk: Desk, history: History) -> dict[str, str]:
    """Return why nothing is concluded from venues that list a market now."""
    return {each.instrument.venue: each.blind for each in _seen(desk, history) if each.blind}


def _seen(desk: Desk, history: History) -> list[MarketStatus]:
    there = () if history.is_past else desk.markets.status().markets
    return [each for each in there if each.instrument.base == history.base]
