"""Into which message of a chat news goes, and when it leaves: few of them, each at its time."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from liqbot.alerting.alert import digest
from liqbot.alerting.delivery import Delivery
from liqbot.alerting.quiet import Mode
from liqbot.alerting.roster import Changes, Roster
from liqbot.alerting.subscription import Recipient
from liqbot.chat.message import ChatId
from liqbot.market.units import ms_of
from liqbot.rules.rule import Severity

WAIT, INTERVAL = timedelta(seconds=10), timedelta(minutes=5)  # of one chat and market

_HOUR = timedelta(hours=1)


class Place(NamedTuple):
    """A message that something goes into, and when it leaves."""

    message: str
    due_at: datetime
    silent: bool = False
    held: bool = False


class Places:
    """The messages of one tick; they are counted in its changes as they are taken."""

    def __init__(self, roster: Roster, at: datetime, changes: Changes) -> None:
        self._roster, self._at, self._changes = roster, at, changes
        self._recipients: dict[ChatId, Recipient] = {}
        self._found: dict[tuple[ChatId, str], dict[Severity, Place | None]] = defaultdict(dict)

    def is_heard(self, chat: ChatId, base: str) -> bool:
        """Tell whether a chat wants to hear of a market."""
        recipient = self._recipient(chat)
        return not (recipient.disabled or recipient.muted(base, self._at))

    def of(self, chat: ChatId, base: str, severity: Severity) -> Place | None:
        """Return the next message of a chat about a market; None where it is dropped."""
        found = self._found[chat, base]
        if severity not in found:
            found[severity] = self._next(chat, base, severity)
        return found[severity]

    def waiting(self, chat: ChatId, base: str) -> Place | None:
        """Return the message of a chat about a market that has not left yet; None without."""
        due_at = self._last(group_key(chat, base))
        if due_at is None or due_at <= self._at:
            return None
        return Place(_message(chat, base, due_at), due_at)

    def alone(self, chat: ChatId, message: str, severity: Severity) -> Place | None:
        """Return when a message by itself leaves, or the digest instead; None where it is dropped.

        It leaves at once.
        """
        recipient = self._recipient(chat)
        hush = recipient.hush(severity, self._at)
        if hush is not None and hush[0] is Mode.DROP:
            return None
        if hush is not None and hush[0] is Mode.DIGEST:
            return _digest(chat, hush[1])
        if overflow := self._overflow(recipient, self._at):
            return _digest(chat, overflow)
        return Place(message, self._at, silent=hush is not None)

    def trail(self, key: str) -> tuple[datetime, ...]:
        """Return what is remembered under a name."""
        trail = self._changes.trails.get(key)
        return self._roster.trails.get(key, ()) if trail is None else trail

    def _next(self, chat: ChatId, base: str, severity: Severity) -> Place | None:
        key = group_key(chat, base)
        last, soon = self._last(key), self._at + WAIT
        critical = severity is Severity.CRITICAL
        joins = last is not None and self._at < last and (last <= soon or not critical)
        due_at = last if joins and last else soon
        if last and not joins and not critical:
            due_at = max(soon, last + INTERVAL)
        recipient = self._recipient(chat)
        hush = recipient.hush(severity, due_at)
        if hush is not None and hush[0] is Mode.DROP:
            return None
        if hush is not None and hush[0] is Mode.DIGEST:
            return _digest(chat, hush[1])
        if not joins:
            if overflow := self._overflow(recipient, due_at):
                return _digest(chat, overflow)
            self._changes.trails[key] = (due_at,)
            self._found[chat, base].clear()  # what is less severe now leaves with it
        silent = hush is not None
        return Place(_message(chat, base, due_at, silent=silent), due_at, silent=silent)

    def _overflow(self, recipient: Recipient, due_at: datetime) -> datetime | None:
        """Count one more message; return when the next digest leaves if the hour is used up."""
        key, later = _key("told", recipient.chat), _key("digest", recipient.chat)
        told = [each for each in self.trail(key) if each > due_at - _HOUR]
        if len(told) < recipient.cap:
            self._changes.trails[key] = (*told, due_at)
            return None
        waiting = max(self.trail(later), default=self._at)
        if waiting <= self._at:
            waiting = min(told) + _HOUR
            self._changes.trails[later] = (waiting,)
            self._changes.trails[key] = (*told, waiting)
        return waiting

    def _last(self, key: str) -> datetime | None:
        return max(self.trail(key), default=None)

    def _recipient(self, chat: ChatId) -> Recipient:
        found = self._recipients.get(chat)
        if found is None:
            found = self._recipients[chat] = self._roster.recipient(chat)
        return found


def owed_apart(roster: Roster, news: Delivery, severity: Severity, changes: Changes) -> None:
    """Add to the changes a message of its own, as quiet hours and the cap let it leave."""
    place = Places(roster, news.made_at, changes).alone(news.chat, news.message, severity)
    if place is not None:
        changes.deliveries.append(replace(news, **place._asdict()))


def group_key(chat: ChatId, base: str) -> str:
    """Return under which name it is kept when a chat is next told of a market."""
    return f"{_key('group', chat)}|{base}"


def _key(kind: str, chat: ChatId) -> str:
    return f"{kind}|{chat.platform}|{chat.address}"


def _message(chat: ChatId, base: str, due_at: datetime, *, silent: bool = False) -> str:
    return digest(chat.platform, chat.address, base, ms_of(due_at), silent)


def _digest(chat: ChatId, until: datetime) -> Place:
    return Place(digest(chat.platform, chat.address, "digest", ms_of(until)), until, held=True)
