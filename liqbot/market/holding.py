"""A position that somebody holds, and the prices at which it ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from liqbot.market.units import Price, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What one holds of a market, on one venue."""

    side: Side
    entry: Price
    leverage: float
    liquidation: Price  # 0 for a long that no price above 0 liquidates
    stop: Price | None = None
    venue: str = ""  # "" = not said; then the liquidation price is the nearest of all venues'
    quantity: float | None = None  # base units; None = not said, small

    @property
    def words(self) -> str:
        """How it is written: long 65000 25x stop 63800 size 0.5 okx."""
        said = [str(self.side), written(self.entry), f"{written(self.leverage)}x"]
        said += ["stop", written(self.stop)] if self.stop is not None else []
        said += ["size", written(self.quantity)] if self.quantity is not None else []
        return " ".join([*said, self.venue]).strip()

    def ahead(self, mark: float, price: float) -> float:
        """Return how far it can go against the holder until a price, a fraction of mark.

        0 once price is there or beyond.
        """
        return max(self.side.sign * (1 - price / mark), 0.0)


def holding_in(told: Mapping[str, Any]) -> Holding:
    """Read a holding from its fields; raise ValueError, KeyError or TypeError for others."""
    return Holding(**{**told, "side": Side(told["side"])})


def written(value: float) -> str:
    """Write a number to the last digit, without an exponent."""
    return f"{Decimal(repr(float(value))):f}".removesuffix(".0")
