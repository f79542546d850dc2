"""Listen to forced orders as they happen."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from annotated_types import Ge, Gt, Interval

from liqbot.jobs._schedule import Schedule
from liqbot.jobs.job import Job, Workshop
from liqbot.market.belief import nothing_of
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation
from liqbot.market.source import TapeSource
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, MINUTE_MS, ms_of

_TENDED = timedelta(seconds=5)  # how soon a stream that failed is begun anew

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a burst is: a minute that is large, and many times the market's normal one."""

    batch: Annotated[
        timedelta,
        Interval(ge=timedelta(seconds=1), le=timedelta(minutes=1)),
        "How long prints are gathered before they are kept.",
    ] = timedelta(seconds=1)
    burst_usd: Annotated[float, Gt(0), "A burst's least dollars in a minute, over all venues."] = (
        250_000.0
    )
    burst_prints: Annotated[int, Ge(1), "A burst's least forced orders in a minute."] = 5
    burst_multiple: Annotated[
        float, Ge(1), "How many times the market's own mean minute a burst is."
    ] = 10.0


class Listening:
    """Gathers what the venues tell, and takes it in a batch at a time."""

    def __init__(self, workshop: Workshop, settings: Settings) -> None:
        self._shop, self._settings = workshop, settings
        self._heard: dict[Instrument, list[Tape]] = {}
        self._streams: dict[str, tuple[frozenset[Instrument], asyncio.Task[None]]] = {}
        self._bursting: set[str] = set()

    async def tend(self, venue: str) -> None:
        """Listen to all that is watched on a venue; begin anew where that has changed or failed."""
        markets = self._shop.markets
        watched = frozenset(each for each in markets.known() if each.venue == venue)
        heard, stream = self._streams.get(venue, (frozenset(), None))
        if stream is not None and stream.done():
            self._tell_failure(venue, stream)
        elif heard == watched:
            return
        if stream is not None:
            del self._streams[venue]
            await _end(stream)
        source = markets.venues[venue].tape
        if watched and source is not None:
            task = asyncio.create_task(self._listen(source, watched), name=f"tape {venue}")
            self._streams[venue] = (watched, task)

    async def take_in(self) -> None:
        """Believe, keep and see what was gathered; look anew at once where a burst begins.

        Forced orders wait for the first poll, which tells what a price is there.
        """
        shop, markets = self._shop, self._shop.markets
        ready = [each for each in self._heard if markets.memory.of(each) is not None]
        for instrument in ready:
            tape = Tape.merge(self._heard.pop(instrument))
            for belief in markets.hear(self._as_seen(instrument, tape)):
                await shop.archive.keep(belief.observation)
                markets.see(belief.observation)
        for base in dict.fromkeys(each.base for each in ready):
            await self._hurry(base)

    async def stop(self) -> None:
        """Listen no longer, and take in what was heard."""
        for _, stream in self._streams.values():
            await _end(stream)
        await self.take_in()

    async def _listen(self, source: TapeSource, watched: Iterable[Instrument]) -> None:
        ordered = [each for each in self._shop.markets.known() if each in watched]
        async for instrument, tape in source.listen(ordered):
            self._heard.setdefault(instrument, []).append(tape)

    def _as_seen(self, instrument: Instrument, tape: Tape) -> Observation:
        """Return forced orders as an observation that tells nothing else, not even of now."""
        so_far = self._shop.markets.memory.of(instrument)
        assert so_far is not None  # noqa: S101 - only what was seen is ready
        return replace(nothing_of(so_far), tape=tape)

    async def _hurry(self, base: str) -> None:
        markets = self._shop.markets
        there = [markets.memory.of(each) for each in markets.known() if each.base == base]
        tape = Tape.merge(each.tape for each in there if each is not None)
        if not self._is_burst(tape):
            self._bursting.discard(base)
        elif base not in self._bursting:
            self._bursting.add(base)
            _log.info("burst", extra={"base": base})
            await markets.evaluate(base)
            if self._shop.watcher is not None:
                await self._shop.watcher.judge(base)

    def _is_burst(self, tape: Tape) -> bool:
        """Tell whether the last minute is large, and many times the mean one of the day before."""
        settings, now_ms = self._settings, ms_of(self._shop.clock.now())
        minute = tape.since(now_ms - MINUTE_MS)
        usd = float(minute.usd.sum())
        day = tape.since(now_ms - DAY_MS).until(now_ms - MINUTE_MS - 1)
        minutes = max((now_ms - int(day.at_ms[0])) / MINUTE_MS, 60.0) if len(day) else 60.0
        usual = float(day.usd.sum()) / minutes
        is_large = usd >= settings.burst_usd and len(minute) >= settings.burst_prints
        return is_large and usd >= settings.burst_multiple * usual

    def _tell_failure(self, venue: str, stream: asyncio.Task[None]) -> None:
        error = None if stream.cancelled() else stream.exception()
        _log.warning("stopped listening", extra={"venue": venue, "why": repr(error)})


async def _end(stream: asyncio.Task[None]) -> None:
    stream.cancel()
    await asyncio.gather(stream, return_exceptions=True)


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    listening = Listening(workshop, settings)
    try:
        async with Schedule() as schedule:
            schedule.every(settings.batch, listening.take_in, name="tape")
            for name, venue in workshop.markets.venues.items():
                if venue.tape is None:
                    continue

                async def tend(name: str = name) -> None:
                    await listening.tend(name)

                schedule.every(_TENDED, tend, name=f"tape {name}")
            yield
    finally:
        await listening.stop()
        await workshop.archive.flush()


JOB = Job(
    name="listen_tape",
    summary="Listen to forced orders as they happen",
    settings=Settings,
    open=_open,
)
