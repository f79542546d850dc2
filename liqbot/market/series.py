"""Columns over time, oldest first, write-protected."""

from dataclasses import dataclass

from liqbot.market.units import F8, I8


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInterest:
    """Open interest at instants, strictly increasing in time."""

    at_ms: I8  # (n,) Unix ms, UTC
    quantity: F8  # (n,) base units, NaN where unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """Funding rates, strictly increasing in time."""

    at_ms: I8  # (n,) Unix ms, UTC
    rate: F8  # (n,) fraction per funding interval, NaN where unknown
