"""The whole platform, opened, before the strict server."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from liqbot.chat.message import ChatId, Message
from liqbot.commands import COMMANDS
from liqbot.commands.command import Command, NoArguments
from liqbot.desk import Desk
from liqbot.platforms import PLATFORMS
from liqbot.platforms.discord import Settings
from liqbot.platforms.platform import Connection, Reception
from tests.fakes.desk import a_desk, a_reception
from tests.fakes.discord.interaction import Interaction
from tests.fakes.discord.messages import Message as Said
from tests.fakes.discord.people import User
from tests.fakes.discord.places import Channel, Guild
from tests.fakes.discord.server import DiscordServer

PLATFORM = PLATFORMS["discord"]


class Token:
    """A secret."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text


@dataclass
class Stage:
    """A server with a guild, a channel and two people, and what the bot finds."""

    server: DiscordServer
    reception: Reception
    guild: Guild
    channel: Channel
    ann: User
    admin: User

    @property
    def desk(self) -> Desk:
        return self.reception.desk

    def settings(self, allow: tuple[int, ...] = (), owners: tuple[int, ...] = ()) -> Settings:
        server = self.server
        return Settings(
            api_url=server.api_url, gateway_url=server.gateway_url, allow=allow, owners=owners
        )

    @asynccontextmanager
    async def open(
        self, allow: tuple[int, ...] = (), owners: tuple[int, ...] = ()
    ) -> AsyncIterator[Connection]:
        """Open the platform and listen, until the end of the block."""
        async with PLATFORM.open(self.settings(allow, owners), self.reception) as connection:
            listening = asyncio.create_task(connection.listen())
            try:
                await self.server.connected(self.server.gateway.shards)
                yield connection
            finally:
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await listening

    async def ask(self, command: str, who: User | None = None, /, **options: str) -> Interaction:
        given: dict[str, Any] = dict(options)
        return await self.server.slash(who or self.ann, self.channel, command, **given)

    def alone(self, who: User) -> Channel:
        return self.server.realm.direct(who)


@asynccontextmanager
async def staged(
    folder: Path,
    desk: Desk | None = None,
    commands: Mapping[str, Command[Any]] = COMMANDS,
    server: DiscordServer | None = None,
) -> AsyncIterator[Stage]:
    """Set the stage; at the end nothing may have been done that Discord does not want."""
    async with server or DiscordServer(pace=0.02) as found:
        realm = found.realm
        guild = realm.guild("Traders")
        channel = realm.channel(guild, "alerts")
        ann, admin = realm.user("ann"), realm.user("admin")
        realm.member(guild, ann)
        realm.member(guild, admin, realm.role(guild, "mods", "manage_guild"))
        reception = a_reception(folder, desk or a_desk()[0], commands)
        reception = replace(reception, secrets={"token": Token(realm.token)})
        yield Stage(found, reception, guild, channel, ann, admin)
        assert found.violations == []


def chat_of(channel: Channel) -> ChatId:
    return ChatId("discord", str(channel.id))


def says(
    message: Message, name: str = "say", *, personal: bool = False, admin_only: bool = False
) -> dict[str, Command[Any]]:
    """Return the one command that answers with a message."""

    async def run(*_: object) -> Message:
        return message

    made = Command(
        name=name,
        summary="Say it",
        arguments=NoArguments,
        run=run,
        admin_only=admin_only,
        personal=personal,
    )
    return {name: made}


def words(message: Said) -> str:
    """Return the words of a message of the server."""
    return str(message.embeds[0].get("description", ""))
