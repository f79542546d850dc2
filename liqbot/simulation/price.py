"""How price moves: by itself in calm and wild spells, and under the weight of forced orders."""

from dataclasses import dataclass
from math import exp, log

import numpy as np

from liqbot.market.units import DAY_MS, F8, HOUR_MS, MINUTE_MS, floats
from liqbot.simulation.settings import STEPS, Blocks, Settings
from liqbot.simulation.venues import CONTRACTS

_SPELL_H = (30.0, 9.0)  # mean length of a calm and of a wild spell
_SPELL = (0.78, 1.6)  # volatility in each, relative to the long run
_JUMPS = 1.2  # a day, common to all markets, and as many of each market's own
_RECOVERY_MS = 4 * MINUTE_MS  # half-life of what a forced order displaced
_LASTING = 0.18  # share of a displacement that stays
_STRETCH = 0.012  # log displacement at which the book is twice as deep
_NERVES_MS = 15 * MINUTE_MS  # half-life of the volatility that forced orders stir up


@dataclass(frozen=True, slots=True)
class Weather:
    """What moves one market from outside."""

    shocks: F8  # (block, STEPS) log returns
    volatility: F8  # (block,) relative to the long run


def weather(settings: Settings, base: str, blocks: Blocks) -> Weather:
    """Draw a market's weather; every market of one seed shares the spells and most shocks."""
    common, own = settings.generator("all"), settings.generator(base, "weather")
    days = blocks.length_ms / DAY_MS
    hour = (blocks.ends_ms - blocks.length_ms) % DAY_MS / HOUR_MS
    rhythm = 0.12 * np.cos((hour - 15.5) * np.pi / 12)  # busiest in the American afternoon
    mood = 0.28 * wander(common, days, 0.15) + 0.2 * wander(own, days, 0.05)
    spell = _spells(common, np.cumsum(days) * 24)
    volatility = settings.volatility * spell * np.exp(mood + rhythm - 0.12)
    shape = (len(blocks), STEPS)
    rate = np.sqrt(days / STEPS)[:, None]
    rho = settings.correlation
    noise = np.sqrt(rho) * common.standard_normal(shape)
    noise += np.sqrt(1 - rho) * own.standard_normal(shape)
    jumps = np.zeros(shape)
    for chance in (common, own):
        here = chance.random(shape) < _JUMPS * (days / STEPS)[:, None]
        jumps += here * chance.laplace(0.0, 0.13, shape)
    shocks = CONTRACTS[base].volatility * volatility[:, None] * (noise * rate + jumps)
    return Weather(floats(shocks), floats(volatility))


def wander(chance: np.random.Generator, days: F8, half_life_days: float) -> F8:
    """Draw an Ornstein-Uhlenbeck path of unit variance, (n,), over steps of `days` (n,)."""
    keep = 0.5 ** (days / half_life_days)
    kicks = chance.standard_normal(days.size) * np.sqrt(1 - keep**2)
    path = np.empty(days.size)
    level = chance.standard_normal()
    for i, (kept, kick) in enumerate(zip(keep.tolist(), kicks.tolist(), strict=True)):
        level = kept * level + kick
        path[i] = level
    return path


def _spells(chance: np.random.Generator, hours: F8) -> F8:
    pairs = int(hours[-1] / sum(_SPELL_H) * 2) + 20
    ends = np.cumsum(chance.exponential(_SPELL_H, (pairs, 2)).ravel())
    spell: F8 = np.where(np.searchsorted(ends, hours) % 2, _SPELL[1], _SPELL[0])
    return spell


class PriceProcess:
    """The mark price: a value that only news moves, and what forced orders have displaced."""

    def __init__(self, start: float) -> None:
        self.mark = start
        self.nerves = 0.0  # extra volatility, relative
        self._value = log(start)
        self._displaced = 0.0
        self._recovery = self._calming = 1.0

    def pace(self, step_ms: float) -> None:
        """Set how much time one step is."""
        self._recovery = 0.5 ** (step_ms / _RECOVERY_MS)
        self._calming = 0.5 ** (step_ms / _NERVES_MS)

    def step(self, shock: float) -> float:
        """Move by one step's log return from outside; return the mark."""
        recovered = self._displaced * (1 - self._recovery)
        self._displaced -= recovered
        self._value += shock * (1 + self.nerves) + _LASTING * recovered
        self.nerves *= self._calming
        self.mark = exp(self._value + self._displaced)
        return self.mark

    def push(self, impact: float) -> None:
        """Displace log price by the impact of market orders; it shows from the next step on.

        The further price is from its value, the more others are drawn in to trade against it.
        """
        impact /= 1 + (self._displaced / _STRETCH) ** 2
        impact = min(max(impact, -_STRETCH), _STRETCH)
        self._displaced += impact
        self.nerves = min(self.nerves + 20 * abs(impact), 1.0)
