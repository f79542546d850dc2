"""A venue's maintenance-margin brackets."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from liqbot.errors import OutOfRange
from liqbot.market.units import Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginTier:
    """One bracket: positions of this notional may use up to this leverage."""

    floor: Usd
    cap: Usd
    rate: float  # maintenance margin, fraction of notional
    amount: Usd  # maintenance amount ("cum", "deduction") that makes the brackets join
    max_leverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginSchedule:
    """The brackets of one instrument, smallest notional first; never empty."""

    tiers: tuple[MarginTier, ...]
    source: str  # where the numbers are from, and as of when

    def __post_init__(self) -> None:
        """Raise ValueError for brackets that leave a gap, jump in margin, or loosen with size."""
        if not self.tiers:
            raise ValueError(f"no brackets from {self.source}")
        if self.tiers[0].floor or self.tiers[0].amount:
            raise ValueError(f"the first bracket from {self.source} does not start at nothing")
        for tier in self.tiers:
            if not (tier.floor < tier.cap and 0 < tier.rate < 1 <= tier.max_leverage < math.inf):
                raise ValueError(f"a bracket from {self.source} that cannot be: {tier}")
        for lower, upper in pairwise(self.tiers):
            if upper.floor != lower.cap:
                raise ValueError(f"brackets from {self.source} part at {lower.cap:,.0f}")
            if upper.rate < lower.rate or upper.max_leverage > lower.max_leverage:
                raise ValueError(f"brackets from {self.source} loosen at {lower.cap:,.0f}")
            jump = _joining(lower, upper.floor, upper.rate) - upper.amount
            if abs(jump) > 1e-6 * upper.floor:
                raise ValueError(f"margin from {self.source} jumps by {jump} at {lower.cap:,.0f}")

    @property
    def max_leverage(self) -> float:
        """The highest leverage any position may use."""
        return self.tiers[0].max_leverage

    def permitting(self, leverage: float) -> MarginTier:
        """Return the largest bracket that still permits a leverage.

        Raise OutOfRange for a leverage below 1 or beyond what the venue grants.
        """
        if not 1 <= leverage <= self.max_leverage:
            raise OutOfRange(f"Leverage {leverage:g} is not within 1 … {self.max_leverage:g}.")
        return next(tier for tier in reversed(self.tiers) if tier.max_leverage >= leverage)

    def for_notional(self, usd: float) -> MarginTier:
        """Return the bracket of a notional; raise OutOfRange if it is negative or beyond the last.

        A notional on the border belongs to the lower bracket, as it does on Binance.
        """
        cap = self.tiers[-1].cap
        if not 0 <= usd <= cap:
            raise OutOfRange(f"A position of ${usd:,.0f} is not within $0 … ${cap:,.0f}.")
        return next(tier for tier in self.tiers if usd <= tier.cap)


def schedule_from(rows: Iterable[tuple[float, float, float]], source: str) -> MarginSchedule:
    """Make a schedule of (cap in USD, maintenance rate, maximum leverage) rows, smallest first.

    Maintenance amounts make the margin continuous: A_n = floor_n·(m_n − m_{n−1}) + A_{n−1}
    (Binance FAQ b3c689c1f50a44cabb3a84e663b81d93). Raise ValueError for rows that cannot be.
    """
    tiers: list[MarginTier] = []
    for cap, rate, max_leverage in rows:
        floor = tiers[-1].cap if tiers else Usd(0.0)
        amount = _joining(tiers[-1], floor, rate) if tiers else Usd(0.0)
        tiers.append(
            MarginTier(
                floor=floor, cap=Usd(cap), rate=rate, amount=amount, max_leverage=max_leverage
            )
        )
    return MarginSchedule(tiers=tuple(tiers), source=source)


def _joining(lower: MarginTier, floor: Usd, rate: float) -> Usd:
    return Usd(floor * (rate - lower.rate) + lower.amount)
