"""Ask venues whose positions are public what listed addresses and the largest accounts hold."""

import logging
import math
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from annotated_types import Interval

from liqbot.errors import SourceDelayed, SourceError
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.job import Job, Workshop
from liqbot.market.source import PositionSource

# How often each round looks at whom to ask next: one. That is 30 a minute, and 60 with the other
# round; of weight 2 on Hyperliquid, 120 of the 1200 it grants, however many are asked about.
_LOOK = timedelta(seconds=2)
_REST = timedelta(seconds=30)  # after a venue did not tell
_COUNTS = 3  # turns for which an answer counts
_BUSY = 0.25  # while so much of a budget is in use, as when the past is asked for, polls go first
_RANKED, _UNRANKED = timedelta(days=1), timedelta(hours=1)  # until it is asked who is the largest
_RANKING = timedelta(minutes=1)  # how often it is looked whether that is due

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How often."""

    every: Annotated[
        timedelta,
        Interval(ge=timedelta(minutes=2), le=timedelta(hours=1)),
        "How long from one question about an address to the next; answers count for three.",
        "With over 150 large accounts it is longer: of these one is asked about every two seconds.",
    ] = timedelta(minutes=5)


class Round:
    """Asks about one holder at a time, who is due the longest; where that fails, soon again."""

    def __init__(
        self,
        workshop: Workshop,
        venue: str,
        source: PositionSource,
        every: timedelta,
        busy: float = math.inf,
    ) -> None:
        """Ask nothing while that share of the venue's request budget, or more, is in use."""
        self._shop, self._venue, self._source = workshop, venue, source
        self._least = self._every = every
        self._busy = busy
        self._due: dict[int, datetime] = {}  # when next, by holder
        self._resting = workshop.clock.now()  # until when nothing is asked

    def enlist(self, holders: Collection[int]) -> timedelta:
        """Ask about these and nobody else; return for how long an answer counts."""
        now = self._shop.clock.now()
        self._due = {each: self._due.get(each, now) for each in holders}
        self._every = max(self._least, len(holders) * _LOOK)
        return _COUNTS * self._every

    async def ask(self) -> None:
        """Ask about the next who is due, if anybody is."""
        now, holdings = self._shop.clock.now(), self._shop.markets.holdings
        holder = min(self._due, key=lambda each: self._due[each], default=None)
        if holder is None or now < max(self._due[holder], self._resting):
            return
        condition = self._shop.markets.venues[self._venue].source.condition
        if condition.load >= self._busy or not _sees(self._shop, self._venue):
            return
        self._due[holder] = now + self._every
        try:
            told = await self._source.positions(holder)
        except SourceError as error:
            holdings.lose(self._venue, str(error))
            self._resting = self._shop.clock.now() + _REST
            if not isinstance(error, SourceDelayed):
                _log.warning("no positions", extra={"venue": self._venue, "why": str(error)})
            elif holder in self._due:  # nobody else was enlisted meanwhile
                self._due[holder] = now + _REST
            return
        skew_s = self._shop.markets.venues[self._venue].source.condition.skew_s
        holdings.take(self._venue, holder, told, skew_s)


class Asking:
    """Asks one venue in two rounds, of which neither waits for the other: listed, and largest."""

    def __init__(
        self, workshop: Workshop, settings: Settings, venue: str, source: PositionSource
    ) -> None:
        self._shop, self._venue, self._source = workshop, venue, source
        self.listed = Round(workshop, venue, source, settings.every)
        self.largest = Round(workshop, venue, source, settings.every, _BUSY)
        self._ranked_at = workshop.clock.now()  # when next
        lasting = self.listed.enlist(range(source.listed))
        workshop.markets.holdings.expect(venue, source.listed, lasting, sought=source.sought)

    async def rank(self) -> None:
        """Find out who the largest accounts are where that is due; else they stay who they were."""
        holdings = self._shop.markets.holdings
        if self._shop.clock.now() < self._ranked_at or not _sees(self._shop, self._venue):
            return
        try:
            found = await self._source.leaders()
        except SourceError as error:
            self._ranked_at = self._shop.clock.now() + _UNRANKED
            holdings.unrank(self._venue, str(error))
            _log.warning("no leaderboard", extra={"venue": self._venue, "why": str(error)})
            return
        self._ranked_at = self._shop.clock.now() + _RANKED
        holdings.rank(self._venue, found, self.largest.enlist(found.holders))


def _sees(shop: Workshop, venue: str) -> bool:
    """Tell whether any price is known there, without which nothing can be believed."""
    there = (each for each in shop.markets.known() if each.venue == venue)
    return any(shop.markets.memory.of(each) is not None for each in there)


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    async with Schedule(drain_s=0) as schedule:
        for venue, opened in workshop.markets.venues.items():
            if (source := opened.positions) is not None:
                asking = Asking(workshop, settings, venue, source)
                schedule.every(_LOOK, asking.listed.ask, name=f"held on {venue}")
                if source.sought:
                    schedule.every(_RANKING, asking.rank, name=f"ranking of {venue}")
                    schedule.every(_LOOK, asking.largest.ask, name=f"most held on {venue}")
        yield


JOB = Job(
    name="ask_positions",
    summary="Ask venues what listed addresses and the largest accounts hold",
    settings=Settings,
    open=_open,
)
