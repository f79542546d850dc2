"""Which of what is wanted is owed, in which message, and when it leaves.

What is wanted and not owed yet stays wanted, look after look, as long as it is true: a mute, a
cascade or a used-up hour hides nothing for good.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from liqbot.alerting.alert import EVERYWHERE, Alert, Fingerprint, News, digest
from liqbot.alerting.delivery import Delivery, delivery_id
from liqbot.alerting.lifecycle import Life, Sight, owed, passed_over
from liqbot.alerting.phrasing import echo
from liqbot.alerting.quiet import Mode
from liqbot.alerting.roster import Amendment, Changes, Roster, Terms
from liqbot.alerting.subscription import Recipient, Subscription
from liqbot.chat.message import ChatId
from liqbot.market.units import moment_of, ms_of
from liqbot.rules.rule import Severity

WAIT, INTERVAL = timedelta(seconds=10), timedelta(minutes=5)  # of one chat and market
CASCADE = "cascade_start"
TOO_MUCH = "told 15 times within 3 minutes"

_WIDE, _WIDE_WITHIN = 3, timedelta(seconds=60)  # markets in a cascade, to be one message
_HOUR = timedelta(hours=1)
_STORM, _STORM_WITHIN = 15, timedelta(minutes=3)


class Want(NamedTuple):
    """News that a subscription wants to be told."""

    subscription: Subscription
    name: Fingerprint
    life: Life
    news: News
    sight: Sight
    alert: Alert


class _Place(NamedTuple):
    """A message that something goes into, and when it leaves."""

    message: str
    due_at: datetime
    silent: bool = False
    held: bool = False


def emitted(
    roster: Roster, wants: Iterable[Want], at: datetime, terms: Terms, changes: Changes
) -> None:
    """Add to the changes what is owed of what is wanted."""
    sending = _Sending(roster, at, terms, changes)
    for each in wants:
        if sending.may(each):
            sending.owe(each)
    sending.gather()


def owed_apart(
    roster: Roster, news: Delivery, severity: Severity, terms: Terms, changes: Changes
) -> None:
    """Add to the changes a message of its own, as quiet hours and the cap let it leave."""
    _Sending(roster, news.made_at, terms, changes).apart(news, severity)


class _Sending:
    """One tick's messages while they are put together."""

    def __init__(self, roster: Roster, at: datetime, terms: Terms, changes: Changes) -> None:
        self._roster, self._at, self._terms, self._changes = roster, at, terms, changes
        self._cascades = _cascades(roster, changes)
        self._spent = _spent(roster)

    def may(self, want: Want) -> bool:
        """Tell whether news is told now; it stays wanted if not."""
        subscription = want.subscription
        recipient = self._roster.recipient(subscription.chat)
        return not (
            subscription.id in self._spent
            or subscription.id in self._changes.subscriptions
            or recipient.disabled
            or recipient.muted(want.name.base, self._at)
            or (self._terms.mute_unproven and want.alert.unproven is not None)
            or self._is_inhibited(want)
            or self._storms(want)
        )

    def owe(self, want: Want) -> None:
        """Put news into a message, or pass it over where quiet hours drop it."""
        subscription, life = want.subscription, want.life
        if subscription.wish.once:
            self._spent.add(subscription.id)
        place = self._place(want)
        if place is None:
            self._changes.lives[want.name] = passed_over(life, want.sight)
            return
        chat = subscription.chat
        number = delivery_id(want.name, life.episode, chat, want.news, f"{life.tellings}")
        self._changes.lives[want.name] = owed(life, number, place.message, place.due_at, want.sight)
        self._changes.deliveries.append(
            Delivery(
                id=number,
                message=place.message,
                chat=chat,
                subscription=subscription.id,
                news=want.news,
                made_at=self._at,
                due_at=place.due_at,
                fingerprint=want.name,
                episode=life.episode,
                alert=want.alert,
                silent=place.silent,
                held=place.held,
                role=subscription.role,
            )
        )

    def gather(self) -> None:
        """Move the cascades of many markets that have not left yet into one message."""
        for chat, lives in self._cascades.items():
            key = group_key(chat, EVERYWHERE)
            due_at = max(self._trail(key), default=self._at)
            if not self._is_wide(chat) or due_at <= self._at:
                continue
            message = _message(chat, EVERYWHERE, due_at)
            for name in lives:
                life = self._changes.lives.get(name) or self._roster.life(name)
                waits = life.owed and life.due_at is not None and life.due_at > self._at
                if waits and life.owed_in != message and self._began(life) and not self._held(life):
                    self._changes.lives[name] = life._replace(owed_in=message, due_at=due_at)
                    self._amend(life.owed, message, due_at)

    def apart(self, news: Delivery, severity: Severity) -> None:
        """Owe a chat a message of its own, or a line of the next digest."""
        recipient = self._roster.recipient(news.chat)
        hush = recipient.hush(severity, self._at)
        place = _Place(news.message, self._at, silent=hush is not None)
        if hush is not None and hush[0] is Mode.DROP:
            return
        if hush is not None and hush[0] is Mode.DIGEST:
            place = _digest(news.chat, hush[1])
        elif overflow := self._overflow(recipient, self._at):
            place = _digest(news.chat, overflow)
        self._changes.deliveries.append(replace(news, **place._asdict()))

    def _amend(self, number: str, message: str, due_at: datetime) -> None:
        before = self._changes.amendments.get(number)
        alert = before.alert if before else None
        self._changes.amendments[number] = Amendment(number, message, due_at, alert)

    def _held(self, life: Life) -> bool:
        return life.due_at is not None and life.due_at > self._at + INTERVAL

    def _began(self, life: Life) -> bool:
        return life.is_on and moment_of(life.episode) > self._at - _WIDE_WITHIN

    def _is_wide(self, chat: ChatId) -> bool:
        lives = self._cascades.get(chat, {})
        return len({name.base for name, life in lives.items() if self._began(life)}) >= _WIDE

    def _is_inhibited(self, want: Want) -> bool:
        """Tell whether a chat hears of a cascade through the very place, or places."""
        side, bases = want.alert.finding.side, want.alert.finding.markets
        if side is None or not want.alert.perishable:
            return False
        lives = self._cascades.get(want.subscription.chat, {})
        return {*bases} <= {name.base for name in lives if name.about == side}

    def _storms(self, want: Want) -> bool:
        """Count how often a subscription is told of one market; pause it if too often."""
        subscription, at = want.subscription, self._at
        key = f"fires|{subscription.id}|{want.name.base}"
        fires = [each for each in self._trail(key) if each > at - _STORM_WITHIN]
        self._changes.trails[key] = (*fires, at)
        if len(fires) + 1 < _STORM:
            return False
        self._changes.trails[key] = ()
        words = echo(subscription.wish, self._terms.rules[want.name.rule])
        self._changes.subscriptions[subscription.id] = replace(subscription, paused=TOO_MUCH)
        self._changes.deliveries.append(notice(subscription, News.PAUSED, at, words))
        return True

    def _place(self, want: Want) -> _Place | None:
        """Return the message that news goes into; None where it is dropped."""
        chat, severity = want.subscription.chat, want.alert.finding.severity
        recipient = self._roster.recipient(chat)
        wide = want.name.rule == CASCADE and self._is_wide(chat)
        base = EVERYWHERE if wide else want.name.base
        key = group_key(chat, base)
        last = max(self._trail(key), default=None)
        soon = self._at + WAIT
        critical = severity is Severity.CRITICAL
        joins = last is not None and self._at < last and (last <= soon or not critical)
        due_at = last if joins and last else soon
        if last and not joins and not critical:
            due_at = max(soon, last + INTERVAL)
        hush = recipient.hush(severity, due_at)
        if hush is not None and hush[0] is Mode.DROP:
            return None
        if hush is not None and hush[0] is Mode.DIGEST:
            return _digest(chat, hush[1])
        if not joins:
            if overflow := self._overflow(recipient, due_at):
                return _digest(chat, overflow)
            self._changes.trails[key] = (due_at,)
        silent = hush is not None
        return _Place(_message(chat, base, due_at, silent=silent), due_at, silent=silent)

    def _overflow(self, recipient: Recipient, due_at: datetime) -> datetime | None:
        """Count one more message; return when the next digest leaves if the hour is used up."""
        key, later = _key("told", recipient.chat), _key("digest", recipient.chat)
        told = [each for each in self._trail(key) if each > due_at - _HOUR]
        if len(told) < recipient.cap:
            self._changes.trails[key] = (*told, due_at)
            return None
        waiting = max(self._trail(later), default=self._at)
        if waiting <= self._at:
            waiting = min(told) + _HOUR
            self._changes.trails[later] = (waiting,)
            self._changes.trails[key] = (*told, waiting)
        return waiting

    def _trail(self, key: str) -> tuple[datetime, ...]:
        trail = self._changes.trails.get(key)
        return self._roster.trails.get(key, ()) if trail is None else trail


def notice(subscription: Subscription, news: News, at: datetime, words: str) -> Delivery:
    """Return what a chat is owed about a subscription itself."""
    number = digest(subscription.id, news, ms_of(at))
    return Delivery(
        id=number,
        message=number,
        chat=subscription.chat,
        subscription=subscription.id,
        news=news,
        made_at=at,
        due_at=at,
        words=words,
    )


def _cascades(roster: Roster, changes: Changes) -> dict[ChatId, dict[Fingerprint, Life]]:
    """Return the cascades that are on, by the chat that hears of them."""
    lives = {
        Fingerprint(number, rule, base, about): life
        for (rule, base), here in roster.lives.items()
        if rule == CASCADE
        for (number, about), life in here.items()
    }
    lives |= {name: life for name, life in changes.lives.items() if name.rule == CASCADE}
    found: dict[ChatId, dict[Fingerprint, Life]] = defaultdict(dict)
    for name, life in lives.items():
        subscription = roster.subscriptions.get(name.subscription)
        if life.is_on and subscription is not None and not subscription.paused:
            found[subscription.chat][name] = life
    return found


def _spent(roster: Roster) -> set[int]:
    """Return the subscriptions that wanted to be told once, and were or are about to be."""
    once = {number for number, each in roster.subscriptions.items() if each.wish.once}
    return {name.subscription for name, life in roster.of(once) if has_told(life)} if once else once


def has_told(life: Life) -> bool:
    """Tell whether news of a life was sent, or is on its way."""
    return bool(life.owed) or (life.tellings > 0 and life.told_at is not None)


def group_key(chat: ChatId, base: str) -> str:
    """Return under which name it is kept when a chat is next told of a market."""
    return f"{_key('group', chat)}|{base}"


def _key(kind: str, chat: ChatId) -> str:
    return f"{kind}|{chat.platform}|{chat.address}"


def _message(chat: ChatId, base: str, due_at: datetime, *, silent: bool = False) -> str:
    return digest(chat.platform, chat.address, base, ms_of(due_at), silent)


def _digest(chat: ChatId, until: datetime) -> _Place:
    return _Place(digest(chat.platform, chat.address, "digest", ms_of(until)), until, held=True)
