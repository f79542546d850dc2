"""How far a map is to be believed.

A map is graded by five things, two points each: how much is traded in the market (a day's volume
of $300M, $3B), how many venues it rests on (2, 3), how little of it is one venue's alone (at most
80 %, 60 %), how deep the books are (known now; as much within 2 % of the price as the map expects
to be liquidated there) and how long open interest has been seen (warm; hardly any bar unknown).
Seven of these ten make an A, four a B, two a C.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from liqbot.heatmap.clusters import TRANSIENT, Cluster, within
from liqbot.heatmap.history import History
from liqbot.market.book import OrderBook
from liqbot.market.units import DAY_MS, MINUTE_MS, Side, ms_of

GRADES = "ABCD"  # best first
SINGLE = 0.8  # share of one venue from which a cluster is that venue's alone
_KNOWN_ENOUGH = 0.95  # coverage
_POOR = frozenset("CD")
_TRADED = (3e8, 3e9)  # Usd a day, on the leading venue
_BOOK_MS = 2 * MINUTE_MS  # after which resting orders are others
_DEPTH = 0.02  # fraction of mark within which books are weighed
_LARGEST = (SINGLE, 0.6)  # share of the heaviest venue
_SUPPORTS = 0.1  # share of a cluster from which a venue is one that it rests on
_LEAST = ((7, "A"), (4, "B"), (2, "C"), (0, "D"))  # from so many points


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What speaks for a map, 0 … 2 points each."""

    traded: int
    venues: int
    spread: int  # over venues
    books: int
    past: int

    @property
    def grade(self) -> str:
        """Return "A" (best) … "D"."""
        points = self.traded + self.venues + self.spread + self.books + self.past
        return next(grade for least, grade in _LEAST if points >= least)


def quality_of(history: History) -> Quality:
    """Weigh what speaks for a map."""
    by_venue = history.snapshot.by_venue.sum(axis=(1, 2))
    total = by_venue.sum()
    largest = by_venue.max() / total if total > 0 else 1.0
    traded = traded_usd(history)
    return Quality(
        traded=sum(traded >= each for each in _TRADED),
        venues=min(max(len(history.venues) - 1, 0), 2),
        spread=sum(bool(largest <= each) for each in _LARGEST),
        books=_books(history),
        past=int(history.warm) + int(history.coverage >= _KNOWN_ENOUGH),
    )


def traded_usd(history: History) -> float:
    """Return what the last day of candles traded on the leading venue, Usd; 0 where unknown."""
    candles = history.candles.since(history.snapshot.at_ms - DAY_MS)
    return float(np.nansum(candles.volume * candles.close))


def fresh_books(history: History) -> Mapping[str, OrderBook]:
    """Return the books that still hold, by venue."""
    since_ms = ms_of(history.at) - _BOOK_MS
    return {venue: book for venue, book in history.books.items() if book.at_ms >= since_ms}


def lowered(grade: str, steps: int = 1) -> str:
    """Return a grade so many steps worse, at worst a D."""
    return GRADES[min(GRADES.index(grade) + steps, len(GRADES) - 1)]


def is_transient(cluster: Cluster) -> bool:
    """Tell whether a cluster was hardly there over the last day."""
    return cluster.persistence < TRANSIENT


def lone_venue(cluster: Cluster) -> str | None:
    """Return the venue that holds nearly all of a cluster, if one does."""
    total = sum(cluster.venues.values())
    held = [venue for venue, usd in cluster.venues.items() if usd >= SINGLE * total > 0]
    return held[0] if held else None


def supporters(cluster: Cluster) -> tuple[str, ...]:
    """Return the venues that hold a tenth of a cluster each, or more."""
    total = sum(cluster.venues.values())
    return tuple(venue for venue, usd in cluster.venues.items() if usd >= _SUPPORTS * total > 0)


def is_weekend(history: History) -> bool:
    """Tell whether it is Saturday or Sunday, UTC."""
    return history.at.weekday() >= 5


def is_poor(history: History) -> bool:
    """Tell whether much is unknown, or no named cluster is graded better than C."""
    named = [cluster.grade for cluster in history.clusters if cluster.zone]
    return history.coverage < _KNOWN_ENOUGH or (bool(named) and _POOR.issuperset(named))


def _books(history: History) -> int:
    resting = sum(sum(book.depth(_DEPTH)) for book in fresh_books(history).values())
    if not resting > 0:
        return 0
    expected = sum(
        history.model.realisation[side.index] * within(history.snapshot, side, _DEPTH)
        for side in Side
    )
    return 2 if resting >= expected else 1
