"""Every position: what stands, what price or hour would end it, and when it stood."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from liqbot.market.units import F8, I8

FOREVER = np.iinfo(np.int64).max

POSITION = np.dtype(
    [
        ("venue", np.int64),  # place in VENUES
        ("side", np.int64),  # Side.index
        ("leverage", np.float64),
        ("quantity", np.float64),  # base units
        ("liquidation", np.float64),  # Price
        ("bankruptcy", np.float64),  # Price
        ("low", np.float64),  # Price: something happens at or below it
        ("high", np.float64),  # Price: something happens at or above it
        ("adverse", np.int64),  # Ending: what happens on the losing side
        ("patience_ms", np.int64),  # Unix ms at which its owner has had enough
        ("opened_ms", np.int64),
        ("since_ms", np.int64),  # since when it has been as this row says
        ("until_ms", np.int64),  # and until when, exclusive
    ]
)
Rows = NDArray[np.void]
_NAMES = POSITION.names or ()


class Ending(IntEnum):
    """What happens when price reaches a position's low or high."""

    FORCED = 0  # the venue closes it
    STOP = 1  # its owner does, at a loss
    CALL = 2  # its owner adds margin


class Positions:
    """A table of standing positions and the past of those that ended.

    Only those close to their next event are looked at in a step: `watch` picks them, and
    `floor` and `ceiling` are the prices between which nothing can happen to any of them.
    """

    def __init__(self) -> None:
        self._columns = {name: np.zeros(1 << 16, POSITION[name]) for name in _NAMES}
        self._count = 0
        self._past: list[Rows] = []
        self._near, self._due = np.empty(0, np.int64), np.empty(0, np.int64)
        self._low, self._high = np.empty(0), np.empty(0)
        self._bounds = (0.0, np.inf)
        self.floor, self.ceiling = 0.0, np.inf

    def open(self, rows: Rows) -> None:
        """Add positions and watch them."""
        fresh = np.arange(self._count, self._count + rows.size)
        self._count += rows.size
        for name, column in self._columns.items():
            if self._count > column.size:
                self._columns[name] = np.concatenate([column, np.zeros_like(column)])
            self._columns[name][fresh] = rows[name]
        self._look_at(fresh)

    def rows(self, index: I8) -> Rows:
        """Copy positions, by their place in the table."""
        rows = np.empty(index.size, POSITION)
        for name, column in self._columns.items():
            rows[name] = column[index]
        return rows

    def standing(self) -> Rows:
        """Copy all positions that stand."""
        return self.rows(self._alive(np.arange(self._count)))

    def close(self, index: I8, at_ms: int) -> None:
        """End positions, by their place in the table."""
        self._columns["until_ms"][index] = at_ms

    def amend(self, index: I8, at_ms: int, **changes: F8 | I8) -> None:
        """Change positions that were taken by `crossed` but go on; their past is kept as it was."""
        before = self.rows(index)
        before["until_ms"] = at_ms
        self._past.append(before)
        self._columns["since_ms"][index] = at_ms
        for name, values in changes.items():
            self._columns[name][index] = values
        self._look_at(index)

    def crossed(self, mark: float) -> I8:
        """Take the positions whose low or high the mark has reached; returns places in the table.

        They are no longer watched: close or amend them.
        """
        hit = np.flatnonzero((self._low >= mark) | (self._high <= mark))
        index = self._near[hit]
        self._low[hit], self._high[hit], self._due[hit] = 0.0, np.inf, FOREVER
        self._fence()
        return self._alive(index)

    def overdue(self, at_ms: int) -> I8:
        """Return the places of positions whose owner's patience has run out."""
        return self._alive(self._near[self._due <= at_ms])

    def some(self, chance: np.random.Generator, venue: int, side: int, quantity: float) -> I8:
        """Pick standing positions of one venue and side at random, up to a quantity in all."""
        held = self._columns["quantity"]
        draws = int(12 * quantity / held[: self._count].mean()) + 60
        index = self._alive(np.unique(chance.integers(0, self._count, draws)))
        here = (self._columns["venue"][index] == venue) & (self._columns["side"][index] == side)
        index = chance.permutation(index[here])
        return index[np.cumsum(held[index]) <= quantity]

    def leaves(self, mark: float) -> bool:
        """Tell whether the mark has left the span of price that is watched."""
        return not self._bounds[0] < mark < self._bounds[1]

    def watch(self, mark: float, reach: float, until_ms: int) -> None:
        """Pick whom price reaches by a log return of `reach`, and whose patience ends by then."""
        self._bounds = low, high = (mark * np.exp(-reach), mark * np.exp(reach))
        columns = {name: self._columns[name][: self._count] for name in _NAMES}
        near = (columns["low"] >= low) | (columns["high"] <= high)
        near |= columns["patience_ms"] <= until_ms
        self._near, self._due = np.empty(0, np.int64), np.empty(0, np.int64)
        self._low, self._high = np.empty(0), np.empty(0)
        self._look_at(self._alive(np.flatnonzero(near)))

    def forget(self, keep_from_ms: int) -> None:
        """Clear the table of what ended; what stood at a moment or later is kept as the past.

        Places in the table change: `watch` again.
        """
        ended = self._columns["until_ms"][: self._count] < FOREVER
        past = self.rows(np.flatnonzero(ended))
        self._past.append(past[past["until_ms"] > keep_from_ms])
        kept = np.flatnonzero(~ended)
        for column in self._columns.values():
            column[: kept.size] = column[kept]
        self._count = kept.size

    def history(self) -> Rows:
        """Return every row that ever stood, each from `since_ms` until `until_ms`."""
        return np.concatenate([*self._past, self.rows(np.arange(self._count))])

    def _alive(self, index: I8) -> I8:
        alive: I8 = index[self._columns["until_ms"][index] == FOREVER]
        return alive

    def _look_at(self, index: I8) -> None:
        self._near = np.concatenate([self._near, index])
        self._low = np.concatenate([self._low, self._columns["low"][index]])
        self._high = np.concatenate([self._high, self._columns["high"][index]])
        self._due = np.concatenate([self._due, self._columns["patience_ms"][index]])
        self._fence()

    def _fence(self) -> None:
        self.floor = float(np.max(self._low, initial=0.0))
        self.ceiling = float(np.min(self._high, initial=np.inf))


def standing_at(history: Rows, at_ms: int) -> Rows:
    """Pick what stood at a moment, by venue, side and liquidation price."""
    rows = history[(history["since_ms"] <= at_ms) & (at_ms < history["until_ms"])]
    return rows[np.lexsort((rows["quantity"], rows["liquidation"], rows["side"], rows["venue"]))]
