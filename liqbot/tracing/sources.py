"""What numbers rest on: which venue told what, and how long ago."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from liqbot.heatmap.history import History
from liqbot.heatmap.quality import fresh_books
from liqbot.market.units import DAY_MS, ms_of
from liqbot.rules.rule import Fact, Scene, Unit

_DEPTH = 0.01  # fraction of mid


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One thing that was told, or was not."""

    what: str
    venue: str  # "" = of all venues, or of none
    fact: Fact | None = None  # None = unknown, or nothing that is a number
    age_s: float | None = None  # None = unknown, or it has none
    note: str = ""


def of_map(
    history: History, ages: Mapping[str, float], *, books: bool = False
) -> tuple[Source, ...]:
    """Return what a map rests on, and the books beside it.

    `ages` are those of each venue's newest datum, seconds.
    """
    beside = tuple(_books(history)) if books else ()
    return (_price(history, ages), *_interest(history), *beside, _map(history))


def of_scene(scene: Scene, ages: Mapping[str, float]) -> tuple[Source, ...]:
    """Return all that is told of a market; `ages` as for its map."""
    history = scene.history
    return (
        _price(history, ages),
        _candles(history),
        *_interest(history),
        _funding(history),
        *_books(history),
        *_tapes(scene),
        _map(history),
        _usual(scene),
        _calendar(scene),
    )


def _price(history: History, ages: Mapping[str, float]) -> Source:
    fact = Fact("price", history.snapshot.mark, Unit.PRICE)
    age_s = ages.get(history.leading)
    return Source(what="price", venue=history.leading, fact=fact, age_s=age_s)


def _candles(history: History) -> Source:
    candles = history.candles
    known = np.flatnonzero(~np.isnan(candles.close))
    minutes = candles.interval_ms // 60_000
    return Source(
        what="candles",
        venue=history.leading,
        fact=Fact("candles", float(known.size), Unit.COUNT),
        age_s=_age_s(history, int(candles.closed_ms[known[-1]])) if known.size else None,
        note=f"of {minutes} min: trend, volume, taker flow, support and resistance",
    )


def _interest(history: History) -> Iterator[Source]:
    age_s = _age_s(history, int(history.open_interest.at_ms[-1]))
    for venue, row in zip(history.venues, history.interest, strict=True):
        usd = float(row[-1] * history.snapshot.mark)
        fact = Fact("open interest", usd, Unit.USD) if np.isfinite(usd) else None
        yield Source(what="open interest", venue=venue, fact=fact, age_s=age_s)


def _funding(history: History) -> Source:
    known = np.flatnonzero(~np.isnan(history.funding.rate))
    if not known.size:
        return Source(what="funding", venue=history.leading)
    at_ms, rate = int(history.funding.at_ms[known[-1]]), float(history.funding.rate[known[-1]])
    return Source(
        what="funding",
        venue=history.leading,
        fact=Fact("funding", rate, Unit.FRACTION),
        age_s=_age_s(history, at_ms),
        note=f"the newest of {known.size} rates",
    )


def _books(history: History) -> Iterator[Source]:
    fresh = fresh_books(history)
    for venue in history.venues:
        book = history.books.get(venue)
        if book is None:
            yield Source(what="order book", venue=venue)
            continue
        yield Source(
            what="order book",
            venue=venue,
            fact=Fact("within 1%", sum(book.depth(_DEPTH)), Unit.USD),
            age_s=_age_s(history, book.at_ms),
            note="within 1% of its middle" if venue in fresh else "too old to count",
        )


def _tapes(scene: Scene) -> Iterator[Source]:
    history = scene.history
    tape = history.tape.since(ms_of(history.at) - DAY_MS)
    yield Source(
        what="forced orders",
        venue="",
        fact=Fact("24 h", float(tape.usd.sum()), Unit.USD),
        age_s=_age_s(history, int(tape.at_ms[-1])) if len(tape) else None,
        note="realised in 24 h, the newest" if len(tape) else "realised in 24 h",
    )
    for venue, share in scene.tapes.items():
        fact = None if share is None else Fact("completeness", share, Unit.FRACTION)
        note = "of its forced orders are told" if fact else "heard; how completely nobody knows"
        yield Source(what="tape", venue=venue, fact=fact, note=note)


def _map(history: History) -> Source:
    return Source(
        what="map",
        venue="",
        fact=Fact("coverage", history.coverage, Unit.FRACTION),
        age_s=_age_s(history, history.snapshot.at_ms),
        note="of its bars known",
    )


def _usual(scene: Scene) -> Source:
    how = "told" if scene.norms.daily_usd > 0 else "modelled"
    fact = Fact("usual day", scene.daily_usd, Unit.USD) if scene.daily_usd > 0 else None
    return Source(what="usual day", venue="", fact=fact, note=f"liquidated, {how}")


def _calendar(scene: Scene) -> Source:
    if not scene.events:
        return Source(what="calendar", venue="", note="the operator gave none")
    ahead = sum(each.at >= scene.history.at for each in scene.events)
    fact = Fact("ahead", float(ahead), Unit.COUNT)
    return Source(what="calendar", venue="", fact=fact, note="releases ahead")


def _age_s(history: History, at_ms: int) -> float:
    return max(ms_of(history.at) - at_ms, 0) / 1000
