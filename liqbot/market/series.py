"""Columns over time, oldest first, write-protected and checked once on entry."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from liqbot.market.mending import SNAP_MS, Columns, Mending, Repairs, check_columns
from liqbot.market.units import F8, I8, MINUTE_MS, floats, integers

_PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candles:
    """Closed candles of one length; `opened_ms` strictly increasing, on the grid of `interval_ms`.

    A candle whose prices are unknown has NaN in all four; a missing row is a gap.
    """

    interval_ms: int
    opened_ms: I8  # (n,) Unix ms, UTC
    open: F8  # (n,) Price
    high: F8  # (n,) Price, ≥ max(open, close)
    low: F8  # (n,) Price, ≤ min(open, close)
    close: F8  # (n,) Price
    volume: F8  # (n,) base units, NaN where unknown
    taker_buy_volume: F8  # (n,) base units, NaN where unknown

    def __post_init__(self) -> None:
        """Raise ValueError for stamps that do not rise on the grid, or prices out of order."""
        columns = (self.open, self.high, self.low, self.close, self.volume, self.taker_buy_volume)
        check_columns(self.opened_ms, *columns)
        if self.interval_ms <= 0 or np.any(self.opened_ms % self.interval_ms):
            raise ValueError(f"candles off the grid of {self.interval_ms} ms")
        if np.any(_disordered(*columns[:4])):
            raise ValueError("candles whose high is not their highest or low not their lowest")

    def __len__(self) -> int:
        """Count the rows."""
        return self.opened_ms.size

    @staticmethod
    def mended(interval_ms: int, columns: Columns) -> "tuple[Candles, Repairs]":
        """Make candles of raw columns named as the fields; return them and what was repaired.

        Absent columns are unknown. Rows are sorted, equal stamps keep the last row, stamps up to
        2 s off the grid move onto it and others go; prices and volumes that cannot be become NaN.
        Raise ValueError for columns of unequal length.
        """
        mend = Mending("opened_ms", columns, (*_PRICES, "volume", "taker_buy_volume"))
        off = mend.snap(interval_ms)
        mend.drop(off, "off the grid of candles dropped")
        mend.order(unique=True)
        prices = np.array([mend.columns[name] for name in _PRICES])
        absent = np.isnan(prices)
        cut = absent.any(axis=0) & ~absent.all(axis=0)
        mend.blank(_PRICES, cut, "with only some of the four prices made unknown")
        wrong = ~cut & np.any((prices <= 0) | np.isinf(prices), axis=0)
        mend.blank(_PRICES, wrong, "with a price that is not positive and finite made unknown")
        mend.blank(
            _PRICES,
            ~cut & ~wrong & _disordered(*prices),
            "with high or low inside the other prices made unknown",
        )
        for name in ("volume", "taker_buy_volume"):
            column = mend.columns[name]
            bad = (column < 0) | np.isinf(column)
            mend.blank([name], bad, f"with a negative or infinite {name} made unknown")
        arrays = {name: floats(column) for name, column in mend.columns.items()}
        stamps = integers(mend.stamps)
        return Candles(interval_ms=interval_ms, opened_ms=stamps, **arrays), mend.repairs

    @staticmethod
    def none(interval_ms: int) -> "Candles":
        """Return no candles of a length."""
        return Candles.mended(interval_ms, {"opened_ms": []})[0]

    @property
    def closed_ms(self) -> I8:
        """When each candle closed, (n,) Unix ms, UTC."""
        return integers(self.opened_ms + self.interval_ms)

    def until(self, at_ms: int) -> "Candles":
        """Return the candles that had closed by a moment (Unix ms, inclusive)."""
        stop = int(np.searchsorted(self.opened_ms, at_ms - self.interval_ms, side="right"))
        return self._rows(slice(None, stop))

    def since(self, at_ms: int) -> "Candles":
        """Return the candles that opened at a moment (Unix ms, inclusive) or later."""
        return self._rows(slice(int(np.searchsorted(self.opened_ms, at_ms)), None))

    def resample(self, interval_ms: int, at_ms: int | None = None) -> "Candles":
        """Return longer candles, only those whose time is over by a moment (Unix ms).

        The moment is the close of the last row, or `at_ms` where that is known to be later.
        Unknown rows are passed over; a candle without one known row is unknown, one without
        any row is a gap. Raise ValueError unless the length is a multiple of the present one.
        """
        if interval_ms % self.interval_ms:
            raise ValueError(f"candles of {self.interval_ms} ms do not fill {interval_ms} ms")
        if interval_ms == self.interval_ms or not len(self):
            return replace(self, interval_ms=interval_ms)
        bucket = self.opened_ms // interval_ms
        first = np.flatnonzero(np.diff(bucket, prepend=bucket[0] - 1))
        known = ~np.isnan(self.close)
        rows = np.arange(len(self))
        opening = np.minimum.reduceat(np.where(known, rows, len(self) - 1), first)
        closing = np.maximum.reduceat(np.where(known, rows, 0), first)
        any_known = np.logical_or.reduceat(known, first)
        longer = Candles(
            interval_ms=interval_ms,
            opened_ms=integers(bucket[first] * interval_ms),
            open=floats(np.where(any_known, self.open[opening], np.nan)),
            high=floats(np.fmax.reduceat(self.high, first)),
            low=floats(np.fmin.reduceat(self.low, first)),
            close=floats(np.where(any_known, self.close[closing], np.nan)),
            volume=_sums(self.volume, first),
            taker_buy_volume=_sums(self.taker_buy_volume, first),
        )
        closed_ms = int(self.opened_ms[-1]) + self.interval_ms
        return longer.until(closed_ms if at_ms is None else max(at_ms, closed_ms))

    def _rows(self, rows: slice) -> "Candles":
        return Candles(
            interval_ms=self.interval_ms,
            opened_ms=self.opened_ms[rows],
            open=self.open[rows],
            high=self.high[rows],
            low=self.low[rows],
            close=self.close[rows],
            volume=self.volume[rows],
            taker_buy_volume=self.taker_buy_volume[rows],
        )


def _disordered(open_: F8, high: F8, low: F8, close: F8) -> NDArray[np.bool_]:
    return (high < np.maximum(open_, close)) | (low > np.minimum(open_, close))


def _sums(column: F8, first: NDArray[np.intp]) -> F8:
    known = np.add.reduceat(~np.isnan(column), first, dtype=np.int64)
    return floats(np.where(known > 0, np.add.reduceat(np.nan_to_num(column), first), np.nan))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInterest:
    """Open interest at instants, strictly increasing in time."""

    at_ms: I8  # (n,) Unix ms, UTC
    quantity: F8  # (n,) base units, NaN where unknown

    def __post_init__(self) -> None:
        """Raise ValueError for stamps that do not rise."""
        check_columns(self.at_ms, self.quantity)

    def __len__(self) -> int:
        """Count the rows."""
        return self.at_ms.size

    @staticmethod
    def mended(columns: Columns) -> "tuple[OpenInterest, Repairs]":
        """Make open interest of raw columns named as the fields; return what was repaired too.

        Stamps up to 2 s off a whole minute move onto it, others stay: samples are instants.
        Raise ValueError for columns of unequal length.
        """
        mend = Mending("at_ms", columns, ("quantity",))
        mend.snap(MINUTE_MS)
        mend.order(unique=True)
        quantity = mend.columns["quantity"]
        bad = (quantity < 0) | np.isinf(quantity)
        mend.blank(["quantity"], bad, "with a negative or infinite open interest made unknown")
        series = OpenInterest(
            at_ms=integers(mend.stamps), quantity=floats(mend.columns["quantity"])
        )
        return series, mend.repairs

    def at(self, at_ms: I8) -> F8:
        """Return what was sampled within 2 s of instants, (m,) base units; NaN where nothing was.

        Nothing is interpolated: between two samples open interest is unknown.
        """
        if not len(self):
            return floats(np.full(len(at_ms), np.nan))
        after = np.clip(np.searchsorted(self.at_ms, at_ms), 0, len(self) - 1)
        before = np.maximum(after - 1, 0)
        near = np.where(at_ms - self.at_ms[before] < self.at_ms[after] - at_ms, before, after)
        close = np.abs(self.at_ms[near] - at_ms) <= SNAP_MS
        return floats(np.where(close, self.quantity[near], np.nan))

    def until(self, at_ms: int) -> "OpenInterest":
        """Return the samples taken by a moment (Unix ms, inclusive)."""
        stop = int(np.searchsorted(self.at_ms, at_ms, side="right"))
        return OpenInterest(at_ms=self.at_ms[:stop], quantity=self.quantity[:stop])

    def since(self, at_ms: int) -> "OpenInterest":
        """Return the samples taken at a moment (Unix ms, inclusive) or later."""
        start = int(np.searchsorted(self.at_ms, at_ms))
        return OpenInterest(at_ms=self.at_ms[start:], quantity=self.quantity[start:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """Funding rates, strictly increasing in time."""

    at_ms: I8  # (n,) Unix ms, UTC
    rate: F8  # (n,) fraction per funding interval, NaN where unknown

    def __post_init__(self) -> None:
        """Raise ValueError for stamps that do not rise."""
        check_columns(self.at_ms, self.rate)

    def __len__(self) -> int:
        """Count the rows."""
        return self.at_ms.size

    @staticmethod
    def mended(columns: Columns) -> "tuple[Funding, Repairs]":
        """Make funding of raw columns named as the fields; return what was repaired too.

        Raise ValueError for columns of unequal length.
        """
        mend = Mending("at_ms", columns, ("rate",))
        mend.order(unique=True)
        mend.blank(["rate"], np.isinf(mend.columns["rate"]), "with an infinite rate made unknown")
        series = Funding(at_ms=integers(mend.stamps), rate=floats(mend.columns["rate"]))
        return series, mend.repairs

    def until(self, at_ms: int) -> "Funding":
        """Return the rates told by a moment (Unix ms, inclusive)."""
        stop = int(np.searchsorted(self.at_ms, at_ms, side="right"))
        return Funding(at_ms=self.at_ms[:stop], rate=self.rate[:stop])

    def since(self, at_ms: int) -> "Funding":
        """Return the rates told at a moment (Unix ms, inclusive) or later."""
        start = int(np.searchsorted(self.at_ms, at_ms))
        return Funding(at_ms=self.at_ms[start:], rate=self.rate[start:])
