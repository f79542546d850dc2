"""Raw columns on their way into a series: put in order, doubtful values made unknown."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liqbot.market.units import F8, I8

Columns: TypeAlias = Mapping[str, ArrayLike]
Repairs: TypeAlias = tuple[str, ...]
Mask: TypeAlias = NDArray[np.bool_]

SNAP_MS = 2_000


class Mending:
    """Columns under repair, and what was mended so far, in words.

    Nothing is invented: a row is moved by two seconds at most, made unknown or dropped.
    """

    def __init__(self, stamp: str, columns: Columns, names: Iterable[str]) -> None:
        """Take a stamp column (n,) of Unix ms and named columns (n,), NaN where one is absent.

        Raise ValueError for columns of unequal length.
        """
        self.stamps: I8 = np.array(columns[stamp], dtype=np.int64)
        unknown = np.full(self.stamps.size, np.nan)
        self.columns: dict[str, F8] = {
            name: np.array(columns.get(name, unknown), dtype=np.float64) for name in names
        }
        self._repairs: list[str] = []
        for name, column in self.columns.items():
            if column.shape != self.stamps.shape:
                raise ValueError(f"{name} is {column.shape}, {stamp} is {self.stamps.shape}")

    @property
    def repairs(self) -> Repairs:
        """What was mended so far, one phrase each."""
        return tuple(self._repairs)

    def note(self, count: int, what: str, done: str) -> None:
        """Remember that `count` things of a kind were mended; nothing when there were none."""
        if count:
            self._repairs.append(f"{count:,} {what}{'s' if count > 1 else ''} {done}")

    def snap(self, grid_ms: int) -> Mask:
        """Move stamps at most 2 s off the grid onto it; return which are still off, (n,)."""
        offset = (self.stamps + grid_ms // 2) % grid_ms - grid_ms // 2
        near = (offset != 0) & (np.abs(offset) <= SNAP_MS)
        self.stamps[near] -= offset[near]
        self.note(int(near.sum()), "stamp", "moved by at most 2 s onto the grid")
        off: Mask = (offset != 0) & ~near
        return off

    def order(self, *, unique: bool) -> None:
        """Sort the rows by stamp; with `unique` keep only the last of equal stamps."""
        behind = int(np.count_nonzero(np.diff(self.stamps) < 0))
        if behind:
            self._keep(np.argsort(self.stamps, kind="stable"))
            self.note(behind, "row", "out of order, sorted by time")
        if unique:
            twice: Mask = np.zeros(self.stamps.size, dtype=np.bool_)
            twice[:-1] = np.diff(self.stamps) == 0
            self.drop(twice, "with a repeated stamp dropped, the last one kept")

    def drop(self, rows: Mask, why: str) -> None:
        """Remove rows (n,) and say why."""
        if rows.any():
            self.note(int(rows.sum()), "row", why)
            self._keep(np.flatnonzero(~rows))

    def blank(self, names: Iterable[str], rows: Mask, why: str) -> None:
        """Make columns unknown at rows (n,) and say why."""
        if rows.any():
            self.note(int(rows.sum()), "row", why)
            for name in names:
                self.columns[name][rows] = np.nan

    def _keep(self, rows: NDArray[np.intp]) -> None:
        self.stamps = self.stamps[rows]
        self.columns = {name: column[rows] for name, column in self.columns.items()}


def check_columns(stamps: I8, *columns: NDArray[np.generic], strict: bool = True) -> None:
    """Raise ValueError unless columns are as long as their stamps and the stamps rise."""
    if any(column.shape[-1:] != stamps.shape for column in columns):
        raise ValueError(f"columns of {[c.shape for c in columns]} beside stamps {stamps.shape}")
    steps = np.diff(stamps)
    if steps.size and steps.min() < (1 if strict else 0):
        raise ValueError(f"time does not rise at row {int(np.argmin(steps)) + 1}")
