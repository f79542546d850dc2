"""How fast a venue may be asked: its budget, its bans, and a circuit for when it fails."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from numpy.random import Generator

from liqbot.clock import Clock
from liqbot.errors import SourceDelayed, SourceError
from liqbot.market.condition import Condition

Headers = Mapping[str, str]  # names in lower case

_BURST, _STEADY = 0.3, 0.5  # of the budget: at once, and per window besides
_PATIENCE_S = 10.0  # longer is not waited for one's turn
_TOLERATED = 5  # failures in a row, of any request
_FIRST_BREAK_S, _LONGEST_BREAK_S = 1.0, 30.0
_COUNTED = {
    "timeout",
    "unavailable",
    "network",
    "unreadable",
}  # not one market's fault
_LONGEST_SKEW = timedelta(hours=1)  # beyond, the Date header is what is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a venue grants to one address: request weight, in ccxt's units, per window."""

    weight: float
    window_s: float
    used: Callable[[Headers], float | None] = lambda _: None  # share of it, as the venue counts


class Pace:
    """Lets requests to one venue through at a rate that it bears, and counts what came of them.

    A full stop (paused_until) and an open circuit turn requests away at once.
    """

    def __init__(self, venue: str, budget: Budget, clock: Clock, chance: Generator) -> None:
        self.condition = Condition()
        self._venue = venue
        self._budget = budget
        self._clock = clock
        self._chance = chance
        self._rate = _STEADY * budget.weight / budget.window_s  # tokens per second
        self._tokens = _BURST * budget.weight
        self._filled_s: float | None = None  # loop time
        self._failures = 0  # in a row
        self._open_until: datetime | None = None
        self._probe: asyncio.Event | None = None  # set once it is known how it went
        self._skew: tuple[timedelta, timedelta] | None = None  # between which it lies

    @asynccontextmanager
    async def turn(self, weight: float) -> AsyncIterator[None]:
        """Wait for one's turn to make a request of a weight, make it inside, count how it went.

        Raise SourceDelayed (kind "paused") where the wait would be long.
        """
        probe = await self._admitted()
        try:
            await self._wait(weight)
            started = asyncio.get_running_loop().time()
            try:
                yield
            except SourceError as error:
                self.failed(error)
                raise
            self._answered(asyncio.get_running_loop().time() - started)
        finally:
            if probe and self._probe is not None:
                self._probe.set()
                self._probe = None

    def heard(self, headers: Headers, sent_at: datetime, date: datetime | None) -> None:
        """Take note of a response's headers, whatever its status: used weight and their clock."""
        used = self._budget.used(headers)
        if used is not None:
            self._refill()
            self._tokens = min(self._tokens, (_BURST + _STEADY - used) * self._budget.weight)
        if date is not None:
            self._compare(date, sent_at, self._clock.now())
        self._tell_load(used or 0.0)

    def stop(self, until: datetime) -> None:
        """Ask nothing before a moment, as the venue demanded; the latest demand holds."""
        known = self.condition.paused_until
        until = until if known is None else max(known, until)
        self.condition = replace(self.condition, paused_until=until)

    def failed(self, error: SourceError) -> None:
        """Count a failure; open the circuit where there were many in a row, longer each time."""
        now = self._clock.now()
        failures = dict(self.condition.failures)
        failures[error.kind] = failures.get(error.kind, 0) + 1
        self.condition = replace(
            self.condition, failures=failures, failed_at=now, failing=str(error)
        )
        if error.kind not in _COUNTED:
            return
        self._failures += 1
        if self._failures >= _TOLERATED:
            doubled = _FIRST_BREAK_S * 2.0 ** min(self._failures - _TOLERATED, 10)
            pause_s = min(doubled, _LONGEST_BREAK_S) * self._chance.uniform(0.7, 1.0)
            self._open_until = now + timedelta(seconds=pause_s)

    def _answered(self, latency_s: float) -> None:
        self._failures, self._open_until = 0, None
        self.condition = replace(
            self.condition,
            answers=self.condition.answers + 1,
            answered_at=self._clock.now(),
            failing="",
            latency_s=latency_s,
            latency_sum_s=self.condition.latency_sum_s + latency_s,
        )

    async def _admitted(self) -> bool:
        """Return whether this is the probe of an open circuit; whoever comes meanwhile waits."""
        self._turn_away()
        while self._open_until is not None:
            if self._probe is None:
                self._probe = asyncio.Event()
                return True
            await self._probe.wait()
            self._turn_away()
        return False

    def _turn_away(self) -> None:
        """Raise SourceDelayed while nothing may be asked."""
        now = self._clock.now()
        paused_until = self.condition.paused_until
        if paused_until is not None and now < paused_until:
            raise self._paused("asked for quiet", paused_until)
        if paused_until is not None:
            self.condition = replace(self.condition, paused_until=None)
        if self._open_until is not None and now < self._open_until:
            raise self._paused("failed repeatedly", self._open_until)

    def _compare(self, date: datetime, sent_at: datetime, now: datetime) -> None:
        """Narrow down their clock: they wrote the date, cut to the second, in between."""
        low, high = date - now, date + timedelta(seconds=1) - sent_at
        if max(abs(low), abs(high)) > _LONGEST_SKEW:
            return
        if self._skew is not None:
            known_low, known_high = self._skew
            within = max(low, known_low), min(high, known_high)
            low, high = within if within[0] <= within[1] else (low, high)  # a clock was set
        self._skew = low, high
        skew_s = ((low + high) / 2).total_seconds()
        self.condition = replace(self.condition, skew_s=skew_s)

    async def _wait(self, weight: float) -> None:
        self._refill()
        wait_s = max(weight - self._tokens, 0.0) / self._rate
        if wait_s > _PATIENCE_S:
            later = self._clock.now() + timedelta(seconds=wait_s)
            raise self._paused("is asked as much as it allows", later)
        self._tokens -= weight  # below zero: whoever comes next waits for longer
        self._tell_load(0.0)
        if wait_s > 0:
            await asyncio.sleep(wait_s * self._chance.uniform(1.0, 1.2))

    def _refill(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if self._filled_s is not None:
            gained = (
                (now_s - self._filled_s) * _STEADY * self._budget.weight / self._budget.window_s
            )
            self._tokens = min(self._tokens + gained, _BURST * self._budget.weight)
        self._filled_s = now_s

    def _tell_load(self, used: float) -> None:
        spent = _BURST - self._tokens / self._budget.weight
        self.condition = replace(self.condition, load=min(max(spent, used, 0.0), 1.0))

    def _paused(self, why: str, retry_at: datetime) -> SourceDelayed:
        text = f"{self._venue} {why}; it is asked again at {retry_at:%H:%M:%S} UTC"
        return SourceDelayed(text, kind="paused", retry_at=retry_at)
