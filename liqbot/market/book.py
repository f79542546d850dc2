"""Resting liquidity."""

from dataclasses import dataclass

from liqbot.market.units import F8


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBook:
    """One venue's resting orders at one instant; best price first."""

    at_ms: int
    bid_price: F8  # (n,) Price, falling
    bid_quantity: F8  # (n,) base units
    ask_price: F8  # (m,) Price, rising
    ask_quantity: F8  # (m,) base units
