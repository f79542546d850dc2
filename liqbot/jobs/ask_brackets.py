"""Ask the venues for the margin brackets of their markets, now and then."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

from annotated_types import Interval

from liqbot.errors import SourceDelayed, SourceError, StorageError
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.job import Job, Workshop
from liqbot.market.archive import MarginArchive
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule

_LOOK = timedelta(minutes=1)  # how often each venue is looked at for whom to ask

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How often."""

    every: Annotated[
        timedelta,
        Interval(ge=timedelta(hours=1), le=timedelta(days=30)),
        "How long what a venue told of a market's brackets is good for.",
    ] = timedelta(days=1)


class Asking:
    """Takes what the archive has, then what venues tell; what cannot be changes nothing."""

    def __init__(self, workshop: Workshop, margins: MarginArchive, settings: Settings) -> None:
        self._shop, self._margins, self._every = workshop, margins, settings.every
        self._asked: dict[Instrument, datetime] = {}

    async def remember(self) -> None:
        """Take what was valid when the bot stopped, before the first map is made."""
        shop = self._shop
        try:
            for instrument in await shop.archive.known():
                told = await self._margins.brackets(instrument, shop.clock.now())
                if told is not None:
                    self._take(instrument, told)
        except StorageError as error:
            _log.warning("brackets not remembered", extra={"why": str(error)})

    async def ask(self, venue: str) -> None:
        """Ask a venue for the brackets of those of its markets that are due."""
        for instrument in self._due(venue):
            try:
                told = await self._shop.markets.venues[venue].source.brackets(instrument)
            except SourceDelayed:
                return  # it is looked at again
            except SourceError as error:
                _log.warning("no brackets", extra={"market": str(instrument), "why": str(error)})
                told = None
            self._asked[instrument] = now = self._shop.clock.now()
            if told is not None and self._take(instrument, told, now):
                await self._keep(instrument, told)
                if self._shop.markets.newest(instrument.base) is not None:
                    await self._shop.markets.evaluate(instrument.base)

    def _due(self, venue: str) -> list[Instrument]:
        before = self._shop.clock.now() - self._every
        there = (each for each in self._shop.markets.known() if each.venue == venue)
        return [each for each in there if each not in self._asked or self._asked[each] <= before]

    def _take(
        self, instrument: Instrument, told: MarginSchedule, at: datetime | None = None
    ) -> bool:
        try:
            return self._shop.markets.brackets.take(instrument, told, at)
        except ValueError as error:
            _log.warning("brackets not believed", extra={"why": str(error)})
            return False

    async def _keep(self, instrument: Instrument, told: MarginSchedule) -> None:
        try:
            await self._margins.keep_brackets(instrument, told, self._shop.clock.now())
        except StorageError as error:
            _log.warning("brackets not kept", extra={"why": str(error)})


@asynccontextmanager
async def _open(workshop: Workshop, settings: Settings) -> AsyncIterator[None]:
    if workshop.margins is None:
        yield
        return
    asking = Asking(workshop, workshop.margins, settings)
    await asking.remember()
    async with Schedule() as schedule:
        for venue in workshop.markets.venues:
            schedule.every(_LOOK, partial(asking.ask, venue), name=f"brackets {venue}")
        yield


JOB = Job(
    name="ask_brackets",
    summary="Ask the venues for the margin brackets of their markets",
    settings=Settings,
    open=_open,
)
