"""Chats that block the bot, put it out, let it in again, or get another number."""

from dataclasses import replace

from telegram import ChatMember, ChatMemberRestricted, ChatMemberUpdated

from liqbot.alerting.ledger import Ledger
from liqbot.chat.message import ChatId
from liqbot.platforms._telegram.places import PLATFORM, Place

_BLOCKED, _OUT = "the bot is blocked", "the bot was put out of the chat"
_MUTE = "the bot may not write there"


class Membership:
    """Keeps in the ledger where the bot may write; raises StorageError.

    The watcher's roster takes it from there the next time it looks.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def changed(self, update: ChatMemberUpdated) -> None:
        """Tell the chat nothing more, or again, as the bot is in it now."""
        why = _why_not(update)
        for chat in await self._chats(Place(update.chat.id)):
            recipient = await self._ledger.recipients.get(chat)
            if recipient.disabled != why:
                await self._ledger.recipients.put(replace(recipient, disabled=why, failures=0))

    async def heard(self, place: Place) -> None:
        """Tell a chat again that somebody writes in, unless the bot may only read there."""
        recipient = await self._ledger.recipients.get(place.id)
        if recipient.disabled not in ("", _MUTE):
            await self._ledger.recipients.put(replace(recipient, disabled="", failures=0))

    async def moved(self, before: int, after: int) -> None:
        """Go on with a group under its new number."""
        for chat in await self._chats(Place(before)):
            place = Place(after, _topic(chat))
            await self._ledger.recipients.move(chat, place.id)

    async def _chats(self, place: Place) -> list[ChatId]:
        """Return a chat and its topics, as far as anything is kept of them."""
        if not place.is_shared:
            return [place.id]
        known = {each.chat for each in await self._ledger.recipients.listed()}
        known |= {each.chat for each in await self._ledger.subscriptions.listed()}
        whole = place.id.address
        return sorted(
            (
                each
                for each in known
                if each.platform == PLATFORM and each.address.partition("/")[0] == whole
            ),
            key=lambda each: each.address,
        )


def _why_not(update: ChatMemberUpdated) -> str:
    member = update.new_chat_member
    if member.status in {ChatMember.BANNED, ChatMember.LEFT}:
        named = f" ({update.chat.title})" if update.chat.title else ""
        return f"{_OUT}{named}" if Place(update.chat.id).is_shared else _BLOCKED
    if isinstance(member, ChatMemberRestricted) and not member.can_send_messages:
        return _MUTE
    return ""


def _topic(chat: ChatId) -> int | None:
    topic = chat.address.partition("/")[2]
    return int(topic) if topic.isdigit() else None
