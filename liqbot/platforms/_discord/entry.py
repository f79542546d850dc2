"""Logging in."""

from contextlib import AsyncExitStack

import discord

from liqbot.clock import Clock
from liqbot.errors import ConfigError
from liqbot.platforms._discord.faults import delivering
from liqbot.platforms.platform import Secret

_REFUSED = (
    "discord.token: Discord does not know this token. Copy it again from the Bot page of your "
    "application in the developer portal, or reset it there."
)


async def log_in(client: discord.Client, token: Secret, clock: Clock) -> None:
    """Log a client in; where that fails it is closed.

    Raise ConfigError for a token that Discord does not know, DeliveryDelayed or DeliveryRefused
    where it cannot be asked.
    """
    async with AsyncExitStack() as stack:
        stack.push_async_callback(client.close)
        with delivering(clock):
            try:
                await client.login(token.reveal())
            except discord.LoginFailure:
                raise ConfigError(_REFUSED) from None
        stack.pop_all()
