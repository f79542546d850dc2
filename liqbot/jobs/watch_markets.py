"""Ask every venue about every market, again and again: the bot itself. Start here.

What is seen goes one way: observe → believe → keep → see → evaluate. Each instrument is asked by
itself, so none waits for another, and what one venue does wrong is that venue's alone.
"""

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

from annotated_types import Interval

from liqbot.errors import SourceError, SourceRefused, StorageError, UnknownName
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.job import Job, Workshop
from liqbot.market.instrument import Instrument, choose
from liqbot.market.units import HOUR_MS, ms_of

_STAGGER = timedelta(milliseconds=100)  # from the first question about one market to the next
_LISTED = timedelta(hours=1)  # how long a venue's list of markets holds
_UNLISTED = timedelta(seconds=20)  # when to ask for it again, until it comes
_BEGIN = "archive"  # what is done before all else, again until it is done
_AGAIN = 3  # candles that are asked for though they are known: venues mend their last ones

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How often."""

    every: Annotated[
        timedelta,
        Interval(ge=timedelta(seconds=5), le=timedelta(minutes=5)),
        "How long from one question about a market to the next.",
    ] = timedelta(seconds=30)


class Watch:
    """Asks for what is new, and takes it in."""

    def __init__(self, workshop: Workshop, settings: Settings, schedule: Schedule) -> None:
        self._shop, self._every, self._schedule = workshop, settings.every, schedule
        self._listed_at: dict[str, datetime] = {}
        self._polled: dict[Instrument, None] = {}

    async def begin(self) -> None:
        """Remember, then have every venue asked; where that fails, leave it to the next time."""
        try:
            await self.remember()
        except StorageError as error:
            _log.warning("the archive was not read", extra={"why": str(error)})
            return
        self._schedule.stop(_BEGIN)
        for venue in self._shop.markets.venues:
            self._schedule.every(_UNLISTED, partial(self.enlist, venue), name=venue)

    async def recognise(self) -> list[Instrument]:
        """Watch what the archive has of the markets wanted, and return it; raise StorageError."""
        markets = self._shop.markets
        known = [each for each in await self._shop.archive.known() if each.venue in markets.venues]
        wanted = self._wanted(known)
        markets.watch(wanted)
        return wanted

    async def remember(self) -> None:
        """Take in what the archive has, a market after the other; raise StorageError.

        Who asks for the first need not wait for the last. None is polled before it is known what
        is missing of it.
        """
        shop, markets = self._shop, self._shop.markets
        wanted = await self.recognise()
        for base in dict.fromkeys(each.base for each in wanted):
            now_ms, since_ms = ms_of(shop.clock.now()), markets.memory.since_ms
            of_base = [each for each in wanted if each.base == base]
            for seen in [await shop.archive.read(each, since_ms, now_ms) for each in of_base]:
                markets.see(seen)
                self._start(seen.instrument)
            await markets.evaluate(base)

    async def enlist(self, venue: str) -> None:
        """Ask a venue which markets it has: watch those wanted, and no longer those gone."""
        now, markets = self._shop.clock.now(), self._shop.markets
        if venue in self._listed_at and now - self._listed_at[venue] < _LISTED:
            return
        try:
            listed = await markets.venues[venue].source.instruments()
        except SourceError as error:
            _log.warning("no markets listed", extra={"venue": venue, "why": str(error)})
            return
        self._listed_at[venue] = now
        wanted = self._wanted(listed)
        for instrument in wanted:
            self._start(instrument)
        for instrument in [each for each in self._polled if each.venue == venue]:
            if instrument not in wanted:
                self._miss(instrument, f"{venue} does not list it any more")

    async def poll(self, instrument: Instrument) -> None:
        """Ask what is new of an instrument, believe what can be, keep it, and look anew."""
        shop, markets = self._shop, self._shop.markets
        try:
            seen = await markets.venues[instrument.venue].source.observe(
                instrument, self._since_ms(instrument)
            )
        except SourceRefused as error:
            self._miss(instrument, str(error))
            return
        except SourceError as error:
            markets.lose(instrument, str(error))
            return
        markets.watch([instrument])  # it may have been gone
        has_new_bar = False
        for belief in markets.hear(seen):
            told = belief.observation
            if belief.is_refused:
                markets.lose(told.instrument, f"not believed: {', '.join(belief.dropped)}")
                continue
            await shop.archive.keep(told)
            has_new_bar |= markets.see(told)
        if has_new_bar:
            await markets.evaluate(instrument.base)

    def _wanted(self, listed: Iterable[Instrument]) -> list[Instrument]:
        """Return those of a list that are configured, each once."""
        there, wanted = list(listed), dict[Instrument, None]()
        for query in self._shop.queries:
            try:
                wanted |= dict.fromkeys(choose(query, there))
            except UnknownName:
                continue  # it is traded elsewhere
        return list(wanted)

    def _since_ms(self, instrument: Instrument) -> int:
        """Return since when a poll asks; what is missing from before is back_fill's."""
        hour_ago = ms_of(self._shop.clock.now()) - HOUR_MS
        seen = self._shop.markets.memory.of(instrument)
        if seen is None or not len(seen.candles):
            return hour_ago
        known = int(seen.candles.opened_ms[-1]) - (_AGAIN - 1) * seen.candles.interval_ms
        return max(known, hour_ago)

    def _start(self, instrument: Instrument) -> None:
        if instrument in self._polled:
            return
        self._shop.markets.watch([instrument])
        after = min(_STAGGER * len(self._polled), self._every)
        self._polled[instrument] = None

        async def poll() -> None:
            await self.poll(instrument)

        self._schedule.every(self._every, poll, name=_name(instrument), after=after)

    def _miss(self, instrument: Instrument, why: str) -> None:
        """Take a market for gone, until a poll tells of it again: a list may be an hour old."""
        if instrument in self._shop.markets.known():
            _log.warning("not watched any more", extra={"market": _name(instrument), "why": why})
            self._shop.markets.delist(instrument, why)


def _name(instrument: Instrument) -> str:
    return f"{instrument.venue}:{instrument.symbol}"


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    async with Schedule() as schedule:
        watch = Watch(workshop, settings, schedule)
        await watch.recognise()
        schedule.every(_UNLISTED, watch.begin, name=_BEGIN)
        yield
    await workshop.archive.flush()


JOB = Job(
    name="watch_markets",
    summary="Ask every venue about every market, again and again",
    settings=Settings,
    open=_open,
)
