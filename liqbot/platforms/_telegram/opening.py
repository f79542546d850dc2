"""A bot of Telegram's library, whose token nobody gets to see."""

import logging
import re
from contextlib import suppress

from telegram import Bot
from telegram.error import InvalidToken
from telegram.request import HTTPXRequest

from liqbot.clock import Clock
from liqbot.errors import ConfigError
from liqbot.platforms._telegram.faults import told

_TOKEN = re.compile(r"\d{1,20}:[\w-]{8,128}", re.ASCII)
_LOGGERS = ("httpcore", "httpx", "telegram", "tornado")  # they tell of every address, token and all
_CONNECTIONS = 64
_NONE = (
    "telegram.token: is no token of a bot; @BotFather gives one like 123456:ABC-DEF, for"
    " LIQBOT_TELEGRAM_TOKEN or telegram.token_file"
)


class Disguised(Bot):
    """A bot that does not print its token."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Bot[***]"


def bot_of(token: str, base_url: str) -> Bot:
    """Return the bot of a token, which nobody was asked about yet; raise ConfigError for none."""
    if not _TOKEN.fullmatch(token):
        raise ConfigError(_NONE)
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
    return Disguised(
        token,
        base_url=f"{base_url.rstrip('/')}/bot",
        base_file_url=f"{base_url.rstrip('/')}/file/bot",
        request=_request(_CONNECTIONS),
        get_updates_request=_request(1),
    )


async def introduce(bot: Bot, base_url: str, clock: Clock) -> None:
    """Let the bot learn what it is called.

    Raise ConfigError for a token that is not known there, and DeliveryError where it cannot be
    asked about.
    """
    is_known = False
    with suppress(InvalidToken):  # it holds the token, and must not be the cause of anything
        await told(bot.initialize(), clock, InvalidToken)
        is_known = True
    if not is_known:
        raise ConfigError(
            f"telegram.token: {base_url} knows no bot of that token; @BotFather tells what it is"
        )


def _request(connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=5.0,
        read_timeout=15.0,
        write_timeout=15.0,
        pool_timeout=15.0,
        media_write_timeout=30.0,
    )
