"""What is measured: a month of five-minute bars on three venues, drawn from a seed."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from liqbot.heatmap.bars import Bars, align
from liqbot.heatmap.engine import Positions, Run, Terms, guessed, run, terms_of
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.model import Model
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, F8, MINUTE_MS, Price, floats, integers, moment_of

BASE = "BTC"
VENUES = ("binance", "bybit", "okx", "bitget", "gate", "hyperliquid", "dydx", "deribit")
TIERS = (5.0, 10.0, 20.0, 25.0, 50.0, 75.0, 100.0)
INTERVAL_MS = 5 * MINUTE_MS

_START_MS = 1_767_225_600_000  # 2026-01-01 00:00 UTC
_PRICE = 90_000.0
_VOLATILITY = 0.021  # s.d. of log price a day
_PULL_DAYS = 15.0  # back to _PRICE, so that even a year stays on the same grid
_RANGE = 0.8  # of the grid, in log price: 800 bins of 0.1 %
_STEPS = 10  # of price within a bar
_OPEN_INTEREST = 80_000.0  # base units on the first venue


@dataclass(frozen=True, kw_only=True)
class Workload:
    """How much there is to do; the defaults are the workload of MODEL.md §7."""

    bars: int = 8640  # 30 days
    venues: tuple[str, ...] = VENUES[:3]
    bins: int = 800  # over the same range of price, whatever their number

    @cached_property
    def observations(self) -> tuple[Observation, ...]:
        """What each venue would have told."""
        price = _walk(self.bars * _STEPS)
        return tuple(_seen(venue, price) for venue in self.venues)

    @cached_property
    def line(self) -> Bars:
        """The same, as bars."""
        return align(self.observations)

    @cached_property
    def grid(self) -> PriceGrid:
        """The bins, around the price to which the walk is pulled back."""
        width = float(np.expm1(_RANGE / self.bins))
        return PriceGrid(round(np.log(_PRICE) / np.log1p(width)) - self.bins // 2, width, self.bins)

    @cached_property
    def terms(self) -> Terms:
        """The prior model, cut to seven tiers and worked out for the venues."""
        return terms_of(model(), BASE, self.line.venues, self.grid, INTERVAL_MS)

    @cached_property
    def start(self) -> Positions:
        """What stands before the first bar: the engine's guess, as for real markets."""
        return guessed(self.terms, self.line)

    def run(self) -> Run:
        """Carry the state through all bars, through the engine's public function."""
        return run(self.terms, self.start, self.line)


def model() -> Model:
    """Return the prior model with the tiers of the workload."""
    prior = Model()
    rows = [prior.tiers.index(tier) for tier in TIERS]
    return Model(
        tiers=TIERS,
        long_weights=tuple(prior.long_weights[row] for row in rows),
        short_weights=tuple(prior.short_weights[row] for row in rows),
        half_life_h=tuple(prior.half_life_h[row] for row in rows),
    )


def _walk(count: int) -> F8:
    """Return a price that wanders and is slowly pulled back, (count,)."""
    day = INTERVAL_MS / _STEPS / DAY_MS
    shocks = np.random.default_rng(1).normal(0.0, _VOLATILITY * np.sqrt(day), count)
    away, keep = 0.0, 1 - day / _PULL_DAYS
    path = np.empty(count)
    for i, shock in enumerate(shocks.tolist()):
        away = away * keep + shock
        path[i] = away
    return floats(_PRICE * np.exp(path))


def _seen(venue: str, price: F8) -> Observation:
    """Return what one venue would tell of a price given at every step of every bar."""
    number = VENUES.index(venue)
    chance = np.random.default_rng([2, number])
    steps = price.reshape(-1, _STEPS)
    count = len(steps)
    opened_ms = _START_MS + INTERVAL_MS * np.arange(count)
    standing = _OPEN_INTEREST / (1 + number)
    turns = chance.normal(0.0, 0.002, count + 1)
    quantity = standing * np.exp(0.3 * np.sin(np.cumsum(turns)))
    height = np.log(steps.max(axis=1) / steps.min(axis=1))
    volume = 3.0 * standing * height * chance.lognormal(0.0, 0.3, count)
    return Observation(
        instrument=Instrument(venue, BASE, "USDT"),
        observed_at=moment_of(int(opened_ms[-1]) + INTERVAL_MS),
        mark=Price(float(steps[-1, -1])),
        candles=Candles(
            interval_ms=INTERVAL_MS,
            opened_ms=integers(opened_ms),
            open=floats(steps[:, 0]),
            high=floats(steps.max(axis=1)),
            low=floats(steps.min(axis=1)),
            close=floats(steps[:, -1]),
            volume=floats(volume),
            taker_buy_volume=floats(volume * chance.uniform(0.3, 0.7, count)),
        ),
        mark_candles=None,
        open_interest=OpenInterest(
            at_ms=integers(_START_MS + INTERVAL_MS * np.arange(count + 1)),
            quantity=floats(quantity),
        ),
        funding=Funding(
            at_ms=integers(opened_ms[::96]), rate=floats(np.full(opened_ms[::96].size, 1e-4))
        ),
        tape=Tape.of(()),
        book=None,
        gaps=(),
        repairs=(),
        simulated=True,
    )
