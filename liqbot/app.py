"""Composition root: a Config becomes a running bot; the one place that opens members."""

import os
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.random import Generator

from liqbot.alerting.ledger import Ledger
from liqbot.alerting.roster import Terms
from liqbot.alerting.subscription import Caps
from liqbot.chat.message import ChatId
from liqbot.clock import Clock
from liqbot.commands import COMMANDS
from liqbot.config.secret import Secret, secret
from liqbot.config.shape import Config
from liqbot.desk import Desk
from liqbot.errors import ConfigError, ModelError
from liqbot.exchanges import EXCHANGES
from liqbot.exchanges.exchange import Opened
from liqbot.heatmap.model import Model
from liqbot.jobs import JOBS
from liqbot.jobs.job import Workshop, at_work
from liqbot.live.courier import Courier
from liqbot.live.exports import LiveExports
from liqbot.live.keeping import PatientArchive
from liqbot.live.markets import LiveMarkets
from liqbot.live.past import LivePast
from liqbot.live.ration import Ration
from liqbot.live.scenes import LiveScenes
from liqbot.live.scores import LiveScores
from liqbot.live.silences import Silences
from liqbot.live.studio import LiveStudio
from liqbot.live.watcher import Watcher
from liqbot.market.calendar import Event, read_ics, read_toml
from liqbot.market.instrument import MarketQuery, read_market
from liqbot.market.units import moment_of, ms_of
from liqbot.platforms import PLATFORMS
from liqbot.platforms.platform import Connection, Reception
from liqbot.rules import RULES
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import Database, open_database
from liqbot.storage.ledger.stores import sql_ledger
from liqbot.storage.migration import check_migrated, migrate
from liqbot.storage.outcomes import SqlOutcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """All that runs."""

    markets: LiveMarkets
    connections: Mapping[str, Connection]  # to where people talk, by platform


@asynccontextmanager
async def open_bot(config: Config, clock: Clock, *, url: str, folder: Path) -> AsyncIterator[Bot]:
    """Start everything on a database of a URL and a state folder; stop and drain after.

    A SQLite file is brought up to date; another database has to be, by `liqbot migrate`. Raise
    ConfigError, ModelError or StorageError.
    """
    chance = np.random.default_rng(ms_of(clock.now()))  # of jitter alone
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(url))
        await _bring_up_to_date(database)
        opened = await stack.enter_async_context(open_exchanges(config, clock, chance))
        studio = stack.enter_context(LiveStudio())
        ledger = sql_ledger(database)
        markets = _markets(config, clock, opened, studio, ledger)
        watcher, desk = _desk(
            config, clock, markets, studio=studio, ledger=ledger, database=database
        )
        reception = Reception(commands=COMMANDS, desk=desk, folder=folder, chance=chance)
        connections = await stack.enter_async_context(open_platforms(config, reception))
        workshop = Workshop(
            clock=clock,
            chance=chance,
            queries=_queries(config),
            archive=PatientArchive(archive := SqlArchive(database)),
            margins=archive,
            models=archive,
            markets=markets,
            watcher=watcher,
            outcomes=(outcomes := SqlOutcomes(database)),
            courier=Courier(
                clock=clock,
                chance=chance,
                ledger=ledger,
                outcomes=outcomes,
                messengers=connections,
                maps=markets,
                studio=studio,
                view=config.charts,
                calendar=desk.calendar,
                changed=watcher.take_note,
            ),
        )
        jobs = (JOBS[name].open(workshop, settings) for name, settings in config.jobs.items())
        await stack.enter_async_context(at_work(jobs))
        yield Bot(markets=markets, connections=connections)


@asynccontextmanager
async def open_exchanges(
    config: Config, clock: Clock, chance: Generator
) -> AsyncIterator[dict[str, Opened]]:
    """Open what is enabled; give it by venue, in the order configured, and close it after.

    Raise ConfigError where two sections bring the same venue.
    """
    async with AsyncExitStack() as stack:
        opened: dict[str, Opened] = {}
        brought: dict[str, str] = {}
        for name, settings in config.exchanges.items():
            exchange = EXCHANGES[name]
            for each in await stack.enter_async_context(exchange.open(settings, clock, chance)):
                venue = each.source.venue
                if venue in opened:
                    raise ConfigError(
                        f"[exchanges.{name}] and [exchanges.{brought[venue]}] both bring {venue};"
                        " keep one"
                    )
                opened[venue], brought[venue] = each, name
        yield opened


@asynccontextmanager
async def open_platforms(
    config: Config, reception: Reception
) -> AsyncIterator[dict[str, Connection]]:
    """Open what is enabled; give it by name, and close it after. Raise ConfigError."""
    async with AsyncExitStack() as stack:
        opened: dict[str, Connection] = {}
        for name, settings in config.platforms.items():
            found = replace(reception, secrets=secrets_of(name, settings))
            opened[name] = await stack.enter_async_context(PLATFORMS[name].open(settings, found))
        yield opened


def secrets_of(platform: str, settings: object) -> dict[str, Secret]:
    """Return what a platform cannot do without and no file should show; raise ConfigError."""
    names = PLATFORMS[platform].secrets
    return {
        name: secret(f"{platform}.{name}", getattr(settings, f"{name}_file"), os.environ)
        for name in names
    }


def _markets(
    config: Config,
    clock: Clock,
    opened: Mapping[str, Opened],
    studio: LiveStudio,
    ledger: Ledger,
) -> LiveMarkets:
    model = _model(config)
    return LiveMarkets(
        clock,
        opened.values(),
        model,
        model_named=_named(model),
        studio=studio,
        tracks=ledger.tracks,
        bin_width=config.heatmap.bin_width,
    )


def terms_of(config: Config, venues: int) -> Terms:
    """Return the rules that run and their settings, for so many venues."""
    names = [each for each in config.rules if each not in config.alerts.without]
    return Terms(
        rules={name: RULES[name] for name in names},
        settings={name: config.rules[name] for name in names},
        venues=venues,
        mute_unproven=config.alerts.mute_unproven,
    )


def calendar_of(config: Config) -> tuple[Event, ...]:
    """Read the scheduled releases that are configured; raise ConfigError."""
    path = config.alerts.calendar
    if path is None:
        return ()
    try:
        text = path.read_text("utf-8")
        return read_ics(text) if path.suffix.lower() == ".ics" else read_toml(text)
    except (OSError, UnicodeDecodeError, ConfigError) as error:
        raise ConfigError(f"alerts.calendar = {path}: {error}") from error


def _watcher(
    config: Config, clock: Clock, ledger: Ledger, markets: LiveMarkets, scenes: LiveScenes
) -> Watcher:
    def told() -> Iterable[str]:
        if markets.back_filling < 1:  # what comes in looks like clusters that are born
            return ()
        return (n for n, each in markets.venues.items() if each.source.condition.answers)

    return Watcher(
        clock,
        ledger,
        terms_of(config, len(markets.venues)),
        scenes,
        venues=markets.venues,
        bases=dict.fromkeys(each.base for each in _queries(config)),
        told=told,
        caps=caps_of(config),
        silences=Silences(markets=markets, since=clock.now(), owners=owners_of(config)),
    )


def owners_of(config: Config) -> tuple[ChatId, ...]:
    """Return where those who run the bot are told what concerns them."""
    return tuple(
        ChatId.private(name, str(each))
        for name, settings in config.platforms.items()
        for each in getattr(settings, "owners", ())
    )


def caps_of(config: Config) -> Caps:
    """Return how much may be asked for in one chat."""
    return Caps(subscriptions=config.caps.subscriptions)


def _desk(
    config: Config,
    clock: Clock,
    markets: LiveMarkets,
    *,
    studio: LiveStudio,
    ledger: Ledger,
    database: Database,
) -> tuple[Watcher, Desk]:
    """Return who watches the markets, and all that commands may use."""
    scenes = LiveScenes(markets, calendar_of(config))
    watcher = _watcher(config, clock, ledger, markets, scenes)
    return watcher, Desk(
        clock=clock,
        markets=markets,
        past=_past(config, clock, markets, database),
        studio=studio,
        scenes=scenes,
        alerts=watcher,
        ledger=ledger,
        scores=LiveScores(clock, SqlOutcomes(database)),
        models=SqlArchive(database),
        exports=LiveExports(markets),
        caps=caps_of(config),
        pictures=Ration(clock, config.caps.pictures),
        view=config.charts,
        calendar=calendar_of(config),
    )


def _past(config: Config, clock: Clock, markets: LiveMarkets, database: Database) -> LivePast:
    archive = SqlArchive(database)
    return LivePast(
        *(clock, markets, archive),
        margins=archive,
        models=archive,
        bin_width=config.heatmap.bin_width,
    )


def _queries(config: Config) -> tuple[MarketQuery, ...]:
    return tuple(map(read_market, config.markets))


async def _bring_up_to_date(database: Database) -> None:
    if database.dialect == "sqlite":
        await migrate(database)
    else:
        await check_migrated(database)


def _model(config: Config) -> Model:
    path = config.model.file
    if path is None:
        return Model()
    try:
        return Model.from_toml(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ModelError) as error:
        raise ModelError(f"model.file = {path}: {error}") from error


def _named(model: Model) -> str:
    if model.fitted_to_ms is None:
        return f"{model.version}, not fitted"
    return f"{model.version}, fitted to {moment_of(model.fitted_to_ms):%Y-%m-%d}"
