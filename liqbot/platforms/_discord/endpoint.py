"""Where Discord is: its own addresses, a proxy's or a test server's."""

from collections.abc import Iterator
from contextlib import contextmanager

import discord.gateway
import discord.http


@contextmanager
def pointed(api_url: str | None, gateway_url: str | None) -> Iterator[None]:
    """Let discord.py talk to other addresses than Discord's own, until the end of the block.

    They hold for the whole process: discord.py keeps them on its classes.
    """
    route, socket = discord.http.Route, discord.gateway.DiscordWebSocket
    before = route.BASE, socket.DEFAULT_GATEWAY
    if api_url is not None:
        route.BASE = api_url.rstrip("/")
    if gateway_url is not None:
        socket.DEFAULT_GATEWAY = type(before[1])(gateway_url)
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY = before
