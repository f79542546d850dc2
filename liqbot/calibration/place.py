"""Where prints fell, against where the map had said that positions stand."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from liqbot.calibration.ranks import ranks
from liqbot.heatmap.bars import Bars
from liqbot.heatmap.brackets import bracket_schedule
from liqbot.heatmap.engine import grid_for, guessed, run, terms_of
from liqbot.heatmap.model import Model
from liqbot.heatmap.venues import RULES
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import F8, HOUR_MS, MINUTE_MS, Price, Side, floats, integers

_HEAVIEST = 0.10  # share of the bins that price went through that the map is said to name
_LEAST_BINS = 3  # price has to go through so many for a place among them to mean anything
_BAR_MS = 5 * MINUTE_MS
_AT_BANKRUPTCY = ("okx",)  # venues that print the price at which the margin is all gone


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceScore:
    """MODEL.md §5, one side: prints of an hour among the bins that price went through in it."""

    side: Side
    n: int  # prints
    quantile: float  # mean rank of the print's bin by mass, 0 … 1; 0.5 = no information
    quantile_low: float  # 95 % interval of that mean
    quantile_high: float
    precision: float  # share of prints in the heaviest 10 % of the bins
    precision_low: float  # Wilson 95 % interval
    precision_high: float
    distance_only: float  # the same share for a map that knows nothing but distance

    def as_dict(self) -> dict[str, float | str]:
        """Return the score by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Passage:
    """One hour on one side: the bins price went through, nearest first, and prints in each."""

    mass: F8  # (bin,) Usd in the column before the hour
    prints: NDArray[np.int64]  # (bin,)


def place_scores(
    base: str, bars: Bars, tapes: Sequence[Tape], model: Model
) -> tuple[PlaceScore, ...]:
    """Score hour by hour where prints fell in the column that stood before the hour.

    Only bins between the last price and the far edge of the hour's move compete: nobody is
    liquidated where price does not go. tapes hold marks, as `at_mark` gives them.
    """
    passages = list(_passages(base, bars, Tape.merge(tapes), model))
    return tuple(_score(side, [each[side.index] for each in passages]) for side in Side)


def at_mark(observation: Observation) -> Tape:
    """Return the tape with the marks that triggered the orders, as far as they can be known.

    OKX prints the bankruptcy price E(1 − s/L); the position was closed where its margin came
    down to the maintenance margin, a factor 1 ÷ (1 − s(m + f)) nearer to the entry.
    """
    tape, venue = observation.tape, observation.instrument.venue
    if venue not in _AT_BANKRUPTCY:
        return tape
    lowest = bracket_schedule(venue, observation.instrument.base).tiers[0]
    sign = np.where(tape.side == Side.LONG.index, 1.0, -1.0)
    return replace(tape, price=floats(tape.price / (1 - sign * (lowest.rate + RULES[venue].fee))))


def priced(observation: Observation) -> Observation:
    """Return an observation with prints, its candles and its mark made of them, the last one open.

    For tapes recorded without prices: all that is known is where price has been.
    """
    tape = at_mark(observation)
    bar = tape.at_ms // _BAR_MS
    first = np.flatnonzero(np.diff(bar, prepend=bar[0] - 1))
    last = np.append(first[1:], bar.size) - 1
    unknown = floats(np.full(first.size, np.nan))
    candles = Candles(
        interval_ms=_BAR_MS,
        opened_ms=integers(bar[first] * _BAR_MS),
        open=floats(tape.price[first]),
        high=floats(np.maximum.reduceat(tape.price, first)),
        low=floats(np.minimum.reduceat(tape.price, first)),
        close=floats(tape.price[last]),
        volume=unknown,
        taker_buy_volume=unknown,
    )
    return replace(observation, candles=candles, mark=Price(float(tape.price[-1])))


def rebuilt(observation: Observation) -> Observation:
    """Return an observation priced by its prints, with OI taken as constant.

    The constant is all that was printed, which only scales the map, to a size a model can hold.
    """
    seen = priced(observation)
    printed = np.full(len(seen.candles), seen.tape.quantity.sum())
    constant = OpenInterest(at_ms=seen.candles.opened_ms, quantity=floats(printed))
    return replace(seen, open_interest=constant)


def _passages(
    base: str, bars: Bars, tape: Tape, model: Model
) -> Iterator[tuple[_Passage, _Passage]]:
    terms = terms_of(model, base, bars.venues, grid_for(bars), bars.interval_ms)
    state = guessed(terms, bars)
    an_hour = max(HOUR_MS // bars.interval_ms, 1)
    bins = np.floor(np.log(tape.price) / terms.grid.step).astype(np.int64) - terms.grid.first
    for first in range(0, len(bars), an_hour):
        hour = bars.rows(first, min(first + an_hour, len(bars)))
        known = bars.close[:, max(first - 1, 0)]
        price = float(known[~np.isnan(known)][0]) if not np.isnan(known).all() else np.nan
        when = slice(*np.searchsorted(tape.at_ms, [hour.opened_ms[0], hour.ended_ms]))
        there = not np.isnan(price) and not np.isnan(hour.trigger_low).all()
        if first and there and when.start < when.stop:
            standing = state.quantity.sum(axis=(0, 2)) * terms.grid.centres
            start = terms.grid.index(price)
            low, high = (
                terms.grid.index(float(edge))
                for edge in (np.nanmin(hour.trigger_low), np.nanmax(hour.trigger_high))
            )
            yield (
                _passage(standing[0], range(start, low - 1, -1), bins[when][tape.side[when] == 0]),
                _passage(standing[1], range(start, high + 1), bins[when][tape.side[when] == 1]),
            )
        state = run(terms, state, hour, columns=False).positions


def _passage(standing: NDArray[np.float64], through: range, prints: NDArray[np.int64]) -> _Passage:
    order = np.array(through, dtype=np.int64)
    return _Passage(
        mass=floats(standing[order]),
        prints=(prints[None, :] == order[:, None]).sum(axis=1),
    )


def _score(side: Side, passages: Sequence[_Passage]) -> PlaceScore:
    counted = [
        p for p in passages if p.mass.size >= _LEAST_BINS and p.mass.any() and p.prints.any()
    ]
    usual = np.zeros(max((p.mass.size for p in counted), default=0))
    for each in counted:
        usual[: each.mass.size] += each.mass / each.mass.sum() / len(counted)
    placed, hits, plain = [np.zeros(0)], 0, 0
    for each in counted:
        rank = (ranks(each.mass) - 0.5) / each.mass.size
        placed.append(np.repeat(rank, each.prints))
        hits += int(each.prints[_named(each.mass)].sum())
        plain += int(each.prints[_named(usual[: each.mass.size])].sum())
    quantiles = np.concatenate(placed)
    n = quantiles.size
    mean = float(quantiles.mean()) if n else np.nan
    error = 1.96 * float(quantiles.std()) / n**0.5 if n else np.nan
    low, high = wilson(hits, n)
    return PlaceScore(
        side=side,
        n=n,
        quantile=mean,
        quantile_low=mean - error,
        quantile_high=mean + error,
        precision=hits / n if n else np.nan,
        precision_low=low,
        precision_high=high,
        distance_only=plain / n if n else np.nan,
    )


def _named(mass: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.argsort(-mass, kind="stable")[: max(round(_HEAVIEST * mass.size), 1)]


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return the Wilson score interval of a share; (0, 1) where n is 0.

    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209.
    """
    if n == 0:
        return 0.0, 1.0
    share, square = hits / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z * (share * (1 - share) / n + square / (4 * n * n)) ** 0.5 / (1 + square / n)
    return max(middle - half, 0.0), min(middle + half, 1.0)
