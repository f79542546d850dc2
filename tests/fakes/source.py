"""Venues in memory: what they tell follows from a truth and a clock, and can be bent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from liqbot.clock import Clock
from liqbot.errors import SourceError, SourceRefused
from liqbot.market.belief import nothing_of
from liqbot.market.book import OrderBook
from liqbot.market.condition import Condition
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule
from liqbot.market.observation import Observation
from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import Price, floats, ms_of
from tests.walks import a_walk, some_prints


def as_it_is(seen: Observation) -> Observation:
    return seen


def truths(
    bases: Iterable[str], venues: Iterable[str], *, bars: int, prints: int = 0
) -> dict[Instrument, Observation]:
    """Return markets that wander, on each venue near the others' prices."""
    found = {}
    for row, base in enumerate(bases):
        for column, venue in enumerate(venues):
            walk = a_walk(bars, seed=row, venue=venue, base=base)
            told = scaled(walk.candles, 1 + column / 1000)
            samples = walk.open_interest
            sized = replace(samples, quantity=floats(samples.quantity * (1 + column)))
            tape = some_prints(walk, prints, seed=column) if prints else walk.tape
            found[walk.instrument] = replace(walk, candles=told, open_interest=sized, tape=tape)
    return found


def scaled(candles: Candles, factor: float) -> Candles:
    """Return candles whose prices are others by a factor."""
    return replace(
        candles,
        open=floats(candles.open * factor),
        high=floats(candles.high * factor),
        low=floats(candles.low * factor),
        close=floats(candles.close * factor),
    )


class FakeSource:
    """One venue. `fault` is raised, `bend` changes what is told, while `hangs` nothing comes."""

    def __init__(self, venue: str, clock: Clock, truth: dict[Instrument, Observation]) -> None:
        self._venue, self._clock = venue, clock
        self.truth = {each: seen for each, seen in truth.items() if each.venue == venue}
        self.listed = set(self.truth)
        self.schedules: dict[Instrument, MarginSchedule] = {}
        self.fault: SourceError | None = None
        self.bend: Callable[[Observation], Observation] = as_it_is
        self.hangs: asyncio.Event | None = None
        self.skew_s = 0.0
        self.asked: list[tuple[str, Instrument | None, int, int]] = []

    @property
    def venue(self) -> str:
        return self._venue

    @property
    def condition(self) -> Condition:
        failing = "" if self.fault is None else str(self.fault)
        return Condition(answers=len(self.asked), skew_s=self.skew_s, failing=failing)

    async def instruments(self) -> tuple[Instrument, ...]:
        await self._ask("instruments", None, 0, 0)
        return tuple(sorted(self.listed, key=lambda each: (each.base, each.quote)))

    async def observe(self, instrument: Instrument, since_ms: int) -> Observation:
        now_ms = ms_of(self._clock.now())
        await self._ask("observe", instrument, since_ms, now_ms)
        seen = self._between(instrument, since_ms, now_ms)
        mark = self.price(instrument)
        book = OrderBook.of(now_ms, [(mark * 0.9999, 5.0)], [(mark * 1.0001, 5.0)])
        return self.bend(replace(seen, mark=Price(mark), book=book))

    async def recall(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        await self._ask("recall", instrument, from_ms, to_ms)
        return self.bend(self._between(instrument, from_ms, to_ms))

    async def brackets(self, instrument: Instrument) -> MarginSchedule | None:
        await self._ask("brackets", instrument, 0, 0)
        return self.schedules.get(instrument)

    def price(self, instrument: Instrument) -> float:
        """The last close by now."""
        closed = self.truth[instrument].candles.until(ms_of(self._clock.now()))
        return float(closed.close[-1])

    async def _ask(self, what: str, instrument: Instrument | None, *span: int) -> None:
        self.asked.append((what, instrument, span[0], span[1]))
        if self.hangs is not None:
            await self.hangs.wait()
        if self.fault is not None:
            raise self.fault
        if instrument is not None and instrument not in self.listed:
            raise SourceRefused(f"{self._venue} does not list {instrument.symbol}")

    def _between(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        truth = self.truth[instrument]
        until_ms = min(to_ms, ms_of(self._clock.now()))
        return replace(
            nothing_of(truth),
            observed_at=self._clock.now(),
            candles=truth.candles.since(from_ms).until(until_ms),
            open_interest=truth.open_interest.since(from_ms).until(until_ms),
            funding=truth.funding.since(from_ms).until(until_ms),
        )


class FakeTape:
    """One venue's stream: it tells what it is given to say."""

    def __init__(self, venue: str) -> None:
        self._venue = venue
        self._said: asyncio.Queue[tuple[Instrument, Tape] | Exception] = asyncio.Queue()
        self.listened: list[tuple[Instrument, ...]] = []
        self.failing = ""

    @property
    def venue(self) -> str:
        return self._venue

    @property
    def condition(self) -> Condition:
        return Condition(answers=1, connections=len(self.listened), failing=self.failing)

    def say(self, instrument: Instrument, tape: Tape) -> None:
        self._said.put_nowait((instrument, tape))

    def fail(self, error: Exception) -> None:
        self._said.put_nowait(error)

    async def listen(
        self, instruments: Sequence[Instrument]
    ) -> AsyncIterator[tuple[Instrument, Tape]]:
        self.listened.append(tuple(instruments))
        while True:
            said = await self._said.get()
            if isinstance(said, Exception):
                raise said
            yield said


def is_part_of(seen: Observation, truth: Observation) -> bool:
    """Tell whether every known candle and sample of open interest is one of the truth's."""
    row = np.searchsorted(truth.candles.opened_ms, seen.candles.opened_ms)
    known = ~np.isnan(seen.candles.close)
    columns = ("open", "high", "low", "close", "volume")
    candles = all(
        np.array_equal(getattr(seen.candles, name)[known], getattr(truth.candles, name)[row[known]])
        for name in columns
    )
    samples = seen.open_interest
    place = np.searchsorted(truth.open_interest.at_ms, samples.at_ms)
    told = ~np.isnan(samples.quantity)
    return candles and np.array_equal(
        samples.quantity[told], truth.open_interest.quantity[place[told]]
    )
