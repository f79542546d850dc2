"""What people asked, answered where they asked it or for them alone."""

import logging
from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, TelegramError

from liqbot.chat.message import Message
from liqbot.commands.command import Caller, apart
from liqbot.platforms._telegram.acting import typing
from liqbot.platforms._telegram.admins import Admins
from liqbot.platforms._telegram.asking import Asked
from liqbot.platforms._telegram.faults import is_gone
from liqbot.platforms._telegram.lanes import Lane
from liqbot.platforms._telegram.places import Place
from liqbot.platforms._telegram.writing import Writer, stands_in
from liqbot.platforms.platform import Reception

_LOG = logging.getLogger(__name__)
_LATE = timedelta(minutes=5)  # who asked longer ago waits for nothing any more
_TOLD = Message(text=(("I wrote to you.",),))
_UNKNOWN = Message(text=(("That is for you alone. Open a chat with me, then ask there.",),))


@dataclass(frozen=True, slots=True)
class Guests:
    """Who is let in: everybody, or some users and all who talk in some chats."""

    allow: Collection[int] = ()
    owners: Collection[int] = ()

    def include(self, user: int, chat: int) -> bool:
        """Tell whether somebody may ask in a chat."""
        return not self.allow or user in self.owners or bool({user, chat} & {*self.allow})


class Answers:
    """Answers one thing after the other; raises TelegramError and DeliveryDelayed."""

    def __init__(self, bot: Bot, reception: Reception, writer: Writer, guests: Guests) -> None:
        self._bot, self._reception, self._writer = bot, reception, writer
        self._guests = guests
        self._admins = Admins(bot, reception.desk.clock)

    async def answer(self, asked: Asked, came_at: datetime) -> None:
        """Answer what somebody typed or pressed, unless that was too long ago."""
        if self._reception.desk.clock.now() - (asked.at or came_at) > _LATE:
            _LOG.info("asked too long ago", extra={"line": asked.line[:32]})
            return
        caller = await self._caller(asked)
        showing = nullcontext() if asked.in_channel else typing(self._bot, asked.place)
        async with showing:
            message = await self._reception.answer(caller, asked.line)
        # Whoever reads a channel may press its buttons, but its posts are its administrators'.
        private = message.private or (asked.in_channel and not caller.is_admin)
        if private and asked.place.is_shared and asked.person is not None:
            await self._whisper(asked, asked.person, message)
        else:
            await self._reply(asked, message)

    async def _caller(self, asked: Asked) -> Caller:
        place, person = asked.place, asked.person
        is_admin = asked.speaks_as_chat or not place.is_shared
        if not is_admin and person is not None:
            is_admin = await self._admins.includes(place.chat, person)
        return Caller(
            chat=place.id,
            user=asked.user,
            is_admin=is_admin,
            is_allowed=self._guests.include(int(asked.user), place.chat),
            is_owner=int(asked.user) in self._guests.owners,
            speaks_for=place.id if asked.speaks_as_chat else None,
        )

    async def _reply(self, asked: Asked, message: Message) -> None:
        """Answer where it was asked: in place of the message whose button it was, if it can be."""
        if message.in_place and asked.shown is not None and stands_in(asked.shown, message):
            try:
                await self._writer.rewrite(asked.place, asked.shown, message, Lane.ANSWERS)
            except BadRequest as error:
                _LOG.info("a message cannot be changed", extra={"why": error.message})
            else:
                return
        await self._writer.write(asked.place, message, Lane.ANSWERS, reply_to=asked.message)

    async def _whisper(self, asked: Asked, person: int, message: Message) -> None:
        """Answer somebody alone, and say so below what they typed; or how they can be written to.

        What only spares the others, such as a mistake, is said where it was asked in that case.
        """
        told, below = _TOLD, None
        try:
            await self._writer.write(Place(person), message, Lane.ANSWERS)
        except TelegramError as error:
            if not is_gone(error):
                raise
            told, below = (_UNKNOWN, self._link()) if self._is_secret(asked) else (message, None)
        is_silent = asked.in_channel or (told is _TOLD and asked.query is not None)
        if not is_silent:
            await self._writer.write(
                asked.place, told, Lane.ANSWERS, reply_to=asked.message, below=below
            )

    def _is_secret(self, asked: Asked) -> bool:
        """Tell whether what was asked concerns who asked it, and nobody else."""
        command = self._reception.commands.get(apart(asked.line)[0])
        return command is not None and command.personal

    def _link(self) -> InlineKeyboardMarkup:
        # It opens the chat and does nothing else: whoever makes a link must not ask for others.
        url = f"https://t.me/{self._bot.username}?start=hello"
        return InlineKeyboardMarkup([[InlineKeyboardButton("Open a chat", url=url)]])
