"""A market that walks at random from a seed, minute by minute: cheap to make, same to the bit."""

from dataclasses import dataclass
from math import tau
from zlib import crc32

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from liqbot.market.units import DAY_MS, F8, HOUR_MS, I8, MINUTE_MS

_A_DAY = DAY_MS // MINUTE_MS
_SHOCKS_A_DAY, _SHOCK, _SHOCK_MINUTES = 3.0, 0.012, 4
_TURNOVER = 2.5  # of open interest a day
_FORCED_A_MINUTE = 0.15  # in a minute that moves price by one standard deviation


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What one market is like on an ordinary day."""

    price: float
    decimals: int  # that its price is told with
    open_interest: float  # USD, over all venues
    volatility: float  # s.d. of log price a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Forced:
    """Forced orders over all venues, oldest first, (order,)."""

    at_ms: I8
    long: NDArray[np.bool_]  # whose position was closed
    price: F8
    quantity: F8  # base units
    draw: F8  # 0 … 1, by which venues share them out


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One market over all venues; a minute goes from open by two turns to close."""

    base: str
    decimals: int
    begin_ms: int
    open: F8  # (minute,) Price
    high: F8
    low: F8
    close: F8
    high_first: NDArray[np.bool_]  # (minute,) whether the high comes before the low
    volume: F8  # (minute,) base units
    buys: F8  # (minute,) share of it that takers bought
    open_interest: F8  # (minute + 1,) base units, at the instants
    funding: F8  # (hour + 1,) per 8 h, as a fraction
    forced: Forced

    @property
    def end_ms(self) -> int:
        return self.begin_ms + MINUTE_MS * self.open.size

    def prices(self, at_ms: I8) -> F8:
        """Return the prices at moments, (n,); at the end of a minute, its close."""
        minute, done = np.divmod(at_ms - 1 - self.begin_ms, MINUTE_MS)
        return self.path(minute, (done + 1) / MINUTE_MS)

    def path(self, minute: int | I8, done: F8) -> F8:
        """Return the price when a share of a minute is done, (n,)."""
        high, low = self.high[minute], self.low[minute]
        first = np.where(self.high_first[minute], high, low)
        second = np.where(self.high_first[minute], low, high)
        turns = np.array([self.open[minute] + 0 * done, first + 0 * done, second + 0 * done])
        third = np.minimum((done * 3).astype(np.int64), 2)
        columns = np.arange(done.size)
        start = turns[third, columns]
        stop = np.where(third < 2, turns[np.minimum(third + 1, 2), columns], self.close[minute])
        return np.asarray(start + (stop - start) * (done * 3 - third), dtype=np.float64)


def walk(base: str, nature: Nature, seed: int, begin_ms: int, end_ms: int) -> Walk:
    """Walk a market from … to (Unix ms, whole hours); all of one seed share most of their moves."""
    minutes = (end_ms - begin_ms) // MINUTE_MS
    chance, shared = default_rng([seed, crc32(base.encode())]), default_rng(seed)
    heat = np.exp(0.35 * _waves(shared, minutes) + 0.2 * _waves(chance, minutes))
    heat += 4.0 * _shocked(shared, minutes)[0]
    own, all_ = chance.standard_normal(minutes), shared.standard_normal(minutes)
    scale = nature.volatility / np.sqrt(_A_DAY) * heat
    moves = scale * (0.6 * own + 0.8 * all_) + _shocked(default_rng(seed), minutes)[1]
    path = np.concatenate([[0.0], np.cumsum(moves)])
    path -= np.linspace(0.0, 0.7, path.size) * path  # comes home, so that no market dies
    price = nature.price * np.exp(path)
    open_, close = price[:-1], price[1:]
    reach = np.abs(chance.standard_normal((2, minutes))) * scale * 0.5
    interest = nature.open_interest / nature.price * _interest(chance, path)
    traded = _TURNOVER / _A_DAY * interest[1:] * heat**1.5
    drops = -np.minimum(moves, 0) * 0.4
    interest[1:] *= np.exp(-_faded(drops))
    made = Walk(
        base=base,
        decimals=nature.decimals,
        begin_ms=begin_ms,
        open=open_,
        high=np.maximum(open_, close) * (1 + reach[0]),
        low=np.minimum(open_, close) * (1 - reach[1]),
        close=close,
        high_first=chance.random(minutes) < 0.5,
        volume=traded * np.exp(0.4 * chance.standard_normal(minutes)),
        buys=np.clip(0.5 + 0.1 * moves / scale, 0.05, 0.95),
        open_interest=interest,
        funding=1e-4 + 1.5e-4 * _waves(chance, minutes // 60 + 1),
        forced=_forced(chance, moves / scale * heat, interest[1:], begin_ms),
    )
    minute, done = np.divmod(made.forced.at_ms - begin_ms, MINUTE_MS)
    made.forced.price[:] = made.path(minute, done / MINUTE_MS)
    return made


def _waves(chance: Generator, steps: int) -> F8:
    """Return slow ups and downs with a variance of about one, (steps,)."""
    at = np.arange(steps) / max(steps, 1)
    turns = np.array([3, 7, 17, 41, 97]) * max(steps / (30 * _A_DAY), 0.1)
    phase = chance.random(turns.size) * tau
    return np.asarray(np.sin(tau * np.outer(turns, at) + phase[:, None]).sum(axis=0) * 0.63)


def _shocked(chance: Generator, minutes: int) -> tuple[F8, F8]:
    """Return where shocks are and by how much they move log price a minute, (2, minutes)."""
    count = chance.poisson(_SHOCKS_A_DAY * minutes / _A_DAY)
    begin = chance.integers(0, max(minutes - _SHOCK_MINUTES, 1), count)
    size = chance.normal(0.0, _SHOCK, count)
    where, moves = np.zeros(minutes), np.zeros(minutes)
    for step in range(_SHOCK_MINUTES):
        np.add.at(where, begin + step, 1.0)
        np.add.at(moves, begin + step, size / _SHOCK_MINUTES)
    return where, moves


def _interest(chance: Generator, path: F8) -> F8:
    drift = np.cumsum(chance.normal(0.0, 2e-4, path.size))
    return np.asarray(np.exp(0.06 * _waves(chance, path.size) + drift - 0.3 * path))


def _faded(drops: F8) -> F8:
    """Return a sum of drops that heals over a day, (n,)."""
    total = np.cumsum(drops)
    day = np.minimum(np.arange(drops.size), _A_DAY)
    return np.asarray(total - np.where(day < _A_DAY, 0.0, np.roll(total, _A_DAY)))


def _forced(chance: Generator, moves: F8, interest: F8, begin_ms: int) -> Forced:
    """Return forced orders, more where price moves more; their prices are still to be found."""
    counts = chance.poisson(np.minimum(_FORCED_A_MINUTE * np.abs(moves) ** 1.5, 40.0))
    minute = np.repeat(np.arange(moves.size), counts)
    orders = minute.size
    at_ms = begin_ms + minute * MINUTE_MS + chance.integers(0, MINUTE_MS, orders)
    order = np.argsort(at_ms, kind="stable")
    against = chance.random(orders) < 0.9
    size = np.exp(chance.normal(-12.0, 1.2, orders))
    return Forced(
        at_ms=at_ms[order],
        long=(moves[minute] < 0) == against,
        price=np.empty(orders),
        quantity=size * interest[minute],
        draw=chance.random(orders),
    )


def whole_hours(at_ms: int) -> int:
    """Return the last full hour by a moment, Unix ms."""
    return at_ms // HOUR_MS * HOUR_MS
