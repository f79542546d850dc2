"""Plain discord.py, pointed at a loopback server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import discord
import yarl

from tests.fakes.discord.server import DiscordServer


@contextmanager
def pointed_at(server: DiscordServer) -> Iterator[None]:
    """Let discord.py find a server that has started."""
    gateway = discord.gateway.DiscordWebSocket
    base, default = discord.http.Route.BASE, gateway.DEFAULT_GATEWAY
    discord.http.Route.BASE = server.api_url
    gateway.DEFAULT_GATEWAY = yarl.URL(server.gateway_url)
    try:
        yield
    finally:
        discord.http.Route.BASE, gateway.DEFAULT_GATEWAY = base, default


@asynccontextmanager
async def running(
    server: DiscordServer, client: discord.Client, token: str | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Run a client against a server until the end of the block; yield its task, connected."""
    with pointed_at(server):
        task = asyncio.create_task(client.start(token or server.realm.token))
        waiting = asyncio.create_task(server.connected())
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not task.done():
            await server.until(lambda: not any(each.unavailable for each in client.guilds))
        try:
            yield task
        finally:
            await client.close()
            task.cancel()
            with suppress(asyncio.CancelledError, discord.DiscordException):
                await task
