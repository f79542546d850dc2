"""A venue's maintenance-margin brackets."""

from dataclasses import dataclass

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
