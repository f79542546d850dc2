"""Ask venues whose positions are public what those hold whom the operator listed."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

from annotated_types import Interval

from liqbot.errors import SourceDelayed, SourceError
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.job import Job, Workshop
from liqbot.market.source import PositionSource

_LOOK = timedelta(seconds=2)  # how often each venue is looked at for whom to ask next: one
_REST = timedelta(seconds=30)  # after a venue did not tell
_COUNTS = 3  # rounds for which an answer counts

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How often."""

    every: Annotated[
        timedelta,
        Interval(ge=timedelta(minutes=2), le=timedelta(hours=1)),
        "How long from one question about a listed address to the next; answers count for three.",
    ] = timedelta(minutes=5)


class Asking:
    """Asks about one holder at a time, who is due the longest; where that fails, soon again."""

    def __init__(self, workshop: Workshop, settings: Settings) -> None:
        self._shop, self._every = workshop, settings.every
        self._due: dict[str, dict[int, datetime]] = {}  # when next, by venue and holder
        self._resting: dict[str, datetime] = {}  # until when nothing is asked of a venue

    def enlist(self, venue: str, source: PositionSource) -> None:
        """Take note of whom a venue is to be asked about."""
        self._shop.markets.holdings.expect(venue, source.holders, _COUNTS * self._every)
        self._due[venue] = dict.fromkeys(range(source.holders), self._shop.clock.now())

    async def ask(self, venue: str, source: PositionSource) -> None:
        """Ask a venue about the next who is due, if anybody is."""
        now, holdings = self._shop.clock.now(), self._shop.markets.holdings
        due = self._due[venue]
        holder = min(due, key=lambda each: due[each])
        if now < max(due[holder], self._resting.get(venue, now)) or not self._sees(venue):
            return
        due[holder] = now + self._every
        try:
            told = await source.positions(holder)
        except SourceError as error:
            holdings.lose(venue, str(error))
            self._resting[venue] = self._shop.clock.now() + _REST
            if isinstance(error, SourceDelayed):
                due[holder] = now + _REST
            else:
                _log.warning("no positions", extra={"venue": venue, "why": str(error)})
            return
        skew_s = self._shop.markets.venues[venue].source.condition.skew_s
        holdings.take(venue, holder, told, skew_s)

    def _sees(self, venue: str) -> bool:
        """Tell whether any price is known there, without which nothing can be believed."""
        markets = self._shop.markets
        there = (each for each in markets.known() if each.venue == venue)
        return any(markets.memory.of(each) is not None for each in there)


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    asking = Asking(workshop, settings)
    async with Schedule() as schedule:
        for venue, opened in workshop.markets.venues.items():
            if (source := opened.positions) is not None:
                asking.enlist(venue, source)
                schedule.every(_LOOK, partial(asking.ask, venue, source), name=f"held on {venue}")
        yield


JOB = Job(
    name="ask_positions",
    summary="Ask venues what those hold whom the operator listed",
    settings=Settings,
    open=_open,
)
