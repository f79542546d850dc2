"""Runs of heavy bins, and which of them matter."""

from collections.abc import Mapping
from dataclasses import dataclass

from liqbot.market.units import Price, Side, Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A run of neighbouring heavy bins on one side of one snapshot."""

    id: str  # kept while the cluster is tracked
    side: Side
    low: Price
    high: Price
    peak: Price  # middle of its heaviest bin
    usd: Usd  # raw modelled
    expected_usd: Usd  # raw × realisation ratio
    distance: float  # from mark to its nearest edge, signed, fraction of mark
    zone: str | None  # "A" nearest above, "B" nearest below, "C" the larger one beyond on each side
    tiers: Mapping[float, Usd]  # raw Usd by leverage
    venues: Mapping[str, Usd]  # raw Usd by venue
    persistence: float  # share of the last 24 h in which it was there; < 0.25 = transient
    grade: str  # "A" (best) … "D"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asymmetry:
    """Which side is heavier near the price."""

    long_usd: Usd  # raw, longs within reach below mark
    short_usd: Usd  # raw, shorts within reach above mark
    ratio: float  # heavier ÷ lighter, ≥ 1; inf if one side is empty
    reach: float  # fraction of mark looked at on each side

    @property
    def heavier(self) -> Side:
        """The side that holds more."""
        return Side.LONG if self.long_usd >= self.short_usd else Side.SHORT
