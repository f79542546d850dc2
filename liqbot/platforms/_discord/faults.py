"""What went wrong at Discord, as what it means for a message."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import aiohttp
import discord

from liqbot.clock import Clock
from liqbot.errors import DeliveryDelayed, DeliveryError, DeliveryRefused

# What discord.py raises, and what comes through it: a connection that breaks, a session that is
# closed, and an answer that is a page for people where there should be JSON.
_FAULTS = (
    discord.DiscordException,
    aiohttp.ClientError,
    OSError,
    RuntimeError,
    KeyError,
    TypeError,
    ValueError,
)
# What Discord says that another attempt would not change, by its own numbers; so is whatever else
# comes with 403 and 404.
_NEVER = {
    10003: "the channel is gone",
    10008: "the message is gone",
    10013: "the user is gone",
    50001: "liqbot does not see that channel any more",
    50007: "they take no direct messages from liqbot",
    50008: "no messages can be sent there",
    50013: "liqbot may not write there",
    50024: "no messages can be sent there",
    50033: "that user cannot be written to",
    50083: "the thread is archived",
    160005: "the thread is locked",
}


@contextmanager
def delivering(clock: Clock) -> Iterator[None]:
    """Raise DeliveryDelayed or DeliveryRefused for whatever goes wrong at Discord."""
    try:
        yield
    except _FAULTS as error:
        raise delivery_error(error, clock.now()) from error


def delivery_error(error: Exception, at: datetime) -> DeliveryError:
    """Return what an error means for a message.

    Only what Discord itself says of a chat, by its own code, ends it: what a proxy says, or what
    is wrong with the bot or the message, may be mended.
    """
    match error:
        case discord.RateLimited():
            return _delayed(at, error.retry_after)
        case discord.HTTPException():
            return _answered(error, at)
        case discord.DiscordException() | RuntimeError():
            return DeliveryDelayed(f"Discord is not connected: {type(error).__name__}")
        case aiohttp.ClientError() | OSError():
            return DeliveryDelayed(f"Discord is not reached: {type(error).__name__}")
        case _:
            return DeliveryDelayed(f"Discord's answer makes no sense: {type(error).__name__}")


def _answered(error: discord.HTTPException, at: datetime) -> DeliveryError:
    """Return what an answer other than yes means."""
    if error.status == 429:
        return _delayed(at, _seconds(error))
    if error.code in _NEVER or (error.status in {403, 404} and error.code):
        return DeliveryRefused(_NEVER.get(error.code, f"Discord says {_said(error)}"))
    return DeliveryDelayed(f"Discord says {_said(error)}")


def _said(error: discord.HTTPException) -> str:
    """Return status, code and text in a line; nothing of what was sent."""
    text = " ".join(error.text.split())[:100]
    return f"{error.status}, code {error.code}: {text}"


def _delayed(at: datetime, seconds: float) -> DeliveryDelayed:
    retry_at = at + timedelta(seconds=seconds) if seconds else None
    return DeliveryDelayed("Discord asks to wait", retry_at=retry_at)


def _seconds(error: discord.HTTPException) -> float:
    """Return how long an answer asks to wait; 0 where it does not say."""
    try:
        return float(error.response.headers.get("Retry-After", 0))
    except ValueError:
        return 0.0
