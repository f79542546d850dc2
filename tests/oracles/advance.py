"""`liqbot.heatmap.kernels.advance` again, one account at a time and nothing put off.

No compiled loop, no table, no factor kept apart from the masses, and nothing of the engine's but
the numbers it assumes. What the model says of a bar (MODEL.md §2) stands in the order in which it
happens.
"""

from dataclasses import dataclass, field
from math import floor, log, sqrt

import numpy as np
from numpy.typing import NDArray

from liqbot.heatmap import engine, kernels
from liqbot.heatmap.liquidation import factors
from liqbot.market.units import F8, HOUR_MS
from tests.oracles.markets import Market
from tests.oracles.shares import Shares, as_tabulated, exact

LONG, SHORT = 0, 1
WENT = ("deposited", "swept", "decayed", "shrunk", "out_of_grid")


@dataclass(frozen=True)
class Told:
    """One bar of one venue; prices in bins from the start of the grid."""

    low: float
    high: float
    trigger_low: float
    trigger_high: float
    close: float
    opened: float  # base units
    keep: float  # share that falling open interest leaves

    @property
    def known(self) -> bool:
        return not np.isnan([self.low, self.high, self.trigger_low, self.trigger_high]).any()

    def passed(self, side: int, b: int) -> bool:
        """Tell whether price went through a bin, on the side that it liquidates."""
        if side == LONG:
            return b >= floor(self.trigger_low)
        return b <= floor(self.trigger_high)


@dataclass
class Mood:
    """What a venue's past bars lead one to expect."""

    bars: int = 0
    inflow: float = 0.0
    trend: float = 0.0
    variance: float = 0.0
    steepness: float = 0.0  # −1 … 1

    def learn(self, told: Told, interval_ms: int) -> None:
        if not self.bars:
            self.trend, self.inflow = told.close, told.opened
        away = told.close - self.trend
        hour = min(interval_ms / engine._INFLOW_MS, 1.0)
        day = min(interval_ms / engine._TREND_MS, 1.0)
        self.inflow += hour * (told.opened - self.inflow)
        self.trend += day * away
        self.variance += day * (away**2 - self.variance)
        full = kernels._STEEP * sqrt(self.variance)
        self.steepness = max(-1.0, min(1.0, away / full)) if full else 0.0
        self.bars += 1


@dataclass
class Account:
    """What stands of one venue, side and tier, in base units, and where the rest went."""

    side: int
    shift: float  # bins from entry to liquidation; NaN where the venue grants no such leverage
    weight: float  # share of what opens
    deviation: float  # s.d. of the liquidation price, in bins
    half_life_h: float
    mass: NDArray[np.float64]
    went: dict[str, float] = field(default_factory=lambda: dict.fromkeys(WENT, 0.0))

    def live(self, told: Told, mood: Mood, market: Market, *, rounded: bool) -> float:
        """Go through one bar; return the USD that it fired, as far as that was to be expected."""
        if np.isnan(self.shift):
            return 0.0
        usd = self.sweep(told, market.grid.centres) if told.known else 0.0
        self.fade("shrunk", told.keep)
        self.fade("decayed", 0.5 ** (market.bars.interval_ms / HOUR_MS / self.half_life_h))
        if told.known:
            lean = market.model.tilt * mood.steepness
            weight = self.weight * (1 + lean if self.side == LONG else 1 - lean)
            fired = self.open(told, told.opened * weight, market.grid.centres, rounded)
            usd += mood.inflow * weight * fired * kernels._BEFORE_THE_TURN
        return usd

    def sweep(self, told: Told, price: F8) -> float:
        """Remove what price passes; return its USD."""
        usd = 0.0
        for b in range(self.mass.size):
            if told.passed(self.side, b):
                usd += self.mass[b] * price[b]
                self.went["swept"] += self.mass[b]
                self.mass[b] = 0.0
        return usd

    def fade(self, name: str, keep: float) -> None:
        """Let a share close by choice."""
        self.went[name] += self.mass.sum() * (1 - keep)
        self.mass *= keep

    def open(self, told: Told, amount: float, price: F8, rounded: bool) -> float:
        """Deposit an amount; return the USD that each unit of it would have fired at once."""
        self.went["deposited"] += amount
        usd = 0.0
        for b, share in (each for piece in self.shares(told, rounded) for each in piece):
            if not 0 <= b < self.mass.size:
                self.went["out_of_grid"] += amount * share
            elif told.passed(self.side, b):
                self.went["swept"] += amount * share
                usd += share * price[b]
            else:
                self.mass[b] += amount * share
        return usd

    def shares(self, told: Told, rounded: bool) -> list[Shares]:
        """Return where what opens during a bar would be liquidated."""
        low, high = told.low + self.shift, told.high + self.shift
        reach = int(np.ceil(engine._TAIL * self.deviation)) + 1
        if rounded:
            return as_tabulated(low, high, self.deviation, reach)
        return exact(low, high, self.deviation)


@dataclass(frozen=True)
class Outcome:
    usd: NDArray[np.float64]  # (side, bar, bin)
    flow: NDArray[np.float64]  # (bar, venue, tier, side)
    quantity: NDArray[np.float64]  # (venue, side, tier, bin) base units
    ledger: dict[str, NDArray[np.float64]]  # each (venue, side, tier) base units


def carry(market: Market, *, rounded: bool = True) -> Outcome:
    """Carry what stood before a market's first bar through all its bars.

    With `rounded`, blurs are rounded to the places that the kernel tabulates, else exact.
    """
    bars, grid = market.bars, market.grid
    shape = market.start.quantity.shape[:3]
    accounts = {place: _account(market, *place) for place in np.ndindex(shape)}
    moods = [Mood() for _ in bars.venues]
    flow = np.zeros((len(bars), shape[0], shape[2], shape[1]))
    usd = np.zeros((shape[1], len(bars), grid.bins))
    for i in range(len(bars)):
        _join(market, i, accounts)
        tell = [_told(market, v, i) for v in range(len(moods))]
        for (v, s, k), account in accounts.items():
            flow[i, v, k, s] = account.live(tell[v], moods[v], market, rounded=rounded)
            usd[s, i] += account.mass * grid.centres
        for told, mood in zip(tell, moods, strict=True):
            if told.known:
                mood.learn(told, bars.interval_ms)
    quantity = np.zeros((*shape, grid.bins))
    ledger = {name: np.zeros(shape) for name in WENT}
    for place, account in accounts.items():
        quantity[place] = account.mass
        for name in WENT:
            ledger[name][place] = account.went[name]
    return Outcome(usd=usd, flow=flow, quantity=quantity, ledger=ledger)


def _join(market: Market, i: int, accounts: dict[tuple[int, ...], Account]) -> None:
    """Add what stood of the venues whose price and open interest are first both known in a bar."""
    known = ~np.isnan(market.bars.close) & ~np.isnan(market.bars.before)
    if i == 0 or not market.seeded:
        return
    late = engine.guessed(market.terms, market.bars.rows(i, i + 1)).quantity
    for place, account in accounts.items():
        if known[place[0], i] and not known[place[0], :i].any():
            account.mass += late[place]
            account.went["deposited"] += float(late[place].sum())


def _account(market: Market, v: int, s: int, k: int) -> Account:
    """Return an account with what stood before the first bar."""
    model, grid = market.model, market.grid
    ratio = factors(market.bars.venues[v], market.base, model.tiers)[s, k]
    mass = market.start.quantity[v, s, k].copy()
    account = Account(
        side=s,
        shift=log(ratio) / grid.step,
        weight=(model.long_weights, model.short_weights)[s][k],
        deviation=model.spread / model.tiers[k] / grid.step,
        half_life_h=model.half_life_h[k],
        mass=mass,
    )
    account.went["deposited"] = float(mass.sum())
    return account


def _told(market: Market, v: int, i: int) -> Told:
    """Return what one venue's bar told, with what follows from its open interest and volume."""
    bars, grid = market.bars, market.grid

    def coordinate(prices: F8) -> float:
        return float(np.log(prices)[v, i] / grid.step - grid.first)

    change, before = bars.change[v, i], bars.before[v, i]
    volume = bars.volume[v, i]
    if np.isnan(volume):
        height = np.log(bars.high[v, i] / bars.low[v, i])
        volume = engine._VOLUME_PER_RANGE * height * (0.0 if np.isnan(before) else before)
    opened = max(change, 0.0) + market.model.turnover * volume
    return Told(
        low=coordinate(bars.low),
        high=coordinate(bars.high),
        trigger_low=coordinate(bars.trigger_low),
        trigger_high=coordinate(bars.trigger_high),
        close=coordinate(bars.close),
        opened=0.0 if np.isnan(opened) else opened,
        keep=max(1 + change / before, 0.0) if change < 0 < before else 1.0,
    )
