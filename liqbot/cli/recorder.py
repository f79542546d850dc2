"""The jobs of the bot, for a while, on a recording that is being made."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from numpy.random import PCG64, Generator

from liqbot.app import open_exchanges
from liqbot.cli.terminal import Tell
from liqbot.cli.unfinished import finish, unfinished
from liqbot.clock import Clock
from liqbot.config.shape import Config
from liqbot.errors import SourceDelayed, SourceError
from liqbot.heatmap.model import Model
from liqbot.jobs import JOBS
from liqbot.jobs.job import Workshop, at_work
from liqbot.live.keeping import PatientArchive
from liqbot.live.markets import LiveMarkets
from liqbot.market.instrument import Instrument, MarketQuery, choose, read_market
from liqbot.market.observation import Observation
from liqbot.market.source import MarketSource
from liqbot.market.status import Status

_LOOK_S = 1.0  # between two looks at how far it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be recorded."""

    folder: Path
    markets: tuple[str, ...]
    span: timedelta
    past: timedelta  # that is asked for too; 0 for none


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was recorded."""

    seen: tuple[Observation, ...]
    remarks: tuple[str, ...]  # on who did not tell, and why


class _Heard(LiveMarkets):
    """Markets that nobody asks for a map of."""

    async def evaluate(self, base: str) -> None:
        """Work nothing out: recorded is what was seen."""


async def record(order: Order, config: Config, clock: Clock, tell: Tell) -> Done:
    """Record until the time is over, or until SIGINT or SIGTERM comes; return what was written.

    Raise RecordingError for a folder that cannot be used, UnknownName for a market that no venue
    lists, SourceError where no venue answers or nothing came, StorageError.
    """
    chance = Generator(PCG64())
    queries = tuple(map(read_market, order.markets))
    async with open_exchanges(config, clock, chance) as opened:
        await _check_listed(queries, [each.source for each in opened.values()])
        markets = _Heard(clock, opened.values(), Model(), model_named="", past=order.past)
        async with unfinished(order.folder) as archive:
            kept = PatientArchive(archive)
            workshop = Workshop(
                clock=clock, chance=chance, queries=queries, archive=kept, markets=markets
            )
            stop = _signalled()
            async with _working(workshop, config, filling=bool(order.past)):
                await _pass(order.span, workshop, tell, stop)
                remarks = _remarks(markets.status(), filling=bool(order.past))
            if kept.unsaved:
                remarks += (f"Of {kept.unsaved} markets not all could be kept.",)
            seen = await finish(order.folder, archive)
    if not seen:
        why = "; ".join(remarks) or "nobody told anything in that time"
        raise SourceDelayed(f"{order.folder}: nothing came: {why}", kind="unavailable")
    return Done(seen=seen, remarks=remarks)


def _signalled() -> asyncio.Event:
    """Return what SIGINT and SIGTERM set from now on, in place of ending the process."""
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    return stop


@asynccontextmanager
async def _working(workshop: Workshop, config: Config, *, filling: bool) -> AsyncIterator[None]:
    """Run those jobs of the bot that bring something; what has begun is finished in the end."""
    names = ("watch_markets", "listen_tape", *(["back_fill"] if filling else []))
    async with at_work(JOBS[name].open(workshop, config.jobs[name]) for name in names):
        yield


async def _pass(span: timedelta, workshop: Workshop, tell: Tell, stop: asyncio.Event) -> None:
    """Wait until a span of time is over, or to be stopped; tell how far it is."""
    clock = workshop.clock
    begun_at = clock.now()
    while not stop.is_set() and clock.now() < begun_at + span:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK_S)
        tell((clock.now() - begun_at) / span, _counts(workshop.markets.status()))


def _counts(status: Status) -> str:
    answers = sum(each.asking.answers for each in status.venues)
    prints = sum(each.prints for each in status.markets)
    return f"{answers:,} answers, {prints:,} forced orders"


def _remarks(status: Status, *, filling: bool) -> tuple[str, ...]:
    """Say which venues do not tell, and how much of the past is missing."""
    failing = tuple(
        f"{each.venue}: {each.asking.failing}" for each in status.venues if each.asking.failing
    )
    if filling and status.back_filling < 1:
        return (*failing, f"Of the past {status.back_filling:.0%} came; go on with the same --out.")
    return failing


async def _check_listed(queries: Sequence[MarketQuery], sources: Sequence[MarketSource]) -> None:
    """Raise UnknownName for a market that nobody lists, SourceError where nobody answers."""
    lists = await asyncio.gather(*(each.instruments() for each in sources), return_exceptions=True)
    listed: list[Instrument] = []
    failures: list[str] = []
    for told in lists:
        if isinstance(told, SourceError):
            failures.append(str(told))
        elif isinstance(told, BaseException):
            raise told
        else:
            listed += told
    if not listed:
        raise SourceDelayed(f"Nobody can be asked: {'; '.join(failures)}", kind="unavailable")
    for query in queries:
        choose(query, listed)
