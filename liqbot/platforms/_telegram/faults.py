"""What Telegram's refusals mean for whoever wanted to write."""

import os
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import TypeVar

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from liqbot.clock import Clock
from liqbot.errors import ChatMoved, DeliveryDelayed, DeliveryError, DeliveryRefused

os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library warns of every span as a number

Result = TypeVar("Result")

_UNSENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"}  # of httpx
_UNSENT_HOLD_S = 1.0
_GONE = (  # parts of what Telegram says of chats and messages that cannot be written to
    "chat not found",
    "chat was deactivated",
    "chat was deleted",
    "chat_write_forbidden",
    "have no rights to send",
    "message can't be edited",
    "message_id_invalid",
    "message thread not found",
    "message to be replied not found",
    "message to edit not found",
    "need administrator rights",
    "not enough rights",
    "peer_id_invalid",
    "topic_closed",
    "topic_deleted",
    "user not found",
)


async def told(call: Awaitable[Result], clock: Clock, *but: type[TelegramError]) -> Result:
    """Await what calls Telegram; raise a DeliveryError that knows of no TelegramError.

    Those, and what they came of, may hold an address with the bot's token in it. Some may be left
    as they are.
    """
    try:
        return await call
    except but:
        raise
    except TelegramError as error:
        fault = delivery_error(error, clock.now())
    raise fault


def delivery_error(error: TelegramError, at: datetime) -> DeliveryError:
    """Return what a refusal means for whoever writes."""
    match error:
        case RetryAfter():
            retry_at = at + timedelta(seconds=_seconds(error))
            return DeliveryDelayed("Telegram wants it slower.", retry_at=retry_at)
        case ChatMigrated():
            moved_to = str(error.new_chat_id)
            return ChatMoved(f"The group is a supergroup now, {moved_to}.", moved_to=moved_to)
        case Forbidden() | BadRequest() if is_gone(error):
            return DeliveryRefused(f"Telegram says: {error.message}")
        case _:
            return DeliveryDelayed(_why(error))


def _why(error: TelegramError) -> str:
    """Say why a message was not taken that may be taken later."""
    match error:
        case BadRequest():
            # What it minds of the message itself is our fault, and no reason to give up the chat.
            return f"Telegram does not take the message: {error.message}"
        case InvalidToken():  # for the operator to mend; its text may hold the token
            return "Telegram does not know the bot's token any more."
        case TimedOut() | NetworkError() | Conflict() | EndPointNotFound():
            # It may have been taken before the time was over or the connection lost. An alert
            # twice is better than none, so it is tried again: at least once. An answer is not
            # (`wait_of`): who waits for one asks again.
            return f"Telegram cannot be reached ({type(error).__name__})."
        case _:
            return f"Telegram cannot be understood ({type(error).__name__})."


def wait_of(error: TelegramError) -> float | None:
    """Return for how long nobody should write, s; None where the others may.

    After that the same may be tried again: it was surely not taken.
    """
    if isinstance(error, RetryAfter):
        return _seconds(error)
    return _UNSENT_HOLD_S if type(error.__cause__).__name__ in _UNSENT else None


def is_gone(error: TelegramError) -> bool:
    """Tell whether a chat or message cannot be written to, whatever is written."""
    said = error.message.lower()
    return isinstance(error, Forbidden) or any(each in said for each in _GONE)


def is_unchanged(error: TelegramError) -> bool:
    """Tell whether a message reads already as it was to be changed to."""
    return isinstance(error, BadRequest) and "message is not modified" in error.message.lower()


def is_about_file(error: TelegramError) -> bool:
    """Tell whether a chat takes no such file, or Telegram cannot read it."""
    said = error.message.lower()
    return any(each in said for each in ("photo", "animation", "gif", "document", "image", "media"))


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)
