"""Telegram as liqbot sees it: it can be written to, and listened to."""

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import AsyncGenerator
from datetime import datetime
from functools import partial

from telegram import Bot, Update
from telegram.error import BadRequest, TelegramError

from liqbot.chat.message import ChatId, Message
from liqbot.errors import DeliveryError, DeliveryRefused, StorageError
from liqbot.platforms._telegram.answering import Answers
from liqbot.platforms._telegram.asking import Asked, asked
from liqbot.platforms._telegram.faults import told
from liqbot.platforms._telegram.inbox import Inbox
from liqbot.platforms._telegram.lanes import Lane
from liqbot.platforms._telegram.membership import Membership
from liqbot.platforms._telegram.menus import show
from liqbot.platforms._telegram.places import place_of
from liqbot.platforms._telegram.updates import Pauses
from liqbot.platforms._telegram.writing import Writer
from liqbot.platforms.platform import Reception

_LOG = logging.getLogger(__name__)
_MOST = 20  # things that a chat may have asked and not been answered
_DRAIN_S = 4.0  # for what is being answered, when all ends
_NAME = re.compile(r"[tpd]\d{1,18}")
_BUSY = "One after the other, please: there are too many waiting here."


class Telegram:
    """Answers chats beside one another, and each of them in turn."""

    def __init__(
        self,
        bot: Bot,
        reception: Reception,
        *,
        writer: Writer,
        answers: Answers,
        inbox: Inbox,
        updates: AsyncGenerator[Update, None],
    ) -> None:
        self._bot, self._reception, self._writer, self._answers = bot, reception, writer, answers
        self._inbox, self._updates = inbox, updates
        self._clock = reception.desk.clock
        self._membership = Membership(reception.desk.ledger)
        self._queues: defaultdict[int, list[asyncio.Task[None]]] = defaultdict(list)  # by chat
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, chat: ChatId, message: Message) -> str:
        """Send an alert; return what `edit` takes."""
        place = place_of(chat)
        return await told(self._writer.write(place, message, Lane.ALERTS), self._clock)

    async def edit(self, chat: ChatId, sent: str, message: Message) -> None:
        """Change an alert that was sent."""
        place = place_of(chat)
        if not _NAME.fullmatch(sent):
            raise DeliveryRefused("There is no such message.")
        await told(self._writer.rewrite(place, sent, message, Lane.ALERTS), self._clock)

    async def listen(self) -> None:
        """Answer what people ask, until cancelled."""
        await self._introduce()
        for kept, came_at in self._inbox.waiting:
            if (update := Update.de_json(kept, self._bot)) is not None:
                self._begin(update, came_at, again=True)
        try:
            async for update in self._updates:
                if update.update_id not in self._inbox:
                    now = self._clock.now()
                    self._inbox.take(update.to_dict(), now)
                    self._begin(update, now)
        finally:
            await self._updates.aclose()

    async def close(self) -> None:
        """Finish what is being answered, in a few seconds; the rest waits for the next start."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_DRAIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._inbox.close()

    async def _introduce(self) -> None:
        """Learn what the bot is called, and let Telegram show what it can do."""
        pauses = Pauses(self._reception.chance)
        while True:
            try:
                await self._bot.initialize()
                break
            except TelegramError as error:
                await pauses.after("Telegram cannot be reached", error)
        pauses.over()
        try:
            await show(self._bot, self._reception.commands)
        except TelegramError as error:
            _LOG.warning("the menus were not shown", extra={"why": type(error).__name__})

    def _begin(self, update: Update, came_at: datetime, *, again: bool = False) -> None:
        chat = update.effective_chat.id if update.effective_chat else 0
        queue = self._queues[chat]
        if len(queue) < _MOST:
            before = queue[-1] if queue else None
            task = asyncio.create_task(self._in_turn(before, update, came_at, again=again))
            queue.append(task)
        else:
            task = asyncio.create_task(self._turn_away(update))
        self._tasks.add(task)
        task.add_done_callback(partial(self._end, chat, update.update_id))

    def _end(self, chat: int, number: int, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        queue = self._queues[chat]
        if task in queue:
            queue.remove(task)
        if not queue:
            del self._queues[chat]
        if task.cancelled():
            return
        self._inbox.done(number)
        if (error := task.exception()) is not None:
            _LOG.error("an update failed", exc_info=error, extra={"update": number})

    async def _in_turn(
        self,
        before: asyncio.Task[None] | None,
        update: Update,
        came_at: datetime,
        *,
        again: bool,
    ) -> None:
        """Do what an update asks for, after what came before it in its chat."""
        question = asked(update, self._bot.username, self._reception.commands)
        query = None if question is None else question.query
        if query is not None and not await self._acknowledge(query) and not again:
            return  # pressed while we were away, and nobody waits any more
        if before is not None:
            await asyncio.wait([before])
        try:
            await self._do(update, question, came_at)
        except StorageError as error:
            _LOG.warning("a chat's state is not kept", extra={"why": str(error)})
        except (TelegramError, DeliveryError) as error:
            why = error.message if isinstance(error, BadRequest) else type(error).__name__
            _LOG.warning("an answer did not arrive", extra={"why": why})

    async def _turn_away(self, update: Update) -> None:
        """Answer a press alone: whoever writes so much is not answered for each."""
        if update.callback_query is not None:
            await self._acknowledge(update.callback_query.id, _BUSY)

    async def _acknowledge(self, query: str, text: str | None = None) -> bool:
        """Tell whoever pressed a button that it was heard; return whether they still wait."""
        try:
            await self._bot.answer_callback_query(query, text)
        except BadRequest:
            return False
        except TelegramError as error:
            _LOG.debug("a press was not acknowledged", extra={"why": type(error).__name__})
        return True

    async def _do(self, update: Update, question: Asked | None, came_at: datetime) -> None:
        message = update.message
        if update.my_chat_member is not None:
            await self._membership.changed(update.my_chat_member)
        elif message is not None and message.migrate_to_chat_id is not None:
            await self._membership.moved(message.chat.id, message.migrate_to_chat_id)
        elif question is not None:
            await self._answers.answer(question, came_at)
            await self._membership.heard(question.place)
