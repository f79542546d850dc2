"""Every section of config.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Interval
from pydantic import AfterValidator

from liqbot.charts.chart import View
from liqbot.config.family import Family
from liqbot.config.toml import holds_password
from liqbot.errors import ConfigError, UnknownName, Unreadable
from liqbot.exchanges import EXCHANGES
from liqbot.jobs import JOBS
from liqbot.market.instrument import MarketQuery, read_market
from liqbot.platforms import PLATFORMS
from liqbot.rules import RULES

_EXCHANGES = Family(EXCHANGES, usual=("binance", "bybit", "okx"))
_JOBS = Family(JOBS)
_PLATFORMS = Family(PLATFORMS, usual=("console",), flat=True)
_RULES = Family(RULES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """What is assumed about traders."""

    file: Annotated[Path | None, "A model that `liqbot fit` wrote; the built-in one without."] = (
        None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatmapSettings:
    """How the map is laid out."""

    bin_width: Annotated[
        float, Interval(ge=0.0002, le=0.01), "Height of one price bin, as a fraction of the price."
    ] = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """Where what was seen is kept. LIQBOT_DATABASE_URL comes before both keys."""

    url: Annotated[
        str | None,
        "Of SQLite or PostgreSQL, without a password; a file in the state folder without.",
    ] = None
    url_file: Annotated[
        Path | None, "A file that only you can read, with such an address and its password."
    ] = None

    def __post_init__(self) -> None:
        if self.url and self.url_file:
            raise ConfigError("there is a url and a url_file; keep one")
        if self.url and holds_password(self.url):
            raise ConfigError(
                "url has a password in it, and this file gets shown; set LIQBOT_DATABASE_URL,"
                " or database.url_file to a file only you can read"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsSettings:
    """What the operator looks at."""

    state_dir: Annotated[
        Path | None,
        "Folder for database, pictures and compiled code; where the system keeps such without.",
    ] = None
    metrics_host: Annotated[
        Literal["127.0.0.1", "::1"], "Where /metrics and /healthz are served, on this machine."
    ] = "127.0.0.1"
    metrics_port: Annotated[
        int | None, Interval(ge=1, le=65535), "They are served only where this is set."
    ] = None
    log_form: Annotated[Literal["console", "json"], "What a log line looks like."] = "console"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], "The least that is logged."
    ] = "info"


def _known_rules(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of rules as they are; raise ConfigError for others."""
    wrong = [str(UnknownName("rule", each, RULES)) for each in names if each not in RULES]
    if wrong:
        raise ConfigError(" ".join(wrong))
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """What is told, whoever asks for it."""

    without: Annotated[
        tuple[str, ...], AfterValidator(_known_rules), "Rules that do not run: large_position …"
    ] = ()
    calendar: Annotated[
        Path | None, "A TOML or ICS file of scheduled releases; maps count for less before them."
    ] = None
    mute_unproven: Annotated[
        bool, "Not to tell what a rule sees of a market where it was not shown to be of use."
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CapSettings:
    """How much one user may ask for."""

    subscriptions: Annotated[
        int, Interval(ge=1, le=10_000), "Subscriptions that a chat may have."
    ] = 20
    pictures: Annotated[
        int,
        Interval(ge=1, le=1_000),
        "Pictures that a user may ask for in a minute; owners have as many as they like.",
    ] = 6


def _read(markets: tuple[str, ...]) -> tuple[str, ...]:
    """Return markets as they are; raise ConfigError for none, one twice, or no market."""
    known: dict[MarketQuery, str] = {}
    wrong = [] if markets else ["names none; try BTC, ETH"]
    for market in markets:
        try:
            first = known.setdefault(read_market(market), market)
        except Unreadable as error:
            wrong.append(str(error))
        else:
            if first is not market:
                wrong.append(f"{first} and {market} are the same")
    if wrong:
        raise ConfigError(" ".join(wrong))
    return markets


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings; every section and every key may be left out."""

    markets: Annotated[
        tuple[str, ...],
        AfterValidator(_read),
        "What is watched: BTC for every venue's contract, or bybit:BTC/USDT:USDT for one.",
    ] = ("BTC", "ETH")
    model: ModelSettings = field(default_factory=ModelSettings)
    heatmap: HeatmapSettings = field(default_factory=HeatmapSettings)
    charts: View = field(default_factory=View)
    exchanges: Annotated[
        Mapping[str, Any],
        _EXCHANGES,
        "A section enables its exchange. Without any, binance, bybit and okx are asked.",
    ] = field(default_factory=lambda: _EXCHANGES.enabled({}))
    platforms: Annotated[
        Mapping[str, Any],
        _PLATFORMS,
        "Where people ask and are told. A section enables it; without any, the console is open.",
    ] = field(default_factory=lambda: _PLATFORMS.enabled({}))
    jobs: Annotated[
        Mapping[str, Any], _JOBS, "What happens by itself. Every job runs; a section sets it."
    ] = field(default_factory=lambda: _JOBS.enabled({}))
    rules: Annotated[
        Mapping[str, Any], _RULES, "What is worth telling. Every rule runs; a section sets it."
    ] = field(default_factory=lambda: _RULES.enabled({}))
    alerts: AlertSettings = field(default_factory=AlertSettings)
    caps: CapSettings = field(default_factory=CapSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    operations: OperationsSettings = field(default_factory=OperationsSettings)
