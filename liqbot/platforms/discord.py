"""Discord: slash commands and buttons in servers, threads and direct messages."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import discord

from liqbot.clock import SystemClock
from liqbot.platforms._discord.access import NAME, Access
from liqbot.platforms._discord.connection import DiscordConnection
from liqbot.platforms._discord.endpoint import pointed
from liqbot.platforms._discord.entry import log_in
from liqbot.platforms._discord.faults import delivering
from liqbot.platforms._discord.invitation import findings
from liqbot.platforms.platform import Connection, Platform, Reception, Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A bot of yours; its token is in LIQBOT_DISCORD_TOKEN, or in a file."""

    token_file: Annotated[Path | None, "A file that only you can read, with the token."] = None
    allow: Annotated[
        tuple[int, ...], "Ids of the servers and users that may ask; everybody may without any."
    ] = ()
    owners: Annotated[tuple[int, ...], "Ids of users who may always ask."] = ()
    api_url: Annotated[str | None, "Of a proxy before Discord's API; Discord's own without."] = None
    gateway_url: Annotated[
        str | None, "Of a proxy before Discord's gateway; Discord's own without."
    ] = None


@asynccontextmanager
async def _open(settings: Settings, reception: Reception) -> AsyncIterator[Connection]:
    access = Access(frozenset(settings.allow), frozenset(settings.owners))
    connection = DiscordConnection(reception, access, reception.secrets["token"])
    with pointed(settings.api_url, settings.gateway_url):
        await connection.enter()
        try:
            yield connection
        finally:
            await connection.close()


async def _check(settings: Settings, secrets: Mapping[str, Secret]) -> tuple[str, ...]:
    """Log in and ask about the application, without listening."""
    with pointed(settings.api_url, settings.gateway_url):
        client = discord.Client(intents=discord.Intents(guilds=True))
        clock = SystemClock()
        await log_in(client, secrets["token"], clock)
        try:
            with delivering(clock):
                return tuple(findings(str(client.user), await client.application_info()))
        finally:
            await client.close()


PLATFORM = Platform(
    name=NAME,
    summary="Discord: slash commands, buttons and alerts, in servers and direct messages",
    settings=Settings,
    open=_open,
    secrets=("token",),
    check=_check,
)
