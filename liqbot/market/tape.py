"""Forced orders as they happened."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqbot.market.units import F8, I8


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """A window of forced orders, oldest first (many may share one millisecond)."""

    at_ms: I8  # (n,) Unix ms, UTC
    side: NDArray[np.int8]  # (n,) Side.index: whose position was closed
    price: F8  # (n,) Price
    quantity: F8  # (n,) base units

    @property
    def usd(self) -> F8:
        """Notional of each order, (n,) Usd."""
        usd: F8 = self.price * self.quantity
        return usd


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidationTotals:
    """Sums of forced orders over spans of time, oldest first, not overlapping."""

    from_ms: I8  # (n,) Unix ms, UTC, inclusive
    to_ms: I8  # (n,) Unix ms, UTC, exclusive
    usd: F8  # (2, n) Usd, rows by Side.index
