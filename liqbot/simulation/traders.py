"""Who comes to trade: with which leverage, which exits and how much patience."""

import numpy as np

from liqbot.heatmap.liquidation import factors
from liqbot.market.units import F8, HOUR_MS, I8, Side, floats
from liqbot.simulation.positions import FOREVER, POSITION, Ending, Rows
from liqbot.simulation.price import wander
from liqbot.simulation.settings import Blocks, Planted, Settings
from liqbot.simulation.venues import CONTRACTS, VENUES

LEVERAGE = floats([1, 2, 3, 5, 7, 8, 10, 12, 15, 20, 25, 30, 33, 40, 50, 60, 75, 88, 100, 125])
# Share of what is opened; round numbers are popular.
_POPULARITY = floats(
    [8, 9, 12, 16, 3, 2, 18, 2, 4, 8, 4, 1.2, 0.5, 0.8, 3, 0.3, 0.8, 0.2, 1.6, 0.5]
)
_SIGN = floats([side.sign for side in Side])
_POSITIONS = 90_000  # about how many stand at a time
_STOPS, _CALLS, _TARGETS = 0.2, 0.1, 0.6  # share of traders who set a stop, add margin, take profit
_PATIENCE_H = 11 * 24.0  # mean, at 3x
_NOISE = 0.12  # s.d. of log liquidation price × leverage: cross margin, spare margin


class Traders:
    """The crowd of one market, whose taste for leverage drifts."""

    def __init__(self, settings: Settings, base: str, blocks: Blocks) -> None:
        self._chance = settings.generator(base, "traders")
        self._size = CONTRACTS[base].open_interest * 2 / _POSITIONS  # Usd, mean
        self._factor = floats([factors(venue.name, base, LEVERAGE.tolist()) for venue in VENUES])
        bankrupt = 1 - _SIGN[:, None] / LEVERAGE
        with np.errstate(divide="ignore", invalid="ignore"):
            self._beyond = np.where(self._factor > 0, bankrupt / self._factor, 1.0)
        self._edge = np.log(LEVERAGE / 10)
        self._weights = self._tastes()
        days = blocks.length_ms / (24 * HOUR_MS)
        self._drift = floats([0.06 * wander(self._chance, days, 2.0) for _ in Side])

    def _tastes(self) -> F8:
        """Draw (venue, side, leverage) weights; venues differ, and longs from shorts."""
        chance = self._chance
        side = chance.normal(0.0, 0.22, (1, 2, LEVERAGE.size))
        venue = chance.normal(0.0, 0.1, (len(VENUES), 2, LEVERAGE.size))
        tilt = chance.normal(0.0, 0.05, (1, 2, 1)) + np.array([0.05, -0.05])[None, :, None]
        tilt = tilt + np.array([each.appetite for each in VENUES])[:, None, None]
        weights = _POPULARITY * np.exp(side + venue + tilt * self._edge)
        return floats(np.where(np.isnan(self._factor), 0.0, weights))

    def enter(
        self, wanted: F8, *, block: int, at_ms: int, mark: float, momentum: float, fear: float
    ) -> Rows:
        """Open positions that sum exactly to `wanted`, (venue, side) base units.

        Those who chase momentum (−1 … 1) use more leverage, those who take the other side less;
        all use less when volatility is high (fear, log of volatility).
        """
        tilt = self._drift[:, block] + 0.1 * momentum * _SIGN - 0.08 * fear
        weights = self._weights * np.exp(tilt[:, None] * self._edge)
        ladder = weights.cumsum(axis=-1).reshape(wanted.size, -1)
        counts = self._chance.poisson(wanted.ravel() * mark / self._size)
        counts = np.maximum(counts, wanted.ravel() > 0)
        group = np.repeat(np.arange(wanted.size), counts)
        size = self._chance.lognormal(0.0, 0.9, group.size)
        summed = np.bincount(group, size, minlength=wanted.size)
        scale = wanted.ravel() / np.where(summed > 0, summed, 1.0)
        draw = self._chance.random(group.size) * ladder[group, -1]
        rung = (ladder[group] <= draw[:, None]).sum(axis=1)
        noise = np.clip(self._chance.standard_normal(group.size), -2.5, 2.5) * _NOISE
        spread = np.exp(noise / LEVERAGE[rung])
        liquidation = mark * self._factor[group // 2, group % 2, rung] * spread
        rows = self._rows(group // 2, group % 2, rung, liquidation, at_ms)
        rows["quantity"] = size * scale[group]
        self._plan(rows, at_ms, mark)
        return rows

    def plant(self, plan: Planted, wanted: F8, at_ms: int, mark: float, target: float) -> Rows:
        """Open positions of `wanted` (venue,) base units that are liquidated around `target`.

        They have neither stop nor target, and all the patience in the world.
        """
        venue = np.arange(wanted.size)
        ceiling = np.count_nonzero(self._weights[:, plan.side.index], axis=-1) - 1
        leverage = 1 / (abs(np.log(mark / target)) + 0.005)
        rung = np.minimum(np.searchsorted(LEVERAGE, leverage), ceiling)
        liquidation = target * np.exp(self._chance.uniform(-0.004, 0.004, venue.size))
        side = np.full(venue.size, plan.side.index)
        rows = self._rows(venue, side, rung, liquidation, at_ms)
        rows["quantity"] = wanted
        rows["patience_ms"] = FOREVER
        long = plan.side is Side.LONG
        rows["low"], rows["high"] = (liquidation, np.inf) if long else (0.0, liquidation)
        return rows

    def _rows(self, venue: I8, side: I8, rung: I8, liquidation: F8, at_ms: int) -> Rows:
        rows = np.zeros(venue.size, POSITION)
        rows["venue"], rows["side"], rows["leverage"] = venue, side, LEVERAGE[rung]
        rows["liquidation"] = liquidation
        rows["bankruptcy"] = liquidation * self._beyond[venue, side, rung]
        rows["opened_ms"] = rows["since_ms"] = at_ms
        rows["until_ms"] = FOREVER
        return rows

    def _plan(self, rows: Rows, at_ms: int, mark: float) -> None:
        """Set how long each stays and what it does at which price above and below."""
        chance, n = self._chance, rows.size
        hours = _PATIENCE_H * (3 / np.maximum(rows["leverage"], 2)) ** 1.15
        hours = hours * chance.lognormal(-0.5, 1.0, n)
        rows["patience_ms"] = at_ms + (hours * HOUR_MS).astype(np.int64)
        long = rows["side"] == 0
        kind = chance.random(n)
        stop, call = kind < _STOPS, (kind >= _STOPS) & (kind < _STOPS + _CALLS)
        rows["adverse"] = np.where(stop, Ending.STOP, np.where(call, Ending.CALL, Ending.FORCED))
        way = np.where(stop, chance.uniform(0.35, 0.95, n), np.where(call, 0.8, 1.0))
        # On a straight line, since a long at 1x is liquidated at zero.
        adverse = mark + way * (rows["liquidation"] - mark)
        reach = (0.004 + 0.4 / rows["leverage"]) * chance.lognormal(0.0, 0.6, n)
        reach = np.where(chance.random(n) < _TARGETS, reach, np.inf)
        profit = mark * np.exp(np.where(long, reach, -reach))
        rows["low"] = np.where(long, adverse, profit)
        rows["high"] = np.where(long, profit, adverse)

    def rescue(self, rows: Rows, mark: float) -> F8:
        """Return the liquidation prices, (n,), that added margin buys."""
        sign = _SIGN[rows["side"]]
        away = self._chance.uniform(0.5, 1.2, rows.size) / rows["leverage"]
        moved = mark * np.exp(-sign * away)
        return floats(sign * np.minimum(sign * moved, sign * rows["liquidation"]))
