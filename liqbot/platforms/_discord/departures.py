"""Channels that are gone, or closed to the bot: whoever was told there is told nothing more."""

import logging
from collections.abc import Iterable
from dataclasses import replace

import discord

from liqbot.alerting.ledger import Ledger
from liqbot.chat.message import ChatId
from liqbot.errors import StorageError
from liqbot.platforms._discord.access import NAME

_LOG = logging.getLogger(__name__)
_DELETED = "the channel is gone"
_REMOVED = "liqbot is not in that server any more"
_CLOSED = "liqbot may not write there any more"


class Departures:
    """Ends what can arrive nowhere, before anything is sent there in vain."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def deleted(self, channel: int) -> None:
        """Take note of a channel or thread that was deleted."""
        await self._end([channel], _DELETED)

    async def removed(self, guild: discord.Guild) -> None:
        """Take note of a server that the bot was thrown out of."""
        await self._end([each.id for each in (*guild.channels, *guild.threads)], _REMOVED)

    async def changed(self, guild: discord.Guild) -> None:
        """Look where in a server the bot may still write, after rights have changed."""
        closed = [
            each.id for each in (*guild.channels, *guild.threads) if not _may_write(each, guild.me)
        ]
        await self._end(closed, _CLOSED)

    async def _end(self, channels: Iterable[int], why: str) -> None:
        there = {ChatId(NAME, str(each)) for each in channels}
        try:
            told = {each.chat for each in await self._ledger.subscriptions.listed()}
            for chat in sorted(there & told, key=lambda each: each.address):
                recipient = await self._ledger.recipients.get(chat)
                if not recipient.disabled:
                    await self._ledger.recipients.put(replace(recipient, disabled=why))
                    facts = {"platform": NAME, "why": why}
                    _LOG.warning("a chat is told nothing more", extra=facts)
        except StorageError as error:  # the next message that does not arrive will end it
            _LOG.warning("a chat that is gone was not noted", extra={"why": str(error)})


def _may_write(channel: discord.abc.GuildChannel | discord.Thread, me: discord.Member) -> bool:
    held = channel.permissions_for(me)
    sends = (
        held.send_messages_in_threads if isinstance(channel, discord.Thread) else held.send_messages
    )
    return held.view_channel and sends and held.embed_links
