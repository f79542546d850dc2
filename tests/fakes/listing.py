"""What one venue knows of one market: the truth that its wire format dresses."""

from dataclasses import dataclass
from math import tau

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from liqbot.market.series import Candles
from liqbot.market.units import F8, HOUR_MS, I8, MINUTE_MS, floats, integers
from tests.fakes.walk import Walk

_BASIS, _BASIS_MS = 8e-5, 7 * HOUR_MS  # how far venues part, and how fast they turn
_MARK_BASIS = 3e-5

Levels = list[tuple[float, float]]  # (price, base units), best first


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One forced order of a venue."""

    at_ms: int
    long: bool  # whose position was closed
    price: float
    quantity: float  # base units


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """One maintenance-margin bracket."""

    floor: float  # USD
    cap: float
    rate: float  # maintenance, fraction of notional
    max_leverage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One market on one venue; every method is told what time it is."""

    venue: str
    base: str
    walk: Walk
    share: float  # of all open interest and volume
    draws: tuple[float, float]  # forced orders that fall to it, by their draw
    lot: float  # base units; every quantity is a multiple
    contract: float  # base units in what the venue counts
    funding_hours: int
    phase: float  # of its basis, 0 … 1
    sparse: bool  # prints only the last forced order of a second
    factor: float = 1.0  # on every price: 100 where a fault is injected
    frozen_ms: int | None = None  # when open interest stopped, where a fault is injected

    @property
    def decimals(self) -> int:
        """That prices are told with."""
        return self.walk.decimals

    def last(self, now_ms: int) -> float:
        """Return the last price."""
        prices = self.walk.prices(integers([now_ms]))
        return float(self._dressed(prices, integers([now_ms - 1]), _BASIS, self.decimals)[0])

    def mark(self, now_ms: int) -> float:
        """Return the mark, told with one decimal more."""
        return float(self.marks(integers([now_ms]))[0])

    def marks(self, at_ms: I8) -> F8:
        """Return the marks at moments, (n,)."""
        return self._dressed(self.walk.prices(at_ms), at_ms - 1, _MARK_BASIS, self.decimals + 1)

    def candles(
        self, interval_ms: int, from_ms: int, to_ms: int, now_ms: int, *, mark: bool = False
    ) -> Candles:
        """Return candles opened from … up to, but not at, to; the last may still be forming."""
        begin = -(-max(from_ms, self.walk.begin_ms) // interval_ms) * interval_ms
        end = min(-(-to_ms // interval_ms) * interval_ms, now_ms)
        minutes = self._minutes(begin, max(min(end + interval_ms, now_ms), begin), mark=mark)
        first = np.flatnonzero(minutes.opened_ms % interval_ms == 0)
        keep = minutes.opened_ms[first] < end
        if not keep.any():
            return Candles.none(interval_ms)
        bucket = first[keep]
        stop = np.append(first, minutes.opened_ms.size)[keep.sum()]
        last = np.append(bucket[1:], stop) - 1
        return Candles(
            interval_ms=interval_ms,
            opened_ms=integers(minutes.opened_ms[bucket]),
            open=floats(minutes.open[bucket]),
            high=floats(np.maximum.reduceat(minutes.high[:stop], bucket)),
            low=floats(np.minimum.reduceat(minutes.low[:stop], bucket)),
            close=floats(minutes.close[last]),
            volume=floats(self._lots(np.add.reduceat(minutes.volume[:stop], bucket))),
            taker_buy_volume=floats(
                self._lots(np.add.reduceat(minutes.taker_buy_volume[:stop], bucket))
            ),
        )

    def open_interest(self, at_ms: I8) -> F8:
        """Return what stood at instants, (n,) base units; it moves evenly within a minute."""
        frozen = at_ms if self.frozen_ms is None else np.minimum(at_ms, self.frozen_ms)
        grid = self.walk.begin_ms + MINUTE_MS * np.arange(self.walk.open_interest.size)
        return self._lots(np.interp(frozen, grid, self.walk.open_interest) * self.share)

    def open_interest_now(self, now_ms: int) -> float:
        """Return what stands now, base units."""
        return float(self.open_interest(integers([now_ms]))[0])

    def funding(self, from_ms: int, to_ms: int) -> tuple[I8, F8]:
        """Return when funding was paid from … to (inclusive), and the rates per interval."""
        step = self.funding_hours * HOUR_MS
        begin = -(-max(from_ms, self.walk.begin_ms) // step) * step
        at_ms = integers(np.arange(begin, to_ms + 1, step))
        return at_ms, self._rates(at_ms)

    def funding_now(self, now_ms: int) -> tuple[int, float]:
        """Return when funding is paid next, and the rate that is expected."""
        step = self.funding_hours * HOUR_MS
        next_ms = (now_ms // step + 1) * step
        return next_ms, float(self._rates(integers([now_ms]))[0])

    def book(self, now_ms: int, levels: int) -> tuple[Levels, Levels]:
        """Return resting bids and asks; the same at the same moment."""
        chance = default_rng([now_ms, round(self.phase * 1e6)])
        tick = 10.0**-self.decimals
        middle = self.last(now_ms)
        reach = np.cumsum(np.ceil(np.maximum(1, middle * 4e-5 / tick) * chance.random((2, levels))))
        away = np.sort(reach.reshape(2, levels), axis=1) - reach.min() + 1
        away[1] -= away[1, 0] - 1
        prices = np.round(middle + np.array([[-1.0], [1.0]]) * away * tick, self.decimals)
        size = self.open_interest_now(now_ms) * 2e-5 * (0.5 + chance.random((2, levels)))
        quantity = np.maximum(self._lots(size), self.lot)
        bids, asks = (
            [(p, q) for p, q in zip(*side, strict=True) if p > 0]
            for side in zip(prices.tolist(), quantity.tolist(), strict=True)
        )
        return bids, asks

    def brackets(self) -> list[Bracket]:
        """Return maintenance brackets, smallest first."""
        size = float(f"{self.walk.open_interest[0] * self.walk.open[0]:.0e}")
        caps = [size * part for part in (5e-4, 2e-3, 1e-2, 3e-2, 0.1)]
        rates, leverages = (0.005, 0.01, 0.025, 0.05, 0.1), (100, 50, 20, 10, 5)
        return [
            Bracket(floor=floor, cap=cap, rate=rate, max_leverage=leverage)
            for floor, cap, rate, leverage in zip(
                [0.0, *caps[:-1]], caps, rates, leverages, strict=True
            )
        ]

    def tape(self, from_ms: int, to_ms: int) -> list[Order]:
        """Return the forced orders after … up to and at to (Unix ms), oldest first."""
        forced, over_ms = self.walk.forced, (to_ms // 1000 + 1) * 1000 - 1
        start, stop = np.searchsorted(forced.at_ms, [from_ms, over_ms], side="right")
        drawn = forced.draw[start:stop]
        mine = np.flatnonzero((drawn >= self.draws[0]) & (drawn < self.draws[1])) + start
        if self.sparse:
            second = forced.at_ms[mine] // 1000
            mine = mine[np.diff(second, append=np.iinfo(np.int64).max) > 0]
        return [self._order(int(row)) for row in mine if forced.at_ms[row] <= to_ms]

    def _order(self, row: int) -> Order:
        walk, at_ms = self.walk, int(self.walk.forced.at_ms[row])
        price = walk.forced.price[row : row + 1]
        quantity = float(self._lots(walk.forced.quantity[row : row + 1])[0])
        return Order(
            at_ms=at_ms,
            long=bool(walk.forced.long[row]),
            price=float(self._dressed(price, integers([at_ms]), _BASIS, self.decimals)[0]),
            quantity=max(quantity, self.lot),
        )

    def _minutes(self, from_ms: int, to_ms: int, *, mark: bool) -> Candles:
        """Return minutes from … to (Unix ms); the last is cut where `to` lies within it."""
        walk = self.walk
        if to_ms > walk.end_ms:
            raise ValueError(f"the world of {self.base} ends at {walk.end_ms}, before {to_ms}")
        start = (from_ms - walk.begin_ms) // MINUTE_MS
        stop = -(-(to_ms - walk.begin_ms) // MINUTE_MS)
        rows = slice(start, stop)
        opened = walk.begin_ms + MINUTE_MS * np.arange(start, stop)
        prices = np.array([walk.open[rows], walk.high[rows], walk.low[rows], walk.close[rows]])
        volume = walk.volume[rows] * self.share
        if stop > start and (cut := to_ms - int(opened[-1])) < MINUTE_MS:
            done = np.array([0.0, cut / MINUTE_MS, *(t / 3 for t in (1, 2) if t / 3 < cut / 6e4)])
            passed = walk.path(stop - 1, done)
            prices[1:, -1] = passed.max(), passed.min(), passed[1]
            volume[-1] *= cut / MINUTE_MS
        basis, decimals = (_MARK_BASIS, self.decimals + 1) if mark else (_BASIS, self.decimals)
        told = self._dressed(prices, opened, basis, decimals)
        volume = np.zeros(opened.size) if mark else self._lots(volume)
        columns = [floats(each) for each in (*told, volume, self._lots(volume * walk.buys[rows]))]
        return _candles(integers(opened), columns)

    def _basis(self, at_ms: NDArray[np.int64], size: float) -> F8:
        minute = at_ms // MINUTE_MS * MINUTE_MS
        turn = minute / _BASIS_MS + self.phase
        return np.asarray(1 + size * np.sin(tau * turn), dtype=np.float64)

    def _dressed(self, prices: F8, at_ms: I8, basis: float, digits: int) -> F8:
        return floats(np.round(prices * self._basis(at_ms, basis), digits) * self.factor)

    def _lots(self, quantity: F8) -> F8:
        return floats(np.round(np.round(quantity / self.lot) * self.lot, 9))

    def _rates(self, at_ms: I8) -> F8:
        hour = np.clip((at_ms - self.walk.begin_ms) // HOUR_MS, 0, self.walk.funding.size - 1)
        shift = 2e-5 * np.sin(tau * self.phase)
        return floats(np.round((self.walk.funding[hour] + shift) * self.funding_hours / 8, 8))


def _candles(opened_ms: I8, columns: list[F8]) -> Candles:
    open_, high, low, close, volume, buys = columns
    return Candles(
        interval_ms=MINUTE_MS,
        opened_ms=opened_ms,
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=volume,
        taker_buy_volume=buys,
    )
