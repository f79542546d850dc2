"""Resting liquidity."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from liqbot.market.units import F8, Price, Usd, floats


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBook:
    """One venue's resting orders at one instant; best price first."""

    at_ms: int
    bid_price: F8  # (n,) Price, falling
    bid_quantity: F8  # (n,) base units
    ask_price: F8  # (m,) Price, rising
    ask_quantity: F8  # (m,) base units

    def __post_init__(self) -> None:
        """Raise ValueError for prices out of order, a crossed book or unequal columns."""
        if self.bid_price.shape != self.bid_quantity.shape:
            raise ValueError("bids without a quantity each")
        if self.ask_price.shape != self.ask_quantity.shape:
            raise ValueError("asks without a quantity each")
        ladder = np.concatenate((self.bid_price[::-1], self.ask_price))
        if np.any(np.diff(ladder) <= 0):
            raise ValueError("prices that do not rise from the lowest bid to the highest ask")

    @staticmethod
    def of(
        at_ms: int, bids: Iterable[tuple[float, float]], asks: Iterable[tuple[float, float]]
    ) -> "OrderBook":
        """Make a book of (price, base units) levels in any order.

        Empty levels go, equal prices add up. Raise ValueError for a crossed book.
        """
        bid_price, bid_quantity = _levels(list(bids))
        ask_price, ask_quantity = _levels(list(asks))
        return OrderBook(
            at_ms=at_ms,
            bid_price=floats(bid_price[::-1]),
            bid_quantity=floats(bid_quantity[::-1]),
            ask_price=ask_price,
            ask_quantity=ask_quantity,
        )

    @property
    def mid(self) -> Price:
        """The middle of the best two prices; NaN while a side is empty."""
        if not (self.bid_price.size and self.ask_price.size):
            return Price(float("nan"))
        return Price(float(self.bid_price[0] + self.ask_price[0]) / 2)

    def usd_between(self, low: float, high: float) -> Usd:
        """Return what rests from one price to another, both inclusive; bids and asks together."""
        return Usd(
            _worth(self.bid_price, self.bid_quantity, low, high)
            + _worth(self.ask_price, self.ask_quantity, low, high)
        )

    def depth(self, reach: float) -> tuple[Usd, Usd]:
        """Return bids and asks within a fraction of the mid price; 0 while a side is empty."""
        low, high = self.mid * (1 - reach), self.mid * (1 + reach)
        return (
            Usd(_worth(self.bid_price, self.bid_quantity, low, high)),
            Usd(_worth(self.ask_price, self.ask_quantity, low, high)),
        )


def _levels(levels: ArrayLike) -> tuple[F8, F8]:
    table = np.asarray(levels, dtype=np.float64).reshape(-1, 2)
    table = table[np.all((table > 0) & (table < np.inf), axis=1)]
    price, place = np.unique(table[:, 0], return_inverse=True)
    return floats(price), floats(np.bincount(place, weights=table[:, 1], minlength=price.size))


def _worth(price: F8, quantity: F8, low: float, high: float) -> float:
    inside = (price >= low) & (price <= high)
    return float(price[inside] @ quantity[inside])
