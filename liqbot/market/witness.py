"""What the price of one market can be now, by what it was before and what others say."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np

from liqbot.market.agreement import agrees, goes_on
from liqbot.market.observation import Observation
from liqbot.market.series import Candles
from liqbot.market.units import F8, MINUTE_MS, ms_of

_FRESH_MS = 10 * MINUTE_MS  # a candle's close tells the price of now for so long …
_MARK_AGE = timedelta(minutes=2)  # … and a mark for so long
_FACTOR = 2.0  # so far a move is believed that others saw too, before any candle has closed


class Witness:
    """Tells which prices of one venue can be true at one moment."""

    def __init__(
        self,
        so_far: Observation | None,
        others: Sequence[Observation],
        claims: Sequence[Observation],
        at: datetime,
        *,
        is_trusted: bool,
    ) -> None:
        """Take what is believed, here and elsewhere, and what others said last, believed or not.

        `is_trusted`: whether to believe a first price that nobody can confirm.
        """
        self._now_ms, self._is_trusted = ms_of(at), is_trusted
        self._elsewhere = _prices_now(others or claims, at)
        self._claimed = _prices_now(claims, at)
        self._has_others = bool(others)
        self._close, self._last, self._last_ms = np.nan, np.nan, self._now_ms
        if so_far is not None:
            self.learn(so_far.candles)
            if not np.isnan(so_far.mark):
                self._last, self._last_ms = so_far.mark, ms_of(so_far.observed_at)

    def learn(self, candles: Candles) -> None:
        """Take candles of this venue that are believed."""
        known = np.flatnonzero(~np.isnan(candles.close))
        if not known.size:
            return
        close, closed_ms = float(candles.close[known[-1]]), int(candles.closed_ms[known[-1]])
        if self._now_ms - closed_ms <= _FRESH_MS:
            self._close = close
        if np.isnan(self._last):
            self._last, self._last_ms = close, closed_ms

    @property
    def price(self) -> float:
        """What the price is about; NaN where nothing tells."""
        told = (self._close, self._last, _median(self._elsewhere))
        return next((each for each in told if not np.isnan(each)), np.nan)

    def doubt(self, price: float) -> str:
        """Return why a price of now is not believed; "" if it is, or is unknown."""
        if np.isnan(price) or agrees(price, self._close):
            return ""
        follows = bool(goes_on(price, self._last, self._now_ms - self._last_ms))
        if self._elsewhere.size:
            alike = _agrees(price, self._elsewhere)
            vouched = self._elsewhere.size == 1 and follows and np.isnan(self._close)
            if alike or vouched or self._is_seen_by_others(price):
                return ""
            is_known = self._has_others or not np.isnan(self._last)
            return "price" if is_known else "unconfirmed"
        if np.isnan(self._last):
            return "" if self._is_trusted else "unconfirmed"
        return "" if follows else "price"

    def _is_seen_by_others(self, price: float) -> bool:
        """Tell whether others claim so too, and it is no more than a crash."""
        before = self._close if np.isnan(self._last) else self._last
        near = abs(np.log(price / before)) <= np.log(_FACTOR)
        return bool(near) and _agrees(price, self._claimed)


def _prices_now(told: Iterable[Observation], at: datetime) -> F8:
    """Return what each tells of the price of now, if it does."""
    prices: list[float] = []
    for each in told:
        closes = each.candles.until(ms_of(at) + each.candles.interval_ms).close
        is_fresh = len(closes) and ms_of(at) - each.candles.closed_ms[-1] <= _FRESH_MS
        if at - each.observed_at <= _MARK_AGE and not np.isnan(each.mark):
            prices.append(each.mark)
        elif is_fresh and not np.isnan(closes[-1]):
            prices.append(float(closes[-1]))
    return np.array(prices, dtype=np.float64)


def _agrees(price: float, others: F8) -> bool:
    """Tell whether a price agrees with the median, of an even number with either of the middle."""
    middle = np.sort(others)[(others.size - 1) // 2 : others.size // 2 + 1]
    return bool(agrees(price, middle).any())


def _median(prices: F8) -> float:
    return float(np.median(prices)) if prices.size else np.nan
