"""Asks every venue of one market once: what is now, then the past that is not known yet."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import numpy as np

from liqbot.clock import Clock
from liqbot.errors import SourceDelayed, SourceError, StorageError, UnknownName
from liqbot.exchanges.exchange import Opened
from liqbot.live.hearing import Hearing
from liqbot.live.memory import Memory
from liqbot.live.recovery import Span, pieces
from liqbot.market.archive import Archive
from liqbot.market.instrument import Instrument, MarketQuery, choose
from liqbot.market.observation import Observation, gaps_in
from liqbot.market.source import MarketSource
from liqbot.market.units import DAY_MS, ms_of

PAST = timedelta(days=30)
_PIECE_MS = 5 * DAY_MS
_TRIES = 3  # of a piece of the past, for a venue that asks for patience
_BENIGN = {"mended", "retold", "unconfirmed"}  # the last may have been confirmed meanwhile
_PATIENCE_S = 30.0  # the longest that is waited between two of them


class Inquiry:
    """One market, asked about once.

    Who fails is told in `remarks` and left out. With an archive only what it lacks is asked for,
    and what comes is kept.
    """

    def __init__(
        self, opened: Mapping[str, Opened], clock: Clock, archive: Archive | None = None
    ) -> None:
        self.remarks: list[str] = []
        self.archive = archive
        self._opened, self._clock = opened, clock
        self._memory = Memory(clock, PAST)
        self._hearing = Hearing(clock, self._memory)

    async def ask(
        self, query: MarketQuery, tell: Callable[[float], None]
    ) -> tuple[Observation, ...]:
        """Return what is believed of a market on each venue, 30 days of it where they tell it.

        Raise UnknownName, and SourceError where nobody answered; `tell` is told how far it is.
        """
        chosen = choose(query, await self._listed(query))
        await self._remember(chosen)
        answers = await self._now(chosen)
        expected = frozenset(each.instrument for each in answers)
        for each in answers:
            await self._hear(each, expected)
        owed = {each: tuple(self._owed(each)) for each in expected}
        progress = _Progress(sum(map(len, owed.values())), tell)
        await asyncio.gather(
            *(self._past(each, spans, expected, progress) for each, spans in owed.items())
        )
        seen = tuple(told for each in chosen if each in expected for told in self._believed(each))
        if not seen:
            raise self._nobody(chosen[0].base)
        return seen

    async def _listed(self, query: MarketQuery) -> list[Instrument]:
        if query.venue is not None and query.venue not in self._opened:
            raise UnknownName("venue", query.venue, self._opened)
        sources = [
            each.source
            for each in self._opened.values()
            if query.venue in {None, each.source.venue}
        ]
        lists = await asyncio.gather(*(self._list(each) for each in sources))
        listed = [instrument for each in lists for instrument in each]
        if not listed:
            raise self._nobody(query.base)
        return listed

    async def _list(self, source: MarketSource) -> tuple[Instrument, ...]:
        try:
            return await source.instruments()
        except SourceError as error:
            self.remarks.append(f"{source.venue} is left out: {error}")
            return ()

    async def _remember(self, instruments: Iterable[Instrument]) -> None:
        """Take from the archive what it holds."""
        now_ms = ms_of(self._clock.now())
        if self.archive is None:
            return
        try:
            for each in instruments:
                self._memory.add(await self.archive.read(each, self._memory.since_ms, now_ms))
        except StorageError as error:
            self._do_without(error)

    async def _now(self, instruments: Iterable[Instrument]) -> list[Observation]:
        answers = await asyncio.gather(*(self._observe(each) for each in instruments))
        return [each for each in answers if each is not None]

    async def _observe(self, instrument: Instrument) -> Observation | None:
        since_ms = max(self._closed_ms(instrument), ms_of(self._clock.now()) - DAY_MS)
        try:
            return await self._opened[instrument.venue].source.observe(instrument, since_ms)
        except SourceError as error:
            self.remarks.append(f"{instrument.venue} is left out: {error}")
            return None

    def _owed(self, instrument: Instrument) -> Iterable[Span]:
        """Return the spans that are to be asked for, newest first.

        Where candles are known the rest has been asked for with them: what is missing there the
        venue does not tell.
        """
        seen = self._memory.of(instrument)
        if seen is None or not (closed_ms := self._closed_ms(instrument)):
            return ()
        gaps = gaps_in(seen.candles, seen.open_interest, self._memory.since_ms, closed_ms)
        spans = [Span(each.from_ms, each.to_ms) for each in gaps if each.what == "candles"]
        return pieces(spans, _PIECE_MS)

    async def _past(
        self,
        instrument: Instrument,
        spans: Sequence[Span],
        expected: frozenset[Instrument],
        progress: "_Progress",
    ) -> None:
        for done, span in enumerate(spans):
            try:
                answer = await self._recalled(instrument, span)
            except SourceError as error:
                self.remarks.append(f"{instrument.venue} tells no more of the past: {error}")
                return
            await self._hear(answer, expected)
            if not len(answer.candles):  # it was listed later, or tells no more
                progress.step(len(spans) - done)
                return
            progress.step()

    async def _recalled(self, instrument: Instrument, span: Span) -> Observation:
        source = self._opened[instrument.venue].source
        for _ in range(_TRIES - 1):
            try:
                return await source.recall(instrument, *span)
            except SourceDelayed as error:
                await self._wait(error.retry_at)
        return await source.recall(instrument, *span)

    async def _wait(self, until: datetime | None) -> None:
        wait_s = 1.0 if until is None else (until - self._clock.now()).total_seconds()
        with suppress(TimeoutError):
            async with asyncio.timeout(min(max(wait_s, 0.0), _PATIENCE_S)):
                await asyncio.Event().wait()

    async def _hear(self, answer: Observation, expected: frozenset[Instrument]) -> None:
        """Take in what is believed of an answer, and keep it."""
        instrument = answer.instrument
        skew_s = self._opened[instrument.venue].source.condition.skew_s
        for belief in self._hearing.hear(answer, skew_s, expected - {instrument}):
            if belief.is_refused:
                continue
            self._memory.add(belief.observation)
            if self.archive is not None:
                try:
                    await self.archive.keep(belief.observation)
                except StorageError as error:
                    self._do_without(error)

    def _believed(self, instrument: Instrument) -> tuple[Observation, ...]:
        """Return what is believed of an instrument, if that is enough for a map."""
        dropped = self._hearing.dropped(instrument)
        doubts = {each: count for each, count in dropped.items() if each not in _BENIGN}
        told = ", ".join(f"{count} {reason}" for reason, count in doubts.items())
        seen = self._memory.of(instrument)
        if seen is None or not self._closed_ms(instrument):
            why = told or "nobody confirms its prices" if dropped else "it tells of no candle"
            self.remarks.append(f"{instrument.venue} is left out: {why}")
            return ()
        if told:
            self.remarks.append(f"{instrument.venue}: not believed: {told}")
        return (seen,)

    def _closed_ms(self, instrument: Instrument) -> int:
        """Return when the newest candle believed closed, Unix ms; 0 where none is."""
        seen = self._memory.of(instrument)
        if seen is None:
            return 0
        known = np.flatnonzero(~np.isnan(seen.candles.close))
        return int(seen.candles.closed_ms[known[-1]]) if known.size else 0

    def _do_without(self, error: StorageError) -> None:
        self.remarks.append(f"The archive is left out: {error}")
        self.archive = None

    def _nobody(self, base: str) -> SourceDelayed:
        why = "; ".join(self.remarks) or "none told a price"
        return SourceDelayed(f"Nobody told of {base}: {why}", kind="unavailable")


class _Progress:
    def __init__(self, owed: int, tell: Callable[[float], None]) -> None:
        self._owed, self._done, self._tell = owed, 0, tell

    def step(self, by: int = 1) -> None:
        self._done += by
        self._tell(self._done / self._owed)
