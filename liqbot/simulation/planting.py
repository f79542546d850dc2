"""Build-ups that were asked for, and the shocks that drive price into them."""

from math import log

from liqbot.market.units import F8, HOUR_MS, MINUTE_MS, floats
from liqbot.simulation.settings import Planted, Settings
from liqbot.simulation.venues import VENUES

_SHARE = floats([venue.share for venue in VENUES])
_SHOCK_MS = 12 * MINUTE_MS
_CLOSEST = 0.004  # nearer to its own liquidation price nobody opens a position
_BEYOND = 0.006  # how far past the middle of a build-up its shock drives price


class Planting:
    """What is planted in one market, and at which prices it turned out to be."""

    def __init__(self, settings: Settings, base: str) -> None:
        self._plans = [plan for plan in settings.planted if plan.market == base]
        self._start_ms = settings.start_ms
        self._targets: dict[int, float] = {}

    def due(self, from_ms: int, to_ms: int, mark: float) -> list[tuple[Planted, F8, float]]:
        """Return what to open in a span of time: (plan, (venue,) base units, target price).

        What is due while price is beyond or too near the target is never opened.
        """
        found = []
        for i, plan in enumerate(self._plans):
            begins, ends = self._at_ms(plan.begin_h), self._at_ms(plan.end_h)
            overlap = min(ends, to_ms) - max(begins, from_ms)
            if overlap <= 0:
                continue
            target = self._targets.setdefault(i, mark * (1 - plan.side.sign * plan.distance))
            if plan.side.sign * log(mark / target) > _CLOSEST + _CLOSEST:
                usd = plan.usd * overlap / (ends - begins)
                found.append((plan, floats(usd / target * _SHARE), target))
        return found

    def drift(self, from_ms: int, to_ms: int, mark: float) -> float:
        """Return the log return that a shock adds in a span of time; 0 without one."""
        total = 0.0
        for i, plan in enumerate(self._plans):
            if plan.shock_h is None or i not in self._targets:
                continue
            left_ms = self._at_ms(plan.shock_h) + _SHOCK_MS - from_ms
            sign = plan.side.sign
            gap = log(self._targets[i] / mark) - sign * _BEYOND
            if 0 < left_ms <= _SHOCK_MS and gap * sign < 0:
                total += gap * min(1.0, (to_ms - from_ms) / left_ms)
        return total

    def _at_ms(self, hours: float) -> int:
        return self._start_ms + round(hours * HOUR_MS)
