"""A Venue becomes an Exchange."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from numpy.random import Generator

from liqbot.clock import Clock
from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.positions import CcxtPositions
from liqbot.exchanges._ccxt.settings import AddressedSettings, CcxtSettings
from liqbot.exchanges._ccxt.source import CcxtSource
from liqbot.exchanges._ccxt.tape import streamed
from liqbot.exchanges._ccxt.venue import Venue
from liqbot.exchanges._pacing import Pace
from liqbot.exchanges._stream import Connect, StreamedTape, polled
from liqbot.exchanges.exchange import Exchange, Opened

_POLL_EVERY_S = 5.0


def exchange(venue: Venue) -> Exchange[CcxtSettings]:
    """Return a venue as an exchange that can be opened."""

    @asynccontextmanager
    async def opened(
        settings: CcxtSettings, clock: Clock, chance: Generator
    ) -> AsyncIterator[tuple[Opened, ...]]:
        line = Line(venue, settings, Pace(venue.name, venue.budget, clock, chance), clock)
        try:
            tape = None
            if (connect := _connect(line)) is not None:
                tape = StreamedTape(venue.name, connect, settings.silence_s, clock, chance)
            source = CcxtSource(line, settings)
            yield (
                Opened(
                    source=source,
                    tape=tape,
                    completeness=venue.completeness,
                    positions=_positions(line, settings),
                ),
            )
        finally:
            await line.close()

    return Exchange(name=venue.name, summary=venue.summary, settings=venue.settings, open=opened)


def _positions(line: Line, settings: CcxtSettings) -> CcxtPositions | None:
    """Return how some are asked what they hold, where the settings name or seek any."""
    shown = line.venue.shown
    if shown is None or not isinstance(settings, AddressedSettings):
        return None
    if not settings.holders and not settings.leaderboard:
        return None
    return CcxtPositions(line, shown, settings.holders, settings.leaderboard)


def _connect(line: Line) -> Connect | None:
    """Return how the venue's forced orders are heard of, if they are."""
    if line.venue.wire:
        return streamed(line, line.venue.wire)
    return polled(line.venue.poll(line), _POLL_EVERY_S) if line.venue.poll else None
