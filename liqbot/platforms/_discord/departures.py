"""Channels that are gone or closed to the bot, whose chats are told nothing, or open again."""

import logging
from collections.abc import Mapping
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


Place = discord.abc.GuildChannel | discord.Thread


class Departures:
    """Ends what can arrive nowhere, before anything is sent there in vain; until it can again."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def deleted(self, number: int, channel: Place | None) -> None:
        """Take note of a channel or thread that was deleted, perhaps one that was not known."""
        await self._note({number: _named(_DELETED, channel)})

    async def removed(self, guild: discord.Guild) -> None:
        """Take note of a server that the bot was thrown out of."""
        await self._note({each.id: _named(_REMOVED, each) for each in _places(guild)})

    async def changed(self, guild: discord.Guild) -> None:
        """Look where in a server the bot may write, after rights have changed or it was let in."""
        await self._note(
            {
                each.id: "" if _may_write(each, guild.me) else _named(_CLOSED, each)
                for each in _places(guild)
            }
        )

    async def _note(self, channels: Mapping[int, str]) -> None:
        """Note why channels are told nothing more, or that they are told again ("")."""
        there = {ChatId(NAME, str(number)): why for number, why in channels.items()}
        try:
            told = {each.chat for each in await self._ledger.subscriptions.listed()}
            for chat in sorted(there.keys() & told, key=lambda each: each.address):
                recipient = await self._ledger.recipients.get(chat)
                if bool(recipient.disabled) is not bool(there[chat]):
                    after = replace(recipient, disabled=there[chat], failures=0)
                    await self._ledger.recipients.put(after)
                    what = "a chat is told nothing more" if there[chat] else "a chat is told again"
                    _LOG.warning(what, extra={"platform": NAME, "why": there[chat]})
        except StorageError as error:  # the next message that does not arrive will end it
            _LOG.warning("a chat that is gone was not noted", extra={"why": str(error)})


def _places(guild: discord.Guild) -> tuple[Place, ...]:
    return (*guild.channels, *guild.threads)


def _named(why: str, channel: Place | None) -> str:
    """Say why a channel is told nothing, and which it is, as those know it who read that."""
    return why if channel is None else f"{why} (#{channel.name} in {channel.guild.name})"


def _may_write(channel: Place, me: discord.Member) -> bool:
    held = channel.permissions_for(me)
    sends = (
        held.send_messages_in_threads if isinstance(channel, discord.Thread) else held.send_messages
    )
    return held.view_channel and sends and held.embed_links
