"""A market as the exchanges tell of it now, or as the archive does of a moment."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.random import PCG64, Generator

from liqbot.app import open_exchanges
from liqbot.cli.database import address, missing_file, open_archive
from liqbot.cli.inquiry import PAST, Inquiry
from liqbot.cli.look import look
from liqbot.cli.sight import Sight, query_of
from liqbot.cli.when import read_moment
from liqbot.clock import Clock, SystemClock
from liqbot.config.shape import Config
from liqbot.errors import OutOfRange, StorageError
from liqbot.market.instrument import MarketQuery, choose
from liqbot.market.observation import Observation
from liqbot.market.units import DAY_MS, I8, integers, moment_of, ms_of

_PAST_MS = PAST // timedelta(milliseconds=1)


def see(
    market: str,
    config: Config,
    tell: Callable[[float], None],
    *,
    recording: Path | None,
    venue: str,
    at: str | None,
) -> Sight:
    """Look at a market: in a recording, else in the archive at a moment, else as it is now.

    Raise as `look`, `from_archive` and `from_exchanges`.
    """
    if recording is not None:
        return replace(look(recording, market, venue, at), is_past=at is not None)
    query, clock = query_of(market, venue), SystemClock()
    if at is not None:
        return replace(asyncio.run(from_archive(config, query, clock, at)), is_past=True)
    return asyncio.run(from_exchanges(config, query, clock, tell))


async def from_exchanges(
    config: Config, query: MarketQuery, clock: Clock, tell: Callable[[float], None]
) -> Sight:
    """Ask every exchange that is enabled, for what the archive lacks where there is one.

    Raise UnknownName, and SourceError where nobody answered.
    """
    async with AsyncExitStack() as stack:
        archive, remarks = None, []
        if not missing_file(address(config)):
            try:
                archive = await stack.enter_async_context(open_archive(config))
            except StorageError as error:
                remarks.append(f"The archive is left out: {error}")
        opening = open_exchanges(config, clock, Generator(PCG64()))
        inquiry = Inquiry(await stack.enter_async_context(opening), clock, archive)
        seen = await inquiry.ask(query, tell)
        return Sight(
            where="the exchanges",
            base=seen[0].instrument.base,
            at_ms=max(ms_of(each.observed_at) for each in seen),
            observations=seen,
            remarks=(*remarks, *inquiry.remarks),
        )


async def from_archive(
    config: Config,
    query: MarketQuery,
    clock: Clock,
    at: str | None = None,
    past_ms: int = _PAST_MS,
) -> Sight:
    """Read of the archive what was known at a moment, by default now, of the past before it.

    Raise StorageError where there is no archive, UnknownName for a market that is not in it,
    Unreadable or OutOfRange for a moment that is not.
    """
    async with open_archive(config) as archive:
        known = await archive.known()
        chosen = choose(query, known)
        base, now_ms = chosen[0].base, ms_of(clock.now())
        at_ms = now_ms
        if at is not None:
            every = [await archive.read(each, 0, now_ms) for each in chosen]
            first_ms, last_ms = _span(base, every)
            at_ms = ms_of(read_moment(at, moment_of(first_ms), moment_of(last_ms), base))
        from_ms = at_ms // DAY_MS * DAY_MS - past_ms
        seen = [await archive.read(each, from_ms, at_ms) for each in chosen]
    told = tuple(each for each in seen if _closes(each).size)
    if not told:
        raise OutOfRange(f"The archive tells of no price of {base} at that time.")
    return Sight(where="the archive", base=base, at_ms=at_ms, observations=told)


def _span(base: str, seen: Iterable[Observation]) -> tuple[int, int]:
    """Return from when to when a price is known, Unix ms; raise OutOfRange where none is."""
    ends = [closes for each in seen if (closes := _closes(each)).size]
    if not ends:
        raise OutOfRange(f"The archive tells of no price of {base}.")
    return min(int(each[0]) for each in ends), max(int(each[-1]) for each in ends)


def _closes(seen: Observation) -> I8:
    """Return when the candles closed that are known, (n,) Unix ms."""
    return integers(seen.candles.closed_ms[~np.isnan(seen.candles.close)])
