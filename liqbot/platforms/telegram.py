"""Telegram: private chats, groups, channels and the topics of forums."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Interval, MaxLen, MinLen

from liqbot.clock import SystemClock
from liqbot.errors import ConfigError, DeliveryError
from liqbot.platforms._telegram.answering import Answers, Guests
from liqbot.platforms._telegram.connection import Telegram
from liqbot.platforms._telegram.faults import told
from liqbot.platforms._telegram.inbox import Inbox
from liqbot.platforms._telegram.invitation import lines
from liqbot.platforms._telegram.lanes import Lanes, Pace
from liqbot.platforms._telegram.opening import bot_of, introduce
from liqbot.platforms._telegram.updates import hooked, polled
from liqbot.platforms._telegram.writing import Writer
from liqbot.platforms.platform import Connection, Platform, Reception, Secret

_LOG = logging.getLogger(__name__)
_TELEGRAM = "https://api.telegram.org"
_SCHEMES = ("https://", "http://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A bot of Telegram."""

    token_file: Annotated[
        Path | None, "File with the token alone, closed to others; or set LIQBOT_TELEGRAM_TOKEN."
    ] = None
    base_url: Annotated[
        str, MinLen(8), MaxLen(255), "The Bot API server: Telegram's, or your own."
    ] = _TELEGRAM
    mode: Annotated[
        Literal["polling", "webhook"],
        "polling asks Telegram for what is new; with webhook it calls webhook_url.",
    ] = "polling"
    webhook_url: Annotated[
        str, MaxLen(255), "The address that Telegram calls; a proxy brings it to listen and port."
    ] = ""
    listen: Annotated[str, MinLen(1), MaxLen(255), "Where the webhook listens."] = "127.0.0.1"
    port: Annotated[int, Interval(ge=1, le=65_535), "On which port."] = 8443
    allow: Annotated[
        tuple[int, ...],
        "Ids of the users and chats that may use the bot; without any, everybody may.",
    ] = ()
    owners: Annotated[tuple[int, ...], "Ids of users who always may."] = ()

    def __post_init__(self) -> None:
        """Raise ConfigError for addresses that are none, or cannot be called."""
        if not self.base_url.startswith(_SCHEMES):
            raise ConfigError(f"base_url: begins with https://, such as {_TELEGRAM}")
        if self.mode == "polling":
            return
        schemes = _SCHEMES[:1] if self.base_url == _TELEGRAM else _SCHEMES
        if not self.webhook_url.startswith(schemes):
            raise ConfigError(f"webhook_url: mode webhook needs one that begins with {schemes[0]}")


@asynccontextmanager
async def opened(
    settings: Settings, reception: Reception, pace: Pace | None = None
) -> AsyncIterator[Connection]:
    """Open a bot; raise ConfigError for a token that is not known."""
    clock, chance = reception.desk.clock, reception.chance
    token = reception.secrets["token"].reveal()
    bot = bot_of(token, settings.base_url)
    inbox = _inbox(reception.folder / f"telegram-{token.partition(':')[0]}.inbox")
    writer = Writer(bot, Lanes(clock, pace or Pace()))
    answers = Answers(bot, reception, writer, Guests(settings.allow, settings.owners))
    updates = (
        polled(bot, chance)
        if settings.mode == "polling"
        else hooked(bot, chance, settings.webhook_url, settings.listen, settings.port)
    )
    connection = Telegram(
        bot, reception, writer=writer, answers=answers, inbox=inbox, updates=updates
    )
    try:
        try:
            await introduce(bot, settings.base_url, clock)
        except DeliveryError as error:  # it may be there in a minute
            _LOG.warning("Telegram cannot be reached", extra={"why": str(error)})
        yield connection
    finally:
        await connection.close()
        await bot.shutdown()


async def _check(settings: Settings, secrets: Mapping[str, Secret]) -> tuple[str, ...]:
    clock = SystemClock()
    bot = bot_of(secrets["token"].reveal(), settings.base_url)
    try:
        await introduce(bot, settings.base_url, clock)
        hook = await told(bot.get_webhook_info(), clock)
        url = settings.webhook_url if settings.mode == "webhook" else ""
        return lines(bot.bot, hook, url)
    finally:
        await bot.shutdown()


def _inbox(path: Path) -> Inbox:
    try:
        return Inbox(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error


PLATFORM = Platform(
    name="telegram",
    summary="A bot of Telegram",
    settings=Settings,
    open=opened,
    secrets=("token",),
    check=_check,
)
