"""Which candles can be true: they agree with other venues, or go on from what was believed.

Other venues' candles of the same time decide where there are two or more. Where there are none
yet, or one that says otherwise, a run of candles counts that goes on from this venue's own: it
opens where those closed. So a crash is believed, on one venue or on all, and a price that is
suddenly another one is not.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from liqbot.market.mending import Mask
from liqbot.market.series import Candles
from liqbot.market.units import F8, HOUR_MS, I8

AGREED = 0.2  # fraction by which two prices of one moment may differ
_ALONE = 1.0  # fraction by which a wick may stand out where no other venue is there to compare


def agrees(price: float | F8, reference: float | F8) -> Mask:
    """Tell whether prices are within 20 % of others of the same moment."""
    near: Mask = np.abs(np.asarray(price) / reference - 1) <= AGREED
    return near


def goes_on(price: float | F8, before: float | F8, gap_ms: float | I8) -> Mask:
    """Tell whether prices can follow others that are so much older.

    20 % within an hour; as a random walk goes, that times √h after h hours.
    """
    hours = np.maximum(np.abs(np.asarray(gap_ms)) / HOUR_MS, 1)
    moved = np.abs(np.log(np.asarray(price) / before))
    near: Mask = moved <= np.log1p(AGREED) * np.sqrt(hours)
    return near


def doubts(
    candles: Candles, own: Candles, others: Sequence[Candles], *, is_trusted: bool
) -> dict[str, Mask]:
    """Return which candles are not to be believed, (n,), by reason; a row has one at most.

    `own` are those of the venue that were believed before, `others` those of other venues.
    `is_trusted`: whether to believe what there is nothing to compare with.
    """
    known = ~np.isnan(candles.close)
    elsewhere = _Elsewhere(candles, others)
    same = elsewhere.agrees(candles.close)
    off = known & (elsewhere.count >= 2) & ~same
    runs = _Runs(candles, own, known & ~off, sure=same)
    runs.settle(is_trusted=is_trusted)
    is_compared = elsewhere.count > 0
    follows = runs.follows & (runs.is_anchored | ~is_compared)
    open_ = known & ~off & ~same & ~follows
    spike = known & ~off & ~open_ & _stands_out(candles, own, elsewhere)
    return {
        "price": off | (open_ & is_compared & runs.is_anchored),
        "jump": open_ & ~is_compared & runs.is_anchored,
        "unconfirmed": open_ & ~runs.is_anchored,
        "spike": spike,
    }


def hull(candles: Candles, told: Sequence[Candles]) -> tuple[F8, F8]:
    """Return the lowest and highest that others told of the times of candles, NaN where nothing."""
    cube = np.array([_laid(each, candles) for each in told] or [np.full((3, len(candles)), np.nan)])
    return np.fmin.reduce(cube[:, 0]), np.fmax.reduce(cube[:, 1])


class _Elsewhere:
    """What other venues told of the same candles, NaN and 0 where none did."""

    def __init__(self, candles: Candles, others: Sequence[Candles]) -> None:
        laid = [_laid(each, candles) for each in others]
        cube = np.array(laid or [np.full((3, len(candles)), np.nan)])
        self.low: F8 = np.fmin.reduce(cube[:, 0])
        self.high: F8 = np.fmax.reduce(cube[:, 1])
        self.count: NDArray[np.intp] = (~np.isnan(cube[:, 2])).sum(axis=0)
        self._closes = np.sort(cube[:, 2], axis=0)  # unknown ones last

    def agrees(self, price: F8) -> Mask:
        """Tell whether prices, (n,), agree with the median, of an even number with either."""
        columns, last = np.arange(self.count.size), len(self._closes) - 1
        middle = (np.maximum(self.count - 1, 0) // 2, np.minimum(self.count // 2, last))
        lower, upper = (agrees(price, self._closes[each, columns]) for each in middle)
        return lower | upper


class _Runs:
    """Candles in runs, each of which opens where the one before it closed."""

    def __init__(self, candles: Candles, own: Candles, rows: Mask, *, sure: Mask) -> None:
        self._candles, self._sure = candles, sure
        place = np.flatnonzero(rows)
        opened, closed = candles.opened_ms[place], candles.closed_ms[place]
        held = goes_on(candles.open[place[1:]], candles.close[place[:-1]], opened[1:] - closed[:-1])
        self._runs = np.split(place, np.flatnonzero(~held) + 1) if place.size else []
        believed = ~np.isnan(own.close)
        self._own = (own.opened_ms[believed], own.open[believed], own.close[believed])
        self.follows: Mask = np.zeros(len(candles), np.bool_)
        self.is_anchored: Mask = np.zeros(len(candles), np.bool_)

    def settle(self, *, is_trusted: bool) -> None:
        """Find out which runs follow: long ones first, as the rest has to go on from them."""
        for run in sorted(self._runs, key=lambda each: (-each.size, int(each[0]))):
            anchors = self._anchors(run)
            self.is_anchored[run] = bool(anchors)
            self.follows[run] = all(anchors) if anchors else is_trusted
            if self.follows[run[0]]:
                self._extend(run)

    def _anchors(self, run: NDArray[np.intp]) -> list[bool]:
        """Return what speaks for a run, or against it; nothing where there is nothing."""
        candles, (stamps, opens, closes) = self._candles, self._own
        if self._sure[run].any():
            return [True]
        opened = candles.opened_ms[run]
        at = np.searchsorted(stamps, opened)
        there = at < stamps.size
        there[there] = stamps[at[there]] == opened[there]
        if there.any():
            return [bool(np.median(agrees(candles.close[run][there], closes[at[there]])) > 0.5)]
        anchors, before, after = [], int(at[0]) - 1, int(at[-1])
        length = candles.interval_ms
        if before >= 0:
            gap = opened[0] - stamps[before] - length
            anchors.append(bool(goes_on(candles.open[run[0]], closes[before], gap)))
        if after < stamps.size:
            gap = stamps[after] - opened[-1] - length
            anchors.append(bool(goes_on(opens[after], candles.close[run[-1]], gap)))
        return anchors

    def _extend(self, run: NDArray[np.intp]) -> None:
        candles = self._candles
        fresh = (candles.opened_ms[run], candles.open[run], candles.close[run])
        order = np.argsort(np.concatenate((self._own[0], fresh[0])), kind="stable")
        pairs = zip(self._own, fresh, strict=True)
        stamps, opens, closes = (np.concatenate(pair)[order] for pair in pairs)
        self._own = (stamps, opens, closes)


def _stands_out(candles: Candles, own: Candles, elsewhere: _Elsewhere) -> Mask:
    """Tell which wicks no neighbour, no other venue and no body comes near, (n,)."""
    alone = elsewhere.count == 0
    factor = 1 + np.where(alone, _ALONE, AGREED)
    lows, highs = [elsewhere.low], [elsewhere.high]
    for shift_ms in (-candles.interval_ms, candles.interval_ms):
        for each in (own, candles):
            low, high, _ = _laid(each, candles, shift_ms)
            lows.append(low)
            highs.append(high)
    low = np.fmin.reduce([*lows, candles.open, candles.close])
    high = np.fmax.reduce([*highs, candles.open, candles.close])
    out: Mask = (candles.low * factor < low) | (candles.high > high * factor)
    return out


def _laid(told: Candles, candles: Candles, shift_ms: int = 0) -> F8:
    """Return low, high and close told of the times of candles, (3, n); NaN where nothing is."""
    laid = np.full((3, len(candles)), np.nan)
    length = candles.interval_ms
    if told.interval_ms != length and length % told.interval_ms == 0:
        told = told.since(int(candles.opened_ms[0])).resample(length) if len(candles) else told
    if told.interval_ms != length or not len(told):
        return laid
    wanted = candles.opened_ms + shift_ms
    row = np.minimum(np.searchsorted(told.opened_ms, wanted), len(told) - 1)
    there = told.opened_ms[row] == wanted
    laid[:, there] = np.array([told.low, told.high, told.close])[:, row[there]]
    return laid
