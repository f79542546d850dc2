"""What is shown while an answer is being made."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from liqbot.platforms._telegram.places import Place

_AFTER_S = 1.0  # what comes sooner needs no announcement
_AGAIN_S = 4.5  # it is shown for five seconds


@asynccontextmanager
async def typing(bot: Bot, place: Place, *, after_s: float = _AFTER_S) -> AsyncIterator[None]:
    """Show in a chat that an answer is being made, once that takes a while; never fail for it."""
    answered = asyncio.Event()
    showing = asyncio.create_task(_show(bot, place, after_s, answered))
    try:
        yield
    finally:
        answered.set()
        showing.cancel()
        with suppress(asyncio.CancelledError):
            await showing


async def _show(bot: Bot, place: Place, after_s: float, answered: asyncio.Event) -> None:
    wait_s = after_s
    with suppress(TelegramError):
        while not await _is_set(answered, wait_s):
            await bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.topic)
            wait_s = _AGAIN_S


async def _is_set(event: asyncio.Event, within_s: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await event.wait()
    return event.is_set()
