"""Channels that are gone or closed to the bot, whose chats are told nothing, or open again."""

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
    """Ends what can arrive nowhere, before anything is sent there in vain; until it can again."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def deleted(self, channel: int) -> None:
        """Take note of a channel or thread that was deleted."""
        await self._end([channel], _DELETED)

    async def removed(self, guild: discord.Guild) -> None:
        """Take note of a server that the bot was thrown out of."""
        await self._end([each.id for each in (*guild.channels, *guild.threads)], _REMOVED)

    async def changed(self, guild: discord.Guild) -> None:
        """Look where in a server the bot may write, after rights have changed or it was let in."""
        there = (*guild.channels, *guild.threads)
        open_ = {each.id for each in there if _may_write(each, guild.me)}
        await self._end([each.id for each in there if each.id not in open_], _CLOSED)
        await self._note(open_, "")

    async def _end(self, channels: Iterable[int], why: str) -> None:
        if count := await self._note(channels, why):
            facts = {"platform": NAME, "why": why, "chats": count}
            _LOG.warning("chats are told nothing more", extra=facts)

    async def _note(self, channels: Iterable[int], why: str) -> int:
        """Note why some channels are told nothing, or that they are told again; count the new."""
        there, count = {ChatId(NAME, str(each)) for each in channels}, 0
        try:
            told = {each.chat for each in await self._ledger.subscriptions.listed()}
            for chat in sorted(there & told, key=lambda each: each.address):
                recipient = await self._ledger.recipients.get(chat)
                if bool(recipient.disabled) is not bool(why):
                    after = replace(recipient, disabled=why, failures=0)
                    await self._ledger.recipients.put(after)
                    count += 1
        except StorageError as error:  # the next message that does not arrive will end it
            _LOG.warning("a chat that is gone was not noted", extra={"why": str(error)})
        return count


def _may_write(channel: discord.abc.GuildChannel | discord.Thread, me: discord.Member) -> bool:
    held = channel.permissions_for(me)
    sends = (
        held.send_messages_in_threads if isinstance(channel, discord.Thread) else held.send_messages
    )
    return held.view_channel and sends and held.embed_links
