"""Order books that hold the same everywhere."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from liqbot.heatmap.history import History
from liqbot.market.book import OrderBook
from liqbot.market.units import ms_of
from tests.charts.histories import VENUES, a_history


def a_flat_book(
    history: History,
    density: float = 1e9,
    *,
    reach: float = 0.02,
    levels: int = 200,
    age_s: float = 1.0,
    basis: float = 0.0,
) -> OrderBook:
    """Return `density` Usd per log price on each side, up to a log distance from the mark.

    `basis` is how far the venue's prices are from the mark, log.
    """
    mark = history.snapshot.mark
    edges = np.linspace(0.0, reach, levels + 1)
    away, usd = (edges[1:] + edges[:-1]) / 2, density * reach / levels
    sides = []
    for sign in (-1, 1):
        price = mark * np.exp(basis + sign * away)
        sides.append([(each, usd / each) for each in price.tolist()])
    return OrderBook.of(ms_of(history.at) - int(age_s * 1000), *sides)


def booked(
    history: History | None = None, density: float = 1e9, venues: Sequence[str] = VENUES
) -> History:
    """Return a history with a flat book on some venues, of so much over all of them."""
    there = a_history() if history is None else history
    part = density / len(venues)
    books = {venue: a_flat_book(there, part) for venue in venues}
    return replace(there, books=books)
