"""The units that numbers are in, and arrays that cannot be written to."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NewType, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Price = NewType("Price", float)  # quote currency per unit of base
Usd = NewType("Usd", float)  # notional in US dollars
Quantity = NewType("Quantity", float)  # base units

F8: TypeAlias = NDArray[np.float64]
I8: TypeAlias = NDArray[np.int64]

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Side(StrEnum):
    """Whose position: longs are liquidated by falling prices, shorts by rising ones."""

    LONG = "long"
    SHORT = "short"

    @property
    def sign(self) -> int:
        """+1 for a long, −1 for a short."""
        return 1 if self is Side.LONG else -1

    @property
    def index(self) -> int:  # type: ignore[override]  # a side is no sequence of letters
        """The side's place on every array axis that is called `side`."""
        return 0 if self is Side.LONG else 1


def moment_of(at_ms: int) -> datetime:
    """Return Unix milliseconds as an aware moment in UTC, exactly."""
    return _EPOCH + timedelta(milliseconds=at_ms)


def ms_of(at: datetime) -> int:
    """Return an aware moment as Unix milliseconds, rounded down."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def floats(values: ArrayLike) -> F8:
    """Return values as a C-contiguous, write-protected float64 array; a protected one as it is."""
    column = np.asarray(values, dtype=np.float64, order="C")
    if column.flags.writeable:
        column = column.copy()
        column.flags.writeable = False
    return column


def integers(values: ArrayLike) -> I8:
    """Return values as a C-contiguous, write-protected int64 array; a protected one as it is."""
    column = np.asarray(values, dtype=np.int64, order="C")
    if column.flags.writeable:
        column = column.copy()
        column.flags.writeable = False
    return column
