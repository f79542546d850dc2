"""Samples of open interest that tell nothing, or what cannot be."""

import numpy as np

from liqbot.market.mending import Mask
from liqbot.market.series import Candles, OpenInterest
from liqbot.market.units import F8, HOUR_MS, I8

_FROZEN_MS = HOUR_MS
_NEARLY = 0.01  # two counts of one instant, a second apart, differ by less
_JUMP = 3.0  # from one sample to the next


def repeated(
    told: OpenInterest, so_far: OpenInterest, candles: tuple[Candles, ...]
) -> tuple[Mask, Mask]:
    """Return which samples repeat the one before while trades flow, and which for an hour, (n,).

    Where every trade opens or closes something, an equal number is one that was not counted
    anew. To leave it out changes no map: what is unknown is carried on. Nothing counts as
    repeated that is known already, or where no candle tells of trades.
    """
    stamps, quantity, place = _merged(told, so_far)
    equal = np.zeros(stamps.size, np.bool_)
    equal[1:] = quantity[1:] == quantity[:-1]
    is_new = place >= 0
    stuck, frozen = np.zeros((2, len(told)), np.bool_)
    if not (equal & is_new).any():
        return stuck, frozen
    start = np.maximum.accumulate(np.where(equal, 0, np.arange(stamps.size)))
    closed, volume = _traded(candles)
    before, now = (np.searchsorted(closed, each, side="right") for each in (stamps[start], stamps))
    flowed = volume[now] - volume[before] > 0
    is_open = (now == before) & bool(closed.size)  # no candle has closed since: wait for one
    found = equal & is_new & (flowed | is_open)
    stuck[place[found]] = True
    long = found & (stamps - stamps[start] >= _FROZEN_MS)
    frozen[place[long]] = True
    return stuck, frozen


def retold(told: OpenInterest, so_far: OpenInterest) -> tuple[Mask, Mask]:
    """Return which samples are known already, as nearly the same, and as something else, (n,).

    An instant does not change once it is past, but a venue that counts no more may tell all of
    its past as its present.
    """
    rows = np.minimum(np.searchsorted(so_far.at_ms, told.at_ms), max(len(so_far) - 1, 0))
    if not len(so_far):
        return np.zeros(len(told), np.bool_), np.zeros(len(told), np.bool_)
    before = so_far.quantity[rows]
    known = (so_far.at_ms[rows] == told.at_ms) & ~np.isnan(before)
    changed: Mask = known & ~np.isnan(told.quantity) & (before != told.quantity)
    nearly: Mask = np.abs(told.quantity - before) <= _NEARLY * before
    return changed & nearly, changed & ~nearly


def jumped(told: OpenInterest, so_far: OpenInterest) -> Mask:
    """Return which samples are three times the two before and after, or a third, (n,).

    Only those within an hour count.
    """
    stamps, quantity, place = _merged(told, so_far)
    found = np.zeros(len(told), np.bool_)
    far, near = np.zeros((2, stamps.size), np.bool_)
    for lag in (1, 2):
        apart = np.abs(np.log(quantity[lag:] / quantity[:-lag]))
        for ends in (slice(lag, None), slice(None, -lag)):
            is_close = stamps[lag:] - stamps[:-lag] <= HOUR_MS
            far[ends] |= is_close & (apart > np.log(_JUMP))
            near[ends] |= is_close & (apart <= np.log(_JUMP))
    lone = far & ~near
    found[place[lone & (place >= 0)]] = True
    return found


def _merged(told: OpenInterest, so_far: OpenInterest) -> tuple[I8, F8, I8]:
    """Return known samples of both by time, and each one's row in `told`, −1 if known before."""
    new = np.flatnonzero((told.quantity > 0) & ~np.isin(told.at_ms, so_far.at_ms))
    old = np.flatnonzero(so_far.quantity > 0)
    stamps = np.concatenate((so_far.at_ms[old], told.at_ms[new]))
    quantity = np.concatenate((so_far.quantity[old], told.quantity[new]))
    place = np.concatenate((np.full(old.size, -1), new))
    order = np.argsort(stamps, kind="stable")
    return stamps[order], quantity[order], place[order]


def _traded(candles: tuple[Candles, ...]) -> tuple[I8, F8]:
    """Return when candles closed, (n,), and what was traded before each and after, (n + 1,)."""
    closed = np.concatenate([each.closed_ms for each in candles])
    volume = np.nan_to_num(np.concatenate([each.volume for each in candles]))
    closed, rows = np.unique(closed, return_index=True)
    return closed, np.concatenate(([0.0], np.cumsum(volume[rows])))
