"""Ask the venues for the past that the archive lacks, the newest of every market first."""

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval

from liqbot.errors import SourceDelayed, SourceError
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.job import Job, Workshop
from liqbot.live.recovery import Span, missing, pieces
from liqbot.market.instrument import Instrument
from liqbot.market.units import HOUR_MS, ms_of

_EVERY = timedelta(seconds=5)  # how often each venue is looked at for what is missing

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much at a time."""

    chunk: Annotated[
        timedelta,
        Interval(ge=timedelta(hours=1), le=timedelta(days=7)),
        "How much of a market's past is asked for at once, the newest first.",
    ] = timedelta(days=1)


class Filling:
    """Finds what is missing of each market's past, and asks for it once."""

    def __init__(self, workshop: Workshop, settings: Settings) -> None:
        self._shop = workshop
        self._chunk_ms = settings.chunk // timedelta(milliseconds=1)
        self._asked: set[tuple[Instrument, Span]] = set()
        self._done: dict[str, float] = dict.fromkeys(workshop.markets.venues, 0.0)

    async def fill(self, venue: str) -> None:
        """Ask a venue for all that is missing of its markets, or as much as it tells now.

        Nothing is asked of a market before a poll has been believed: that is what its past has
        to lead to.
        """
        markets = self._shop.markets
        missing_here = self._missing(venue)
        for row, (instrument, span) in enumerate(missing_here):
            try:
                seen = await markets.venues[venue].source.recall(instrument, *span)
            except SourceDelayed as error:
                _log.info("back-fill waits", extra={"venue": venue, "why": str(error)})
                return
            except SourceError as error:
                _log.warning("no past", extra={"market": str(instrument), "why": str(error)})
            else:
                for belief in markets.hear(seen):
                    if belief.is_refused:
                        continue
                    await self._shop.archive.keep(belief.observation)
                    markets.see(belief.observation)
            self._asked.add((instrument, span))
            rest = missing_here[row + 1 :]
            self._tell(venue, rest)
            if markets.newest(instrument.base) is None or all(
                each.base != instrument.base for each, _ in rest
            ):
                await markets.evaluate(instrument.base)
        self._tell(venue, ())

    def _missing(self, venue: str) -> list[tuple[Instrument, Span]]:
        """Return what is missing and was not asked for, the newest of every market first.

        The hour that has begun is left to the polls, which bring it by themselves.
        """
        memory, found = self._shop.markets.memory, list[tuple[Instrument, Span]]()
        from_ms, to_ms = memory.since_ms, ms_of(self._shop.clock.now()) // HOUR_MS * HOUR_MS
        for instrument in self._watched(venue):
            seen = memory.of(instrument)
            spans = () if seen is None else missing(seen, from_ms, to_ms)
            found += [(instrument, each) for each in pieces(spans, self._chunk_ms)]
        fresh = [each for each in found if each not in self._asked]
        return sorted(fresh, key=lambda each: -each[1].from_ms)

    def _watched(self, venue: str) -> list[Instrument]:
        return [each for each in self._shop.markets.known() if each.venue == venue]

    def _tell(self, venue: str, rest: Iterable[tuple[Instrument, Span]]) -> None:
        """Say how much of the past has come, or will never come."""
        markets = self._shop.markets
        watched = self._watched(venue)
        window_ms = ms_of(self._shop.clock.now()) - markets.memory.since_ms
        unseen = sum(1 for each in watched if markets.memory.of(each) is None)
        lacking_ms = unseen * window_ms + sum(span.to_ms - span.from_ms for _, span in rest)
        self._done[venue] = 1 - lacking_ms / (len(watched) * window_ms) if watched else 0.0
        markets.back_filling = sum(self._done.values()) / len(self._done)


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    async with Schedule(drain_s=0) as schedule:  # a chunk that is broken off is asked for again
        filling = Filling(workshop, settings)
        for venue in workshop.markets.venues:

            async def fill(venue: str = venue) -> None:
                await filling.fill(venue)

            schedule.every(_EVERY, fill, name=f"back-fill {venue}", after=timedelta(seconds=1))
        yield


JOB = Job(
    name="back_fill",
    summary="Ask the venues for the past that the archive lacks",
    settings=Settings,
    open=_open,
)
