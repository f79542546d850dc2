"""What Telegram tells: asked for again and again, or posted to an address of ours."""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator
from datetime import timedelta
from urllib.parse import urlsplit

from numpy.random import Generator
from telegram import Bot, Update
from telegram.error import RetryAfter, TelegramError
from telegram.ext import Updater

from liqbot.platforms._telegram.faults import wait_of

_LOG = logging.getLogger(__name__)
_KINDS = (Update.MESSAGE, Update.CHANNEL_POST, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)
_LONG = timedelta(seconds=50)  # that Telegram waits for something to tell
_FIRST_S, _LONGEST_S = 0.5, 30.0  # until it is tried again
_SECRET_BYTES = 32


class Pauses:
    """The time between two tries: twice as long each time, give or take a half."""

    def __init__(self, chance: Generator) -> None:
        self._chance = chance
        self._failures = 0

    async def after(self, what: str, error: TelegramError | OSError) -> None:
        """Wait after a failure, and tell the operator of the first in a row."""
        if not self._failures:
            kind = type(error).__name__  # its text may hold the token
            _LOG.warning(what, extra={"why": kind})
        usual = min(_FIRST_S * 2**self._failures, _LONGEST_S)
        self._failures += 1
        told = wait_of(error) if isinstance(error, RetryAfter) else None
        await asyncio.sleep(max(usual * (0.5 + self._chance.random()), told or 0.0))

    def over(self) -> None:
        """Take note that it went well."""
        if self._failures:
            _LOG.info("Telegram answers again", extra={"after": self._failures})
        self._failures = 0


async def polled(bot: Bot, chance: Generator) -> AsyncGenerator[Update, None]:
    """Yield updates, asked for for ever.

    Telegram forgets what it handed out when it is asked for what comes after it, so all of it has
    to be kept before this goes on.
    """
    pauses, offset, is_hooked = Pauses(chance), None, True
    while True:
        try:
            if is_hooked:
                await bot.delete_webhook()
                is_hooked = False
            found = await bot.get_updates(offset, timeout=_LONG, allowed_updates=_KINDS)
        except TelegramError as error:
            is_hooked = "webhook" in error.message
            await pauses.after("Telegram does not tell what is asked", error)
            continue
        pauses.over()
        for update in found:
            yield update
        # After a quiet week they are numbered anew, so that none is asked for once all are here.
        offset = max(each.update_id for each in found) + 1 if found else None


async def hooked(
    bot: Bot, chance: Generator, url: str, listen: str, port: int
) -> AsyncGenerator[Update, None]:
    """Yield updates that are posted to a URL, behind which we listen.

    Nobody but Telegram knows the secret that has to come with them, and it only until we stop.
    """
    queue: asyncio.Queue[object] = asyncio.Queue()
    updater, pauses = Updater(bot, queue), Pauses(chance)
    await updater.initialize()
    while not updater.running:
        try:
            await updater.start_webhook(
                listen=listen,
                port=port,
                url_path=urlsplit(url).path,
                webhook_url=url,
                allowed_updates=_KINDS,
                secret_token=os.urandom(_SECRET_BYTES).hex(),
            )
        except (TelegramError, OSError) as error:
            await pauses.after("Telegram cannot post what is asked", error)
    try:
        while True:
            update = await queue.get()
            if isinstance(update, Update):
                yield update
    finally:
        await updater.stop()
