"""Forced orders as they happened."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liqbot.market.mending import Columns, Mending, Repairs, check_columns
from liqbot.market.units import F8, I8, Price, Quantity, Side, Usd, floats, integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Liquidation:
    """One forced order."""

    at_ms: int  # Unix ms, UTC
    side: Side  # whose position was closed
    price: Price
    quantity: Quantity

    @property
    def usd(self) -> Usd:
        """Its notional."""
        return Usd(self.price * self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """A window of forced orders, oldest first (many may share one millisecond)."""

    at_ms: I8  # (n,) Unix ms, UTC
    side: NDArray[np.int8]  # (n,) Side.index: whose position was closed
    price: F8  # (n,) Price
    quantity: F8  # (n,) base units

    def __post_init__(self) -> None:
        """Raise ValueError for stamps that fall or columns of unequal length."""
        check_columns(self.at_ms, self.side, self.price, self.quantity, strict=False)

    def __len__(self) -> int:
        """Count the orders."""
        return self.at_ms.size

    @staticmethod
    def of(liquidations: Iterable[Liquidation]) -> "Tape":
        """Return forced orders as a window, sorted by time."""
        orders = sorted(liquidations, key=lambda order: order.at_ms)
        return _tape(
            [order.at_ms for order in orders],
            [order.side.index for order in orders],
            [order.price for order in orders],
            [order.quantity for order in orders],
        )

    @staticmethod
    def mended(columns: Columns) -> "tuple[Tape, Repairs]":
        """Make a tape of raw columns named as the fields; return it and what was repaired.

        Rows whose price or quantity is not positive and finite go. Equal rows stay: one engine
        closes many positions in a millisecond. Raise ValueError for columns of unequal length.
        """
        mend = Mending("at_ms", columns, ("side", "price", "quantity"))
        values = np.array([mend.columns["price"], mend.columns["quantity"]])
        bad = ~np.all((values > 0) & (values < np.inf), axis=0)
        mend.drop(bad, "whose price or quantity is not positive and finite dropped")
        mend.order(unique=False)
        found = mend.columns
        return _tape(mend.stamps, found["side"], found["price"], found["quantity"]), mend.repairs

    @staticmethod
    def merge(tapes: "Iterable[Tape]") -> "Tape":
        """Return the orders of all tapes as one, sorted by time; ties in the order given."""
        every = [*tapes, Tape.of(())]
        at_ms = np.concatenate([tape.at_ms for tape in every])
        order = np.argsort(at_ms, kind="stable")
        return _tape(
            at_ms[order],
            np.concatenate([tape.side for tape in every])[order],
            np.concatenate([tape.price for tape in every])[order],
            np.concatenate([tape.quantity for tape in every])[order],
        )

    def then(self, later: "Tape") -> "Tape":
        """Return these orders and later ones, unsorted; raise ValueError for earlier ones."""
        columns = {
            name: np.concatenate((getattr(self, name), getattr(later, name)))
            for name in ("at_ms", "side", "price", "quantity")
        }
        for each in columns.values():
            each.flags.writeable = False
        return Tape(**columns)

    @property
    def usd(self) -> F8:
        """Notional of each order, (n,) Usd."""
        usd: F8 = self.price * self.quantity
        return usd

    def until(self, at_ms: int) -> "Tape":
        """Return the orders up to a moment (Unix ms, inclusive)."""
        return self._rows(slice(None, int(np.searchsorted(self.at_ms, at_ms, side="right"))))

    def since(self, at_ms: int) -> "Tape":
        """Return the orders from a moment (Unix ms, inclusive) on."""
        return self._rows(slice(int(np.searchsorted(self.at_ms, at_ms)), None))

    def totals(self, edges_ms: I8) -> F8:
        """Sum notional between rising edges (n + 1,) Unix ms: (2, n) Usd, rows by Side.index.

        A span holds its first edge and not its last; orders outside all spans are left out.
        """
        spans = len(edges_ms) - 1
        span = np.searchsorted(edges_ms, self.at_ms, side="right") - 1
        inside = (span >= 0) & (span < spans)
        cell = self.side[inside].astype(np.int64) * spans + span[inside]
        sums = np.bincount(cell, weights=self.usd[inside], minlength=2 * spans)
        return floats(sums.reshape(2, spans))

    def _rows(self, rows: slice) -> "Tape":
        return Tape(
            at_ms=self.at_ms[rows],
            side=self.side[rows],
            price=self.price[rows],
            quantity=self.quantity[rows],
        )


def _tape(at_ms: ArrayLike, side: ArrayLike, price: ArrayLike, quantity: ArrayLike) -> Tape:
    sides = np.array(side, dtype=np.int8)
    sides.flags.writeable = False
    return Tape(at_ms=integers(at_ms), side=sides, price=floats(price), quantity=floats(quantity))


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidationTotals:
    """Sums of forced orders over spans of time, oldest first, not overlapping."""

    from_ms: I8  # (n,) Unix ms, UTC, inclusive
    to_ms: I8  # (n,) Unix ms, UTC, exclusive
    usd: F8  # (2, n) Usd, rows by Side.index; NaN where unknown

    def __post_init__(self) -> None:
        """Raise ValueError for spans that are empty, overlap or fall back in time."""
        check_columns(self.from_ms, self.to_ms, self.usd)
        if np.any(self.to_ms <= self.from_ms) or np.any(self.to_ms[:-1] > self.from_ms[1:]):
            raise ValueError("spans that are empty or overlap")

    def __len__(self) -> int:
        """Count the spans."""
        return self.from_ms.size

    @staticmethod
    def mended(columns: Columns) -> "tuple[LiquidationTotals, Repairs]":
        """Make totals of raw `from_ms`, `to_ms`, `long_usd`, `short_usd`; return the repairs too.

        Spans that are empty or reach into the one before them go; negative sums become unknown.
        Raise ValueError for columns of unequal length.
        """
        names = ("long_usd", "short_usd")
        mend = Mending("from_ms", columns, ("to_ms", *names))
        mend.drop(mend.columns["to_ms"] <= mend.stamps, "that end before they begin dropped")
        mend.order(unique=True)
        reach = np.maximum.accumulate(mend.columns["to_ms"])
        into: NDArray[np.bool_] = np.zeros(mend.stamps.size, dtype=np.bool_)
        into[1:] = mend.stamps[1:] < reach[:-1]
        mend.drop(into, "that overlap the one before dropped")
        for name in names:
            column = mend.columns[name]
            bad = (column < 0) | np.isinf(column)
            mend.blank([name], bad, f"with a negative or infinite {name} made unknown")
        totals = LiquidationTotals(
            from_ms=integers(mend.stamps),
            to_ms=integers(mend.columns["to_ms"]),
            usd=floats([mend.columns[name] for name in names]),
        )
        return totals, mend.repairs

    def until(self, at_ms: int) -> "LiquidationTotals":
        """Return the spans that were over by a moment (Unix ms, inclusive)."""
        return self._rows(slice(None, int(np.searchsorted(self.to_ms, at_ms, side="right"))))

    def since(self, at_ms: int) -> "LiquidationTotals":
        """Return the spans that began at a moment (Unix ms, inclusive) or later."""
        return self._rows(slice(int(np.searchsorted(self.from_ms, at_ms)), None))

    def _rows(self, rows: slice) -> "LiquidationTotals":
        return LiquidationTotals(
            from_ms=self.from_ms[rows], to_ms=self.to_ms[rows], usd=floats(self.usd[:, rows])
        )
