"""Positions that are known, beside those that are estimated and never a part of them.

Neither whom an operator lists nor the largest accounts are a sample of a market: nothing is scaled
up from these, and no total, cluster or score counts them.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from liqbot.market.position import Position
from liqbot.market.units import Price, Side, Usd

_BAND = 0.01  # log price: finer would point at one holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What listed addresses and large accounts hold in one market, of whom no more is said."""

    positions: tuple[Position, ...]  # that price may still liquidate, by liquidation price
    unreachable: int  # more positions, which no price liquidates
    holders: int  # of the listed, who told lately …
    listed: int  # … of so many
    leading: int = 0  # of the largest, who told lately …
    largest: int = 0  # … of so many
    age_s: float  # of the oldest answer that counts; inf where none does
    share: float  # of all longs and shorts on the map's venues, 0 … 1; NaN where unknown

    @property
    def usd(self) -> Usd:
        """What would be liquidated, each position at its own price."""
        return Usd(sum(map(usd_of, self.positions)))

    @property
    def is_blind(self) -> bool:
        """Whether nobody has told anything lately."""
        return not (self.holders or self.leading)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredBand:
    """What of it would be liquidated within 1 % of price, on one side."""

    side: Side
    low: Price
    high: Price
    usd: Usd
    count: int
    distance: float  # from mark to its nearest edge, signed, fraction of mark


def usd_of(position: Position) -> float:
    """Return a position's value at its liquidation price, Usd."""
    return position.quantity * position.liquidation


def measured(
    told: Iterable[Position],
    mark: Price,
    interest: float,
    *,
    holders: int,
    listed: int,
    leading: int = 0,
    largest: int = 0,
    age_s: float,
) -> Measured:
    """Return the positions of one market as they are seen from a mark.

    Whom the mark has passed by now is left out: the venue has closed that. `interest`: open
    interest of the map's venues, base units; every contract is one long and one short.
    """
    there = list(told)
    ahead = [each for each in there if (mark - each.liquidation) * each.side.sign > 0]
    held = sum(each.quantity for each in ahead)
    return Measured(
        positions=tuple(sorted(ahead, key=lambda each: each.liquidation)),
        unreachable=sum(math.isnan(each.liquidation) for each in there),
        holders=holders,
        listed=listed,
        leading=leading,
        largest=largest,
        age_s=age_s,
        share=held / (2 * interest) if interest > 0 else math.nan,
    )


def bands(found: Measured, mark: Price) -> tuple[MeasuredBand, ...]:
    """Return what stands in bands of 1 % on a fixed lattice, by price."""

    def place(each: Position) -> tuple[int, Side]:
        return math.floor(math.log(each.liquidation) / _BAND), each.side

    together = groupby(sorted(found.positions, key=place), place)
    return tuple(_band(row, side, list(held), mark) for (row, side), held in together)


def _band(row: int, side: Side, held: list[Position], mark: Price) -> MeasuredBand:
    low, high = Price(math.exp(row * _BAND)), Price(math.exp((row + 1) * _BAND))
    near = min(high, mark) if side is Side.LONG else max(low, mark)
    return MeasuredBand(
        side=side,
        low=low,
        high=high,
        usd=Usd(sum(map(usd_of, held))),
        count=len(held),
        distance=near / mark - 1,
    )
