"""Discord as it is written to and listened to."""

import asyncio
import hashlib
import logging

import discord
from discord.backoff import ExponentialBackoff
from discord.utils import MISSING

from liqbot.chat.message import ChatId, Message
from liqbot.errors import ConfigError, DeliveryDelayed, DeliveryError
from liqbot.platforms._discord.access import Access
from liqbot.platforms._discord.answering import Answering
from liqbot.platforms._discord.client import Client
from liqbot.platforms._discord.dressing import dressed, file_name
from liqbot.platforms._discord.entry import log_in
from liqbot.platforms._discord.faults import delivering
from liqbot.platforms.platform import Reception, Secret

_LOG = logging.getLogger(__name__)
_PATIENCE_S = 3.0  # for answers that were begun when the bot is stopped
_NONCE = 24  # characters; Discord takes 25


class DiscordConnection:
    """One application at Discord, in all its servers and with all its users."""

    def __init__(self, reception: Reception, access: Access, token: Secret) -> None:
        self._reception, self._token = reception, token
        self._clock = reception.desk.clock
        self._answering = Answering(reception, access)
        self._client: Client | None = None  # None until Discord was reached
        self._alone: dict[str, int] = {}  # channels of users with the bot, by user

    async def enter(self) -> None:
        """Log in; raise ConfigError for a wrong token.

        Where Discord is not reached, the bot runs without until it is.
        """
        try:
            await self._reach()
        except DeliveryError as error:
            _LOG.warning("Discord is not reached", extra={"why": str(error)})

    async def listen(self) -> None:
        """Answer what people ask until cancelled; a connection that ends is made anew."""
        waits = ExponentialBackoff[bool]()
        while True:
            try:
                await self._hear()
            except (ConfigError, DeliveryError) as error:
                _LOG.error("Discord is not heard", extra={"why": str(error)})
            await asyncio.sleep(waits.delay())

    async def send(self, chat: ChatId, message: Message) -> str:
        """Send a message; return its number, with the name of its picture behind it."""
        client = self._reached()
        with delivering(self._clock):
            channel = client.get_partial_messageable(await self._place(client, chat))
            new = dressed(message)
            sent = await channel.send(
                content=new.content,
                embed=new.embed,
                files=new.files,
                view=new.view or MISSING,
                allowed_mentions=new.allowed_mentions,
                silent=message.silent,
                nonce=_nonce(chat, message),
            )
        return f"{sent.id} {file_name(message.picture)}" if message.picture else str(sent.id)

    async def edit(self, chat: ChatId, sent: str, message: Message) -> None:
        """Put another message in the place of one; its picture stays unless there is another."""
        client = self._reached()
        number, _, picture = sent.partition(" ")
        with delivering(self._clock):
            channel = client.get_partial_messageable(await self._place(client, chat))
            new = dressed(message, picture)
            await channel.get_partial_message(int(number)).edit(
                content=new.content,
                embed=new.embed,
                attachments=new.files or MISSING,
                view=new.view,
                allowed_mentions=new.allowed_mentions,
            )

    async def close(self) -> None:
        """Finish what was begun, and hang up."""
        await self._answering.drain(_PATIENCE_S)
        if self._client is not None:
            await self._client.close()

    async def _hear(self) -> None:
        """Log in where that is still to be done, and listen until the connection ends."""
        client = self._client or await self._reach()
        try:
            with delivering(self._clock):
                await client.connect()
        except DeliveryError:
            self._client = None
            await client.close()
            raise
        self._client = None

    async def _reach(self) -> Client:
        client = Client(self._reception, self._answering)
        await log_in(client, self._token, self._clock)
        self._client = client
        return client

    def _reached(self) -> Client:
        if self._client is None:
            raise DeliveryDelayed("Discord is not reached")
        return self._client

    async def _place(self, client: Client, chat: ChatId) -> int:
        """Return the channel that a chat is; that of a user alone is opened."""
        if chat.user is None:
            return int(chat.address)
        if chat.user not in self._alone:
            opened = await client.create_dm(discord.Object(int(chat.user)))
            self._alone[chat.user] = opened.id
        return self._alone[chat.user]


def _nonce(chat: ChatId, message: Message) -> str:
    """Return what Discord knows a message by that it was sent already but could not confirm."""
    said = repr((chat.address, message.text, message.buttons)).encode("utf-8", "replace")
    return hashlib.sha256(said).hexdigest()[:_NONCE]
