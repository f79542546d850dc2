"""Recordings as venues: what was recorded is told as its time comes, again and again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TypeVar

import numpy as np

from liqbot.clock import Clock
from liqbot.errors import RecordingError, SourceRefused, SourceUnreadable
from liqbot.market.condition import Condition
from liqbot.market.instrument import Instrument
from liqbot.market.joining import joined
from liqbot.market.margin import MarginSchedule
from liqbot.market.observation import Observation
from liqbot.market.recording.reader import Recording
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import MINUTE_MS, Price, integers, ms_of

BAR_MS = 5 * MINUTE_MS
Series = TypeVar("Series", Candles, OpenInterest, Funding, Tape)

_BEAT_S = 0.25  # how often a tape looks whether the clock has passed a print


@dataclass(frozen=True, slots=True)
class Loop:
    """A span of recorded time that begins anew at its end, from its own first moment on.

    While it passes for the first time, stamps are as recorded; later they are moved by whole
    spans. So what is told of a moment never depends on when the bot was started.
    """

    first_ms: int  # Unix ms
    length_ms: int  # whole bars, so that moved candles stay on their grid

    def turns(self, from_ms: int, to_ms: int) -> Iterator[tuple[int, int, int]]:
        """Yield a time's parts as (from, to, both as recorded; ms by which stamps are moved)."""
        for turn in range(self._turn(from_ms), self._turn(to_ms) + 1):
            moved = turn * self.length_ms
            ends_ms = self.first_ms + self.length_ms
            yield from_ms - moved, min(to_ms - moved, ends_ms), moved

    def _turn(self, at_ms: int) -> int:
        return max(0, (at_ms - self.first_ms - 1) // self.length_ms)


@dataclass(frozen=True, kw_only=True)
class Story:
    """A recording, and the time in which it is told."""

    recording: Callable[[str], Awaitable[Recording]]  # of a base
    instruments: tuple[Instrument, ...]
    loop: Loop
    clock: Clock

    async def seen(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        """Return what is told from … to (Unix ms), with the mark and the book of the end.

        Raise SourceRefused for what is not in it, SourceUnreadable for files that make no sense.
        """
        if instrument not in self.instruments:
            raise SourceRefused(f"{instrument.venue}: no {instrument.symbol} in the recording")
        recording = await self.recording(instrument.base)
        try:
            return await asyncio.to_thread(self._read, recording, instrument, from_ms, to_ms)
        except RecordingError as error:
            raise SourceUnreadable(str(error)) from error

    def _read(
        self, recording: Recording, instrument: Instrument, from_ms: int, to_ms: int
    ) -> Observation:
        now = self.clock.now()
        parts = [
            _part(recording.read(instrument, ends_ms), begins_ms, ends_ms, moved_ms)
            for begins_ms, ends_ms, moved_ms in self.loop.turns(from_ms, to_ms)
        ]
        return reduce(joined, (replace(each, observed_at=now, gaps=()) for each in parts))


class PlayedSource:
    """One venue of a story, as it can be asked."""

    def __init__(self, venue: str, story: Story) -> None:
        self.venue = venue
        self.condition = Condition()
        self._story = story

    async def instruments(self) -> tuple[Instrument, ...]:
        """Return what the recording holds of the venue, sorted by base and quote."""
        return tuple(each for each in self._story.instruments if each.venue == self.venue)

    async def observe(self, instrument: Instrument, since_ms: int) -> Observation:
        """Return what is new since a moment (Unix ms), with the mark and book of now.

        Forced orders are left to the tape, as by every venue.
        """
        seen = await self._seen(instrument, since_ms, ms_of(self._story.clock.now()))
        return replace(seen, tape=Tape.of(()))

    async def recall(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        """Return the past from … to (Unix ms), forced orders too, none of it later than now."""
        until_ms = min(to_ms, ms_of(self._story.clock.now()))
        seen = await self._seen(instrument, from_ms, until_ms)
        return replace(seen, mark=Price(np.nan), book=None)

    async def brackets(self, instrument: Instrument) -> MarginSchedule | None:
        """Return None: recordings do not hold any."""
        _ = instrument
        return None

    async def _seen(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        failures, now = dict(self.condition.failures), self._story.clock.now()
        try:
            seen = await self._story.seen(instrument, from_ms, to_ms)
        except (SourceRefused, SourceUnreadable) as error:
            failures[error.kind] = failures.get(error.kind, 0) + 1
            self.condition = replace(
                self.condition, failures=failures, failed_at=now, failing=str(error)
            )
            raise
        answers = self.condition.answers + 1
        self.condition = replace(self.condition, answers=answers, answered_at=now, failing="")
        return seen


class PlayedTape:
    """One venue of a story, as it tells of forced orders."""

    def __init__(self, venue: str, story: Story) -> None:
        self.venue = venue
        self.condition = Condition()
        self._story = story

    async def listen(
        self, instruments: Sequence[Instrument]
    ) -> AsyncIterator[tuple[Instrument, Tape]]:
        """Yield forced orders as the clock passes them."""
        clock = self._story.clock
        told_ms = ms_of(clock.now())
        self.condition = replace(self.condition, connections=1)
        tapes = {each: await self._tape(each) for each in instruments}
        while True:
            now = clock.now()
            now_ms = ms_of(now)
            for instrument, tape in tapes.items():
                passed = self._passed(tape, told_ms + 1, now_ms)
                if len(passed):
                    answers = self.condition.answers + 1
                    self.condition = replace(self.condition, answers=answers, answered_at=now)
                    yield instrument, passed
            told_ms = now_ms
            await asyncio.sleep(_BEAT_S)

    async def _tape(self, instrument: Instrument) -> Tape:
        loop = self._story.loop
        first_ms = loop.first_ms
        return (await self._story.seen(instrument, first_ms, first_ms + loop.length_ms)).tape

    def _passed(self, tape: Tape, from_ms: int, to_ms: int) -> Tape:
        return Tape.merge(
            _moved(tape.since(begins_ms).until(ends_ms), moved_ms)
            for begins_ms, ends_ms, moved_ms in self._story.loop.turns(from_ms, to_ms)
        )


def _part(seen: Observation, from_ms: int, to_ms: int, moved_ms: int) -> Observation:
    """Return what was seen from a moment on, in bars, its stamps moved on."""
    marks = seen.mark_candles

    def bars(candles: Candles) -> Candles:
        return _moved(candles.resample(BAR_MS, to_ms).since(from_ms), moved_ms)

    return replace(
        seen,
        candles=bars(seen.candles),
        mark_candles=None if marks is None else bars(marks),
        open_interest=_moved(seen.open_interest.since(from_ms), moved_ms),
        funding=_moved(seen.funding.since(from_ms), moved_ms),
        tape=_moved(seen.tape.since(from_ms), moved_ms),
        book=seen.book and replace(seen.book, at_ms=seen.book.at_ms + moved_ms),
    )


def _moved(series: Series, by_ms: int) -> Series:
    if isinstance(series, Candles):
        return replace(series, opened_ms=integers(series.opened_ms + by_ms))
    return replace(series, at_ms=integers(series.at_ms + by_ms))
