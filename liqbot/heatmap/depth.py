"""What rests in the way of a price: the books of all venues, and what is assumed where none is.

A venue shows its nearest 20 … 1,000 levels, which end a few tenths of a percent or a few percent
away. Beyond its last order it is taken to hold as much per log price as in the outer half of
what it shows. A venue of the map whose book is not known is taken to hold as much, relative to
what is modelled there, as those whose books are. Both are assumptions, and counted apart.

Venues trade at slightly different prices: a book's orders count by their distance from its own
middle. An order stands for the stretch around it, half of it before and half behind its price,
as venues sum orders into levels.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from liqbot.heatmap.history import History
from liqbot.heatmap.quality import fresh_books
from liqbot.market.book import OrderBook
from liqbot.market.units import F8, Side, floats, ms_of

_FEWEST = 2  # levels on a side, below which a book tells no depth
_OUTER = 0.5  # of what a book shows, by log price


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """What rests along a way from the mark outward, step by step."""

    usd: F8  # (step,) Usd, shown and assumed
    shown: Mapping[str, F8]  # by venue, (step,) Usd in orders that are shown
    beyond: Mapping[str, F8]  # by venue, (step,) Usd assumed past its last order
    reaches: Mapping[str, float]  # log distance up to which each venue's book is shown
    missing: tuple[str, ...]  # venues of the map whose book is not known
    age_s: float  # of the oldest book read; 0 where none is
    is_fresh: bool  # whether the books read still hold

    @property
    def shown_usd(self) -> F8:
        """What rests in orders that are shown, (step,) Usd."""
        return floats(sum(self.shown.values(), np.zeros(self.usd.size)))

    @property
    def is_known(self) -> bool:
        """Whether any book was read."""
        return bool(self.reaches)


def depth_of(history: History, side: Side, edges: F8) -> Depth:
    """Return what rests between the edges of steps, (step + 1,) log distances from the mark.

    Bids where longs, asks where shorts are liquidated. Where all books are out of date they are
    read all the same, and said to be.
    """
    fresh = fresh_books(history)
    known = {
        name: book for name, book in (fresh or history.books).items() if name in history.venues
    }
    shown, beyond = dict[str, F8](), dict[str, F8]()
    reaches, stamps = dict[str, float](), []
    for venue, book in known.items():
        away, held = _ladder(book, side)
        if away.size <= _FEWEST:
            continue
        shown[venue] = floats(np.diff(np.interp(edges, away, held)))
        beyond[venue] = floats(np.diff(_beyond(edges, away, held)))
        reaches[venue] = float(away[-1])
        stamps.append(book.at_ms)
    missing = tuple(venue for venue in history.venues if venue not in reaches)
    usd = sum([*shown.values(), *beyond.values()], np.zeros(edges.size - 1))
    return Depth(
        usd=floats(usd * _others(history, tuple(reaches))),
        shown=shown,
        beyond=beyond,
        reaches=reaches,
        missing=missing,
        age_s=max((ms_of(history.at) - min(stamps)) / 1000, 0.0) if stamps else 0.0,
        is_fresh=bool(fresh),
    )


def _ladder(book: OrderBook, side: Side) -> tuple[F8, F8]:
    """Return log distances from the middle, from 0 on, and what rests up to each, Usd."""
    price, quantity = (
        (book.bid_price, book.bid_quantity)
        if side is Side.LONG
        else (book.ask_price, book.ask_quantity)
    )
    if np.isnan(book.mid):
        return floats([]), floats([])
    usd = price * quantity
    away = np.abs(np.log(price / book.mid))
    return floats(np.append(0.0, away)), floats(np.append(0.0, usd.cumsum() - usd / 2))


def _beyond(edges: F8, away: F8, held: F8) -> F8:
    """Return what rests from the last order to each edge, at the density of the outer half."""
    outer = min(int(np.searchsorted(away, _OUTER * away[-1])), away.size - 2)
    density = (held[-1] - held[outer]) / (away[-1] - away[outer])
    return floats(density * np.maximum(edges - away[-1], 0.0))


def _others(history: History, read: tuple[str, ...]) -> float:
    """Return how many times what the books read hold is taken to rest on all venues."""
    by_venue = history.snapshot.by_venue.sum(axis=(1, 2))
    rows = [row for row, venue in enumerate(history.snapshot.venues) if venue in read]
    held = float(by_venue[rows].sum())
    return float(by_venue.sum()) / held if held > 0 else 1.0
