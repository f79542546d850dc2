"""Answers to slash commands and buttons: first that they are heard, then what is to be said."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import discord
from discord.utils import MISSING

from liqbot.chat.arguments import Known, Slot
from liqbot.chat.message import Message
from liqbot.commands.command import Caller, Command, apart
from liqbot.errors import DeliveryError
from liqbot.platforms._discord.access import Access
from liqbot.platforms._discord.dressing import Dressed, dressed, words_of
from liqbot.platforms._discord.faults import delivering
from liqbot.platforms.platform import Reception

_LOG = logging.getLogger(__name__)


class Answering:
    """Answers each interaction to whoever caused it, with their rights."""

    def __init__(self, reception: Reception, access: Access) -> None:
        self._reception, self._access = reception, access
        self._clock = reception.desk.clock
        self._begun: set[asyncio.Task[Any]] = set()

    async def typed(
        self, interaction: discord.Interaction, command: Command[Any], words: Mapping[str, str]
    ) -> None:
        """Answer a slash command."""
        caller = self._access.caller(interaction)
        hidden = command.personal and caller.chat.user is None
        with self._working():
            await self._answer(
                interaction,
                lambda: interaction.response.defer(thinking=True, ephemeral=hidden),
                lambda: self._reception.invoke(caller, command.name, words),
                lambda message: self._reply(interaction, caller, message, hidden=hidden),
            )

    async def pressed(self, interaction: discord.Interaction) -> None:
        """Answer a button, if it is one of ours; whichever process sent it."""
        words = words_of(str(cast("Mapping[str, object]", interaction.data)["custom_id"]))
        if words is None:
            return
        caller = self._access.caller(interaction)
        with self._working():
            await self._answer(
                interaction,
                interaction.response.defer,
                lambda: self._reception.answer(caller, words),
                lambda message: self._follow(interaction, caller, words, message),
            )

    def complete(self, interaction: discord.Interaction, slot: Slot, beginning: str) -> list[str]:
        """Return what a word may become; nothing for who may not ask."""
        if not self._access.caller(interaction).is_allowed:
            return []
        known = Known(self._reception.desk.markets.known())
        return slot.word.complete(beginning, known)

    async def drain(self, patience_s: float) -> None:
        """Wait for the answers that were begun, and give up those that take too long."""
        if self._begun:
            _, late = await asyncio.wait(self._begun, timeout=patience_s)
            for each in late:
                each.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @contextmanager
    def _working(self) -> Iterator[None]:
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._begun.add(task)
        try:
            yield
        finally:
            self._begun.discard(task)

    async def _answer(
        self,
        interaction: discord.Interaction,
        defer: Callable[[], Awaitable[object]],
        ask: Callable[[], Awaitable[Message]],
        say: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Say at once that an answer will come, as Discord waits 3 s; find it, and say it."""
        facts = {"platform": "discord", "server": interaction.guild_id}
        try:
            with delivering(self._clock):
                await defer()
        except DeliveryError as error:
            _LOG.warning("a question was not heard in time", extra=facts | {"why": str(error)})
            return
        message = await ask()
        try:
            with delivering(self._clock):
                await say(message)
        except DeliveryError as error:
            _LOG.warning("an answer was not shown", extra=facts | {"why": str(error)})

    async def _reply(
        self, interaction: discord.Interaction, caller: Caller, message: Message, *, hidden: bool
    ) -> None:
        """Put an answer where it was said that one will come.

        Who sees that was settled then: what turns out to be for the caller alone goes elsewhere.
        """
        if message.private and caller.chat.user is None and not hidden:
            await interaction.delete_original_response()
            await _send(interaction, message, hidden=True)
        else:
            await _edit(interaction, message)

    async def _follow(
        self, interaction: discord.Interaction, caller: Caller, words: str, message: Message
    ) -> None:
        """Change the message whose button was pressed, or say something below it."""
        command = self._reception.commands.get(apart(words)[0])
        is_personal = message.private or (command is not None and command.personal)
        hidden = is_personal and caller.chat.user is None
        on = interaction.message
        is_theirs = on is not None and on.flags.ephemeral
        if message.in_place and (is_theirs or not hidden):
            await _edit(interaction, message)
        else:
            await _send(interaction, message, hidden=hidden)


async def _edit(interaction: discord.Interaction, message: Message) -> None:
    new: Dressed = dressed(message)
    await interaction.edit_original_response(
        content=new.content,
        embed=new.embed,
        attachments=new.files,
        view=new.view,
        allowed_mentions=new.allowed_mentions,
    )


async def _send(interaction: discord.Interaction, message: Message, *, hidden: bool) -> None:
    new: Dressed = dressed(message)
    await interaction.followup.send(
        content=new.content or MISSING,
        embed=new.embed,
        files=new.files or MISSING,
        view=new.view or MISSING,
        allowed_mentions=new.allowed_mentions,
        ephemeral=hidden,
        silent=message.silent,
    )
