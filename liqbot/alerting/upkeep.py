"""What is told of subscriptions themselves and of the feeds, and when anything may be told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from liqbot.alerting.alert import EVERYWHERE, News
from liqbot.alerting.delivery import Delivery, delivery_id
from liqbot.alerting.grouping import has_told, notice
from liqbot.alerting.looking import Look
from liqbot.alerting.phrasing import echo
from liqbot.alerting.roster import Changes, Roster, Terms
from liqbot.alerting.subscription import NOTICE, Subscription
from liqbot.chat.message import ChatId
from liqbot.rules.rule import Blind

EXPIRED = "expired"

_NAMED = 5  # subscriptions that are named at once
_IN_VAIN = "nothing arrives, "  # why it is paused begins with this


@dataclass(frozen=True, slots=True)
class WarmUp:
    """After a start: nothing is told until all was seen once."""

    venues: frozenset[str]  # that have not told anything yet
    bases: frozenset[str]  # whose rules have not looked yet

    def after(self, venues: Iterable[str] = (), bases: Iterable[str] = ()) -> "WarmUp":
        """Return what is still to be seen; a look counts once every venue has told."""
        waiting = self.venues - set(venues)
        return WarmUp(waiting, self.bases if waiting else self.bases - set(bases))

    @property
    def is_over(self) -> bool:
        """Whether alerts may be told."""
        return not self.venues and not self.bases


def blind_markets(looks: Iterable[Look]) -> dict[str, str]:
    """Return the markets of which no rule can tell anything, and why."""
    reasons: dict[str, str] = {}
    sighted = set()
    for look in looks:
        if isinstance(look.seen, Blind):
            reasons.setdefault(look.base, look.seen.reason)
        else:
            sighted.add(look.base)
    return {
        base: reason
        for base, reason in sorted(reasons.items())
        if base != EVERYWHERE and base not in sighted
    }


def newly_blind(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return a sentence for the operator on each market that went blind: one a spell."""
    return [f"{base}: {reason}." for base, reason in now.items() if base not in before]


def kept_up(roster: Roster, at: datetime, terms: Terms) -> Changes:
    """Remind of subscriptions that end soon, end those that are over, pause those told in vain.

    What was told of them is closed where it stands.
    """
    changes = _lost(roster, at, terms)
    over = {number for number, each in roster.subscriptions.items() if at >= each.expires_at}
    over |= _fulfilled(roster)
    for number, each in roster.subscriptions.items():
        is_due = not each.reminded and not each.paused and at >= each.expires_at - NOTICE
        rule = terms.rules.get(each.wish.rule)  # None: the operator lets it run no more
        if is_due and number not in over | set(changes.subscriptions) and rule is not None:
            words = echo(each.wish, rule)
            changes.deliveries.append(notice(each, News.REMINDER, at, words))
            changes.subscriptions[number] = replace(each, reminded=True)
    if over:
        changes.deliveries += _closed(roster, over, at)
        changes.ended = sorted(over)
    return changes


def _lost(roster: Roster, at: datetime, terms: Terms) -> Changes:
    """Pause what shared chats are told that nothing arrives in, and tell those who wanted it.

    It goes on by itself once something may arrive there again.
    """
    changes = Changes()
    in_vain = defaultdict[tuple[ChatId, str], list[Subscription]](list)
    for each in roster.subscriptions.values():
        if each.chat.user is not None:
            continue
        why = roster.recipient(each.chat).disabled
        if why and each.is_live(at):
            in_vain[each.chat, each.user].append(each)
            changes.subscriptions[each.id] = replace(each, paused=_IN_VAIN + why)
        elif not why and each.paused.startswith(_IN_VAIN):
            changes.subscriptions[each.id] = replace(each, paused="")
    for (chat, user), those in in_vain.items():
        words = _lost_words(chat, roster.recipient(chat).disabled, those, terms)
        told = notice(those[0], News.LOST, at, words)
        changes.deliveries.append(replace(told, chat=ChatId.private(chat.platform, user)))
    return changes


def _lost_words(chat: ChatId, why: str, those: Sequence[Subscription], terms: Terms) -> str:
    """Say which chat it is, why nothing arrives there, what waits, and what to do."""
    count = "1 alert waits" if len(those) == 1 else f"{len(those)} alerts wait"
    rules = [(each, terms.rules.get(each.wish.rule)) for each in those[:_NAMED]]
    named = [f"#{each.id} {echo(each.wish, rule)}" for each, rule in rules if rule]
    named += ["…"] * (len(those) > _NAMED)
    return (
        f"{chat.platform.capitalize()} chat {chat.address} is told nothing more: {why}.\n"
        f"{count}: {'; '.join(named)}.\n"
        "They go on once I may write there again; if not, say /channel resume all there."
    )


def extended(subscription: Subscription, until: datetime) -> Subscription:
    """Return a subscription that lasts longer, and will be reminded of again."""
    return replace(subscription, expires_at=until, reminded=False)


def _fulfilled(roster: Roster) -> set[int]:
    """Return the subscriptions that wanted to be told once, were, and have seen its end."""
    once = {number for number, each in roster.subscriptions.items() if each.wish.once}
    if not once:
        return once
    lives = list(roster.of(once))
    waiting = {name.subscription for name, life in lives if life.owed or life.message}
    return {name.subscription for name, life in lives if has_told(life)} - waiting


def _closed(roster: Roster, over: set[int], at: datetime) -> list[Delivery]:
    found = []
    for name, life in roster.of(over):
        if life.message:
            chat = roster.subscriptions[name.subscription].chat
            telling = f"{life.message} {EXPIRED}"
            found.append(
                Delivery(
                    id=delivery_id(name, life.episode, chat, News.CLOSED, telling),
                    message=life.message,
                    chat=chat,
                    subscription=name.subscription,
                    news=News.CLOSED,
                    made_at=at,
                    due_at=at,
                    fingerprint=name,
                    episode=life.episode,
                    words=EXPIRED,
                    silent=True,
                )
            )
    return found
