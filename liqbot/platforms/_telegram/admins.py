"""Who administers a chat."""

from datetime import datetime, timedelta

from telegram import Bot, ChatMember
from telegram.error import TelegramError

from liqbot.clock import Clock

_LASTING = timedelta(seconds=60)  # that an answer is believed
_MOST = 4096  # remembered
_ADMINS = {ChatMember.OWNER, ChatMember.ADMINISTRATOR}


class Admins:
    """Asks Telegram who is one, and believes it for a minute."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self._bot, self._clock = bot, clock
        self._known: dict[tuple[int, int], tuple[bool, datetime]] = {}

    async def includes(self, chat: int, user: int) -> bool:
        """Tell whether a user administers a chat; nobody does as long as Telegram does not say."""
        now = self._clock.now()
        is_admin, until = self._known.get((chat, user), (False, now))
        if now < until:
            return is_admin
        try:
            member = await self._bot.get_chat_member(chat, user)
        except TelegramError:
            return False
        if len(self._known) >= _MOST:
            self._known = {who: each for who, each in self._known.items() if now < each[1]}
        is_admin = member.status in _ADMINS
        self._known[chat, user] = is_admin, now + _LASTING
        return is_admin
