"""What has to be in order for the bot to run, each a check of its own."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isnan

from numpy.random import Generator

from liqbot.app import open_exchanges, secrets_of
from liqbot.cli.database import address, missing_file
from liqbot.clock import Clock
from liqbot.config.shape import Config
from liqbot.errors import ConfigError, LiqbotError, SourceError, StorageError, UnknownName
from liqbot.exchanges.exchange import Opened
from liqbot.market.instrument import Instrument, choose, read_market
from liqbot.operations.state import StateFolder
from liqbot.platforms import PLATFORMS
from liqbot.storage.database import open_database
from liqbot.storage.migration import check_migrated

_PATIENCE_S = 10.0  # for a venue's list of markets, or a platform's word
_SILENT = f"no answer within {_PATIENCE_S:.0f} s; is the network up?"
_SKEWED_S = 60.0  # a clock further off makes closed candles of open ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that is in order, or is not; `told` then says what would help."""

    name: str
    ok: bool
    told: str
    figures: Mapping[str, object] = field(default_factory=dict)  # the same, for programs
    more: tuple[str, ...] = ()  # what is to be copied whole, such as addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """What came of asking one venue what it lists."""

    check: Check
    instruments: tuple[Instrument, ...] = ()

    @property
    def name(self) -> str:
        """The venue's name."""
        return self.check.name


async def check_all(config: Config, clock: Clock, chance: Generator) -> tuple[Check, ...]:
    """Check everything at once; nothing that is out of order raises."""
    sections = (ask(name, config, clock, chance) for name in config.exchanges)
    platforms = (platform(name, settings) for name, settings in config.platforms.items())
    kept, answers, reached = await asyncio.gather(
        database(config), asyncio.gather(*sections), asyncio.gather(*platforms)
    )
    venues = [venue for answer in answers for venue in answer]
    return (
        state_folder(config),
        kept,
        *reached,
        *(venue.check for venue in venues),
        *brought_twice(venues),
        *(market(text, venues) for text in config.markets),
    )


def state_folder(config: Config) -> Check:
    """Check that what has to be kept can be."""
    try:
        folder = StateFolder.open(config.operations.state_dir)
    except ConfigError as error:
        return Check(name="state folder", ok=False, told=str(error))
    return Check(name="state folder", ok=True, told=f"{folder.path}: writable")


async def database(config: Config) -> Check:
    """Check that the database answers and has this version's tables."""
    try:
        url = address(config)
        if file := missing_file(url):
            told = f"{file}: is not there yet; run: liqbot migrate"
            return Check(name="database", ok=False, told=told)
        async with open_database(url.reveal()) as opened:
            revision = await check_migrated(opened)
            told = f"{opened.shown_url}: reachable, at {revision}"
            return Check(name="database", ok=True, told=told)
    except (ConfigError, StorageError) as error:
        return Check(name="database", ok=False, told=str(error))


async def platform(name: str, settings: object) -> Check:
    """Check that a platform would let the bot in."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            found = await PLATFORMS[name].check(settings, secrets_of(name, settings))
    except TimeoutError:
        return Check(name=name, ok=False, told=_SILENT)
    except LiqbotError as error:
        return Check(name=name, ok=False, told=str(error))
    first, *more = found
    return Check(name=name, ok=True, told=first, more=tuple(more))


async def ask(name: str, config: Config, clock: Clock, chance: Generator) -> list[Venue]:
    """Ask every venue that one section of the settings brings."""
    alone = replace(config, exchanges={name: config.exchanges[name]})
    try:
        async with open_exchanges(alone, clock, chance) as opened:
            return await asyncio.gather(*(_asked(each) for each in opened.values()))
    except LiqbotError as error:
        return [Venue(check=Check(name=name, ok=False, told=str(error)))]


def brought_twice(venues: Iterable[Venue]) -> list[Check]:
    """Return what is wrong where two sections bring one venue; nothing if none do."""
    counted = Counter(venue.name for venue in venues)
    return [
        Check(name="exchanges", ok=False, told=f"two sections bring {name}; keep one")
        for name, count in counted.items()
        if count > 1
    ]


def market(text: str, venues: Sequence[Venue]) -> Check:
    """Check that a configured market is listed on one venue at least."""
    known = [each for venue in venues for each in venue.instruments]
    if not known:
        return Check(name=text, ok=False, told="unknown: no venue told what it lists")
    query = read_market(text)
    try:
        listed = {each.venue: each.symbol for each in choose(query, known)}
    except UnknownName as error:
        return Check(name=text, ok=False, told=str(error))
    lacking = [
        venue.name
        for venue in venues
        if venue.check.ok and venue.name not in listed and query.venue is None
    ]
    told = ", ".join(f"{venue} {symbol}" for venue, symbol in listed.items())
    told += f"; not on {', '.join(lacking)}" if lacking else ""
    return Check(name=text, ok=True, told=told, figures={"listed": listed, "lacking": lacking})


async def _asked(opened: Opened) -> Venue:
    source = opened.source
    try:
        async with asyncio.timeout(_PATIENCE_S):
            instruments = await source.instruments()
    except TimeoutError:
        return Venue(check=Check(name=source.venue, ok=False, told=_SILENT))
    except SourceError as error:
        return Venue(check=Check(name=source.venue, ok=False, told=str(error)))
    return Venue(check=_answered(opened, len(instruments)), instruments=instruments)


def _answered(opened: Opened, markets: int) -> Check:
    """Say how a venue answered; a clock that is far off is not in order."""
    latency_s, skew_s = opened.source.condition.latency_s, opened.source.condition.skew_s
    parts = [f"{markets} linear perpetuals"]
    if not isnan(latency_s):
        parts.append(f"{1000 * latency_s:.0f} ms")
    if not isnan(skew_s):
        way = "ahead of" if skew_s > 0 else "behind"
        off = f"clock {abs(skew_s):.0f} s {way} ours"
        parts.append("clocks agree" if abs(skew_s) < 1 else off)
    parts.append("no public tape" if opened.tape is None else _tape(opened.completeness))
    is_skewed = abs(skew_s) > _SKEWED_S
    told = " · ".join(parts)
    return Check(
        name=opened.source.venue,
        ok=not is_skewed,
        told=f"{told}; set the clock of this machine" if is_skewed else told,
        figures={
            "markets": markets,
            "latency_s": latency_s,
            "skew_s": skew_s,
            "tape": opened.tape is not None,
            "completeness": opened.completeness,
        },
    )


def _tape(completeness: float | None) -> str:
    if completeness is None:
        return "tape, how complete nobody knows"
    return "whole tape" if completeness >= 1 else f"tape, about {completeness:.0%} of it"
