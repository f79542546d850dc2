"""What a market usually does, counted in whole UTC days.

So a norm changes at midnight and not while one looks, and a bot that was restarted knows the same
as one that was not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liqbot.market.observation import Observation
from liqbot.market.series import Candles, OpenInterest
from liqbot.market.tape import LiquidationTotals, Tape
from liqbot.market.units import DAY_MS, F8, MINUTE_MS, Usd, floats, integers

_MONTH, _WEEK = 30, 7  # days looked at, and the fewest for a daily mean
_MINUTES = 50  # with forced orders, the fewest for a percentile
_RETURNS = 100  # the fewest for a standard deviation
_PERCENTILE = 95
_WEEKEND_DAYS, _WEEKDAYS = 4, 8  # the fewest for a comparison
_FIRST_WEEKDAY = 3  # 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True, kw_only=True)
class Norms:
    """What is usual, as far as whole UTC days have told; NaN where they were too few."""

    daily_usd: Usd  # forced orders of both sides a day; mean of 7 … 30 days
    minute_usd: F8  # (side,) Usd: the 95th percentile of 7 days' minutes that had any
    volatility: float  # s.d. of log return over a minute, from 7 days
    weekend: float  # open interest at weekends ÷ on weekdays, of 30 days


UNKNOWN = Norms(
    daily_usd=Usd(np.nan),
    minute_usd=floats([np.nan, np.nan]),
    volatility=np.nan,
    weekend=np.nan,
)


def norms_of(
    observations: Sequence[Observation],
    at_ms: int,
    *,
    completeness: Mapping[str, float | None] | None = None,
    totals: LiquidationTotals | None = None,
) -> Norms:
    """Return what was usual in one market up to the UTC midnight before a moment (Unix ms).

    `completeness` is the share of forced orders that a venue's tape tells, by venue; None or
    absent counts as all. `totals`, where they are recorded, replace the tapes in the daily mean.
    """
    until_ms = at_ms // DAY_MS * DAY_MS
    told = completeness or {}
    days = integers(until_ms + DAY_MS * np.arange(-_MONTH, 1))
    daily = np.zeros(_MONTH)
    for each in observations:
        share = told.get(each.instrument.venue) or 1.0
        daily += each.tape.totals(days).sum(axis=0) / share
    if totals is not None:
        daily = _daily(totals, days)
    heard = daily[daily > 0]  # a day without any is one on which nobody listened
    recent = [each.tape.since(until_ms - _WEEK * DAY_MS) for each in observations]
    return Norms(
        daily_usd=Usd(float(heard.mean()) if heard.size >= _WEEK else np.nan),
        minute_usd=_minute_usd(Tape.merge(recent), until_ms),
        volatility=_volatility([each.candles for each in observations], until_ms),
        weekend=_weekend([each.open_interest for each in observations], days),
    )


def _daily(totals: LiquidationTotals, days: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the sums of days that are known as a whole, (day,) Usd; 0 for the others."""
    day = np.searchsorted(days, totals.from_ms, side="right") - 1
    usd = totals.usd.sum(axis=0)
    inside = (day >= 0) & (day < _MONTH) & (totals.to_ms <= days[np.clip(day + 1, 0, _MONTH)])
    known = inside & ~np.isnan(usd)
    length = (totals.to_ms - totals.from_ms)[known]
    covered = np.bincount(day[known], weights=length, minlength=_MONTH)
    sums = np.bincount(day[known], weights=usd[known], minlength=_MONTH)
    return np.where(covered >= DAY_MS, sums, 0.0)


def _minute_usd(tape: Tape, until_ms: int) -> F8:
    edges = integers(until_ms + MINUTE_MS * np.arange(-_WEEK * DAY_MS // MINUTE_MS, 1))
    usual = []
    for usd in tape.totals(edges):
        some = usd[usd > 0]
        usual.append(np.percentile(some, _PERCENTILE) if some.size >= _MINUTES else np.nan)
    return floats(usual)


def _volatility(candles: Sequence[Candles], until_ms: int) -> float:
    """Return that of the venue most of whose candles are known."""
    found: list[tuple[int, float]] = [(0, np.nan)]
    for each in candles:
        week = each.since(until_ms - _WEEK * DAY_MS).until(until_ms)
        step = np.diff(np.log(week.close))[np.diff(week.opened_ms) == week.interval_ms]
        known = step[~np.isnan(step)]
        if known.size >= _RETURNS:
            a_minute = np.sqrt(MINUTE_MS / week.interval_ms)
            found.append((known.size * week.interval_ms, float(known.std() * a_minute)))
    return max(found, key=lambda each: each[0])[1]


def _weekend(series: Sequence[OpenInterest], days: NDArray[np.int64]) -> float:
    free = (days[:-1] // DAY_MS + _FIRST_WEEKDAY) % 7 >= 5
    sums = np.zeros(2)
    for each in series:
        day = np.searchsorted(days, each.at_ms, side="right") - 1
        known = (day >= 0) & (day < _MONTH) & ~np.isnan(each.quantity)
        count = np.bincount(day[known], minlength=_MONTH)
        usual = np.bincount(day[known], weights=each.quantity[known], minlength=_MONTH)
        there = count > 0
        if (free & there).sum() >= _WEEKEND_DAYS and (~free & there).sum() >= _WEEKDAYS:
            mean = usual[there] / count[there]
            sums += mean[free[there]].mean(), mean[~free[there]].mean()
    return float(sums[0] / sums[1]) if sums[1] > 0 else np.nan
