"""Which of what is wanted is owed, and to whom.

What is wanted and not owed yet stays wanted, look after look, as long as it is true: a mute, a
cascade or a used-up hour hides nothing for good.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from liqbot.alerting.alert import EVERYWHERE, Alert, Fingerprint, News, digest
from liqbot.alerting.delivery import Delivery, delivery_id
from liqbot.alerting.gathering import CASCADE, Standing, cascading, gathered, gathering
from liqbot.alerting.lifecycle import Life, Sight, owed, passed_over
from liqbot.alerting.phrasing import echo
from liqbot.alerting.placing import Place, Places
from liqbot.alerting.roster import Changes, Roster, Terms
from liqbot.alerting.subscription import Subscription
from liqbot.market.units import ms_of

TOO_MUCH = "told 15 times within 3 minutes"

_STORM, _STORM_WITHIN = 15, timedelta(minutes=3)


class Want(NamedTuple):
    """News that a subscription wants to be told."""

    subscription: Subscription
    name: Fingerprint
    life: Life
    news: News
    sight: Sight
    alert: Alert


def emitted(
    roster: Roster,
    wants: Sequence[Want],
    at: datetime,
    terms: Terms,
    changes: Changes,
    *,
    standing: Sequence[Standing] = (),
) -> None:
    """Add to the changes what is owed of what is wanted.

    `standing` are the cascades that chats were told of: with others they may prove to be parts of
    something larger.
    """
    if not wants and not standing:
        return
    sending = _Sending(roster, at, terms, changes, wants)
    for each in wants:
        if sending.may(each):
            sending.owe(each)
    gathered(sending.gatherings, standing, sending.places, roster, at=at, changes=changes)


class _Sending:
    """One tick's messages while they are put together."""

    def __init__(
        self, roster: Roster, at: datetime, terms: Terms, changes: Changes, wants: Iterable[Want]
    ) -> None:
        self._at, self._terms, self._changes = at, terms, changes
        self._spent = _spent(roster)
        cascades = cascading(roster, changes)
        self._falling = {
            chat: {(name.base, name.about) for name in lives} for chat, lives in cascades.items()
        }
        self.places = Places(roster, at, changes)
        wanted = {
            each.name
            for each in wants
            if each.name.rule == CASCADE
            and self.places.is_heard(each.subscription.chat, each.name.base)
        }
        self.gatherings = {
            chat: found
            for chat, lives in cascades.items()
            if (found := gathering(lives, wanted, at))
        }

    def may(self, want: Want) -> bool:
        """Tell whether news is told now; it stays wanted if not."""
        subscription = want.subscription
        return not (
            subscription.id in self._spent
            or subscription.id in self._changes.subscriptions
            or not self.places.is_heard(subscription.chat, want.name.base)
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

    def _is_inhibited(self, want: Want) -> bool:
        """Tell whether a chat hears of a cascade through the very place, or places."""
        side, bases = want.alert.finding.side, want.alert.finding.markets
        if side is None or not want.alert.perishable:
            return False
        falling = self._falling.get(want.subscription.chat, ())
        return all((base, side) in falling for base in bases)

    def _storms(self, want: Want) -> bool:
        """Count how often a subscription is told of one market; pause it if too often."""
        subscription, at = want.subscription, self._at
        key = f"fires|{subscription.id}|{want.name.base}"
        fires = [each for each in self.places.trail(key) if each > at - _STORM_WITHIN]
        self._changes.trails[key] = (*fires, at)
        if len(fires) + 1 < _STORM:
            return False
        self._changes.trails[key] = ()
        words = echo(subscription.wish, self._terms.rules[want.name.rule])
        self._changes.subscriptions[subscription.id] = replace(subscription, paused=TOO_MUCH)
        self._changes.deliveries.append(notice(subscription, News.PAUSED, at, words))
        return True

    def _place(self, want: Want) -> Place | None:
        """Return the message that news goes into; None where it is dropped."""
        chat, severity = want.subscription.chat, want.alert.finding.severity
        together = self.gatherings.get(chat)
        if together is None or want.name not in together.names:
            return self.places.of(chat, want.name.base, severity)
        if together.message:
            return Place(together.message, self._at)
        return self.places.of(chat, EVERYWHERE, severity)


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


def _spent(roster: Roster) -> set[int]:
    """Return the subscriptions that wanted to be told once, and were or are about to be."""
    once = {number for number, each in roster.subscriptions.items() if each.wish.once}
    return {name.subscription for name, life in roster.of(once) if has_told(life)} if once else once


def has_told(life: Life) -> bool:
    """Tell whether news of a life was sent, or is on its way."""
    return bool(life.owed) or (life.tellings > 0 and life.told_at is not None)
