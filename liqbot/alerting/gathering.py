"""Cascades that begin together in many markets: one message lists them, whichever began first."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from liqbot.alerting.alert import EVERYWHERE, Alert, Fingerprint, News
from liqbot.alerting.delivery import change
from liqbot.alerting.lifecycle import Life, Sight, told_on
from liqbot.alerting.placing import INTERVAL, Place, Places
from liqbot.alerting.roster import Amendment, Changes, Roster
from liqbot.alerting.subscription import Subscription
from liqbot.chat.message import ChatId
from liqbot.market.units import ms_of

CASCADE = "cascade_start"
GATHERED = "gathered"  # why a message of its own ends

# Three markets within a minute of the tape, seen up to a poll of open interest (30 s) and a look
# (30 s) later in the one than in the other.
WINDOW = timedelta(minutes=2)

_MARKETS = 3
_WINDOW_MS = WINDOW // timedelta(milliseconds=1)

Cascades = dict[Fingerprint, Life]


class Standing(NamedTuple):
    """A cascade that a chat was told of, as it is seen now."""

    subscription: Subscription
    name: Fingerprint
    sight: Sight
    alert: Alert


class Gathering(NamedTuple):
    """Cascades that one chat hears of in one message."""

    names: frozenset[Fingerprint]
    message: str  # that stands, the first of theirs; "" = none does


def cascading(roster: Roster, changes: Changes) -> dict[ChatId, Cascades]:
    """Return the cascades that are on, by the chat that asked for them."""
    lives = {
        Fingerprint(number, rule, base, about): life
        for (rule, base), here in roster.lives.items()
        if rule == CASCADE
        for (number, about), life in here.items()
    }
    lives |= {name: life for name, life in changes.lives.items() if name.rule == CASCADE}
    found: dict[ChatId, Cascades] = defaultdict(dict)
    for name, life in lives.items():
        subscription = roster.subscriptions.get(name.subscription)
        if life.is_on and subscription is not None and not subscription.paused:
            found[subscription.chat][name] = life
    return found


def gathering(
    cascades: Mapping[Fingerprint, Life], wanted: Collection[Fingerprint], at: datetime
) -> Gathering | None:
    """Return what one message says of the cascades that a chat hears of, or wants to; else None.

    They belong together by when they began, so that whatever arrives late still joins them.
    """
    heard = {
        name: life for name, life in cascades.items() if life.message or life.owed or name in wanted
    }
    newest = max((life.episode for life in heard.values()), default=0)
    if ms_of(at) - newest > _WINDOW_MS:
        return None
    names = frozenset(name for name in heard if newest - heard[name].episode <= _WINDOW_MS)
    if len({name.base for name in names}) < _MARKETS:
        return None
    standing = [
        (heard[name].told_at, name, heard[name].message) for name in names if heard[name].message
    ]
    return Gathering(names, min(standing)[-1] if standing else "")


def is_recent(life: Life, at: datetime) -> bool:
    """Tell whether a message stands of what began so lately that others may belong with it."""
    return bool(life.message) and ms_of(at) - life.episode <= 2 * _WINDOW_MS


def gathered(
    gatherings: Mapping[ChatId, Gathering],
    standing: Iterable[Standing],
    places: Places,
    roster: Roster,
    *,
    at: datetime,
    changes: Changes,
) -> None:
    """Add to the changes what brings cascades into the message that is to list them.

    What has not left yet leaves with it. What stands elsewhere ends there, and is told on in it.
    """
    seen: dict[ChatId, list[Standing]] = defaultdict(list)
    for each in standing:
        seen[each.subscription.chat].append(each)
    for chat, (names, message) in gatherings.items():
        place = Place(message, at) if message else places.waiting(chat, EVERYWHERE)
        if place is None:
            continue
        known = {name: changes.lives.get(name) or roster.life(name) for name in sorted(names)}
        lives = {name: _brought(life, place, at, changes) for name, life in known.items()}
        parts = [each for each in seen[chat] if each.name in names] if message else []
        if any(lives[each.name].message != message for each in parts) or any(
            (life.owed_in, life.due_at) == place[:2] for life in lives.values()
        ):
            for each in parts:
                lives[each.name] = _told_on(each, lives[each.name], place, changes)
        changes.lives |= {name: life for name, life in lives.items() if life is not known[name]}


def _brought(life: Life, place: Place, at: datetime, changes: Changes) -> Life:
    """Let what is on its way leave with a message, unless it is held back for longer."""
    waits = life.due_at is not None and at < life.due_at <= at + INTERVAL
    if not waits or life.owed_in == place.message:
        return life
    before = changes.amendments.get(life.owed)
    alert = before.alert if before else None
    changes.amendments[life.owed] = Amendment(life.owed, place.message, place.due_at, alert)
    return life._replace(owed_in=place.message, due_at=place.due_at)


def _told_on(each: Standing, life: Life, place: Place, changes: Changes) -> Life:
    """Say in the message as it is now what stands there, or stood elsewhere."""
    whose, at = (each.subscription, each.name, life.episode), place.due_at
    if life.message != place.message:
        ended = change(*whose, News.CLOSED, message=life.message, at=at, words=GATHERED)
        changes.deliveries.append(ended)
    changes.deliveries.append(
        change(*whose, News.CHANGED, message=place.message, at=at, alert=each.alert)
    )
    return told_on(life, place.message, each.sight, at)
