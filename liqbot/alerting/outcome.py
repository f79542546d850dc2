"""What price did with a level that somebody was told of: exactly one kind of outcome for any data.

A level is judged by the candles that opened when it was told or later and closed by its horizon;
none before, as what happened in them was known, and none after. Distances are measured in log
price, so that a level above and its mirror image below are judged alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import F8, HOUR_MS, Price, Side, Usd, floats, integers

_TURNED = 0.5  # of the way to the level, which price has to leave again for a turn
_LEAST_TURN = 0.0025  # log price; nearer levels are turned from by noise
_NEARLY = 0.75  # of the way to the level: so far price has to come to run ahead of it


class Kind(StrEnum):
    """What came of a level.

    Its near edge is the one that price comes to first. Price has turned where a candle closes
    with half of the way to the near edge open again (0.25 % at least, once it was reached); it
    has gone on where a candle closes as far beyond the far edge. Who does either first decides.
    """

    IGNORED = "ignored"  # none of the below: price stayed away
    FRONT_RUN = "front-run"  # never at the near edge, three quarters of the way, then turned
    REACHED = "reached"  # at the near edge, not through; neither turned nor gone on in time
    REJECTED = "tap-and-reject"  # at the near edge, not through, then turned
    SWEPT = "swept"  # through the far edge, and then turned, or has not gone on in time
    CONTINUED = "tap-and-continue"  # through the far edge and gone on
    UNKNOWN = "unknown"  # candles are missing before it was decided

    @property
    def was_reached(self) -> bool:
        """Whether price came to the near edge."""
        return self in (Kind.REACHED, Kind.REJECTED, Kind.SWEPT, Kind.CONTINUED)

    @property
    def was_swept(self) -> bool:
        """Whether price went through the far edge."""
        return self in (Kind.SWEPT, Kind.CONTINUED)


class Reach(StrEnum):
    """How far away a level is, and so how long it is given: to 2 %, to 5 %, beyond."""

    NEAR = "near"
    SWING = "swing"
    CONTEXT = "context"

    @property
    def horizon_ms(self) -> int:
        """For how long a level is watched."""
        return {Reach.NEAR: 4, Reach.SWING: 72, Reach.CONTEXT: 168}[self] * HOUR_MS


def reach_of(distance: float) -> Reach:
    """Return the class of a distance, a fraction of mark."""
    return Reach.NEAR if distance <= 0.02 else Reach.SWING if distance <= 0.05 else Reach.CONTEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A band of prices ahead: below the mark for longs, above it for shorts."""

    side: Side
    low: Price
    high: Price
    mark: Price  # when it was told
    at_ms: int  # Unix ms, UTC
    reach: Reach

    def __post_init__(self) -> None:
        """Raise ValueError for a band that price is in or that is on the other side of it."""
        is_long = self.side is Side.LONG
        is_ahead = self.high < self.mark if is_long else 0 < self.mark < self.low
        if not 0 < self.low <= self.high < np.inf or not is_ahead:
            raise ValueError(f"{self.low} … {self.high} is not ahead of {self.mark}")

    @property
    def until_ms(self) -> int:
        """When it is over, Unix ms."""
        return self.at_ms + self.reach.horizon_ms

    @property
    def near(self) -> float:
        """The way from the mark to the edge that price comes to first, log price."""
        return self.way(self.high if self.side is Side.LONG else self.low)

    @property
    def far(self) -> float:
        """The way from the mark to the other edge, log price."""
        return self.way(self.low if self.side is Side.LONG else self.high)

    def way(self, price: float) -> float:
        """Return the way from the mark towards the level and on to a price, log price."""
        return float(self.ways(np.array([price]))[0])

    def ways(self, prices: F8) -> F8:
        """Return the same for prices (n,); NaN for unknown ones."""
        return floats(np.log(self.mark / prices) * self.side.sign)

    def mirrored(self) -> "Level":
        """Return the level as far away on the other side."""
        return replace(
            self,
            side=Side.SHORT if self.side is Side.LONG else Side.LONG,
            low=Price(self.mark * (self.mark / self.high)),
            high=Price(self.mark * (self.mark / self.low)),
        )

    def moved(self, at_ms: int, mark: Price) -> "Level":
        """Return the level as far away from another mark at another moment."""
        scale = mark / self.mark
        low, high = Price(self.low * scale), Price(self.high * scale)
        return replace(self, low=low, high=high, mark=mark, at_ms=at_ms)


class Reaction(NamedTuple):
    """What price did with a level; stamps are Unix ms, None for what did not come."""

    kind: Kind
    reached_ms: int | None = None  # the candle's opening
    swept_ms: int | None = None  # the candle's opening
    ended_ms: int | None = None  # the candle's close that decided it, or the last one's


class _Ways(NamedTuple):
    """How far each candle went towards a level until the first that is unknown, log price."""

    deepest: F8  # (n,)
    closing: F8  # (n,)
    is_whole: bool  # no candle is unknown


def react(level: Level, candles: Candles) -> Reaction:
    """Tell what price did with a level, by closed candles of any length.

    A candle that is unknown hides whatever was not decided before it.
    """
    step, first = candles.interval_ms, -(-level.at_ms // candles.interval_ms)
    ways = _ways(level, candles)
    touched = _first(ways.deepest >= level.near)
    if touched is None:
        return Reaction(_unreached(level, ways) if ways.is_whole else Kind.UNKNOWN)
    turn = max(_TURNED * level.near, _LEAST_TURN)
    gone_on = ways.closing >= level.far + turn
    decided = _first((gone_on | (ways.closing <= level.near - turn))[touched:])
    if decided is None and not ways.is_whole:
        return Reaction(Kind.UNKNOWN)
    last = ways.closing.size - 1 if decided is None else touched + decided
    through = _first(ways.deepest[: last + 1] >= level.far)
    if through is None:
        kind = Kind.REACHED if decided is None else Kind.REJECTED
    else:
        kind = Kind.CONTINUED if gone_on[last] else Kind.SWEPT
    return Reaction(
        kind=kind,
        reached_ms=(first + touched) * step,
        swept_ms=None if through is None else (first + through) * step,
        ended_ms=(first + last + 1) * step,
    )


def fired_usd(level: Level, reaction: Reaction, candles: Candles, tapes: Iterable[Tape]) -> Usd:
    """Return what was liquidated on the level's side while price was in it, Usd.

    These are the forced orders in the candles that touch the band, from the first that does
    until it was decided; their own prices are not asked, as some venues tell others than marks.
    """
    if reaction.reached_ms is None or reaction.ended_ms is None:
        return Usd(0.0)
    within = candles.since(reaction.reached_ms).until(reaction.ended_ms)
    return touching_usd(level.side, level.low, level.high, within, Tape.merge(tapes))


def touching_usd(side: Side, low: Price, high: Price, candles: Candles, tape: Tape) -> Usd:
    """Return what was liquidated on a side in the candles that touch a band, Usd."""
    if not len(candles):
        return Usd(0.0)
    edges = integers(np.append(candles.opened_ms, candles.closed_ms[-1:]))
    usd = tape.totals(edges)[side.index]
    return Usd(float(usd[(candles.low <= high) & (candles.high >= low)].sum()))


def _ways(level: Level, candles: Candles) -> _Ways:
    step = candles.interval_ms
    first = -(-level.at_ms // step)
    slots = max(level.until_ms // step - first, 0)
    rows = slice(*np.searchsorted(candles.opened_ms, (first * step, (first + slots) * step)))
    towards = candles.low if level.side is Side.LONG else candles.high
    prices = np.full((2, slots), np.nan)
    prices[:, candles.opened_ms[rows] // step - first] = towards[rows], candles.close[rows]
    gap = _first(np.isnan(prices[1]))
    known = slice(gap)
    ways = [level.ways(floats(row[known])) for row in prices]
    return _Ways(ways[0], ways[1], is_whole=gap is None and slots > 0)


def _unreached(level: Level, ways: _Ways) -> Kind:
    nearly = _first(ways.deepest >= _NEARLY * level.near)
    if nearly is None:
        return Kind.IGNORED
    turned = ways.closing[nearly:] <= (1 - _TURNED) * level.near
    return Kind.FRONT_RUN if turned.any() else Kind.IGNORED


def _first(marks: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> int | None:
    """Return the place of the first True, if there is one."""
    return int(np.argmax(marks)) if marks.any() else None
