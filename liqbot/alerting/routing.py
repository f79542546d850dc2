"""Who hears of what now: a tick's looks, as steps of every life that they touch."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from liqbot.alerting.alert import EVERYWHERE, Alert, Doubt, Fingerprint, News
from liqbot.alerting.delivery import Delivery, State, change
from liqbot.alerting.gathering import CASCADE, Standing, is_recent
from liqbot.alerting.grouping import Want, emitted
from liqbot.alerting.lifecycle import (
    QUIET,
    UNSEEN,
    Life,
    Phase,
    Sight,
    advance,
    already,
    followed,
    moved_away,
    told,
    undelivered,
)
from liqbot.alerting.looking import Look, Seen, by_holding, demand, sights
from liqbot.alerting.placing import group_key
from liqbot.alerting.roster import Amendment, Changes, Roster, Terms
from liqbot.alerting.subscription import Subscription
from liqbot.market.units import ms_of
from liqbot.rules import RULES
from liqbot.rules.rule import NEARNESS, Blind, Finding, Rule

_MIGRATED = "migrated"
_SOON = timedelta(minutes=2)  # before it leaves, what is owed is kept up to date
_NOTHING: Mapping[str, Seen] = MappingProxyType({})


class _Turn(NamedTuple):
    """One look, while it is routed."""

    look: Look
    rule: Rule[Any]
    at: datetime
    changes: Changes
    wants: list[Want]
    standing: list[Standing]
    steps: dict[tuple[Life, Sight, timedelta], tuple[Life, News | None]]  # by cooldown
    perishable: bool
    unproven: Doubt | None


def route(roster: Roster, looks: Iterable[Look], at: datetime, terms: Terms) -> Changes:
    """Take one step of every life that the looks are about, and say what chats are owed of it.

    Lives of rules and markets that no look is about, and of blind ones, neither begin nor end.
    """
    changes, wants, standing = Changes(), list[Want](), list[Standing]()
    for look in looks:
        rule, doubt = terms.rules[look.rule], terms.unproven.get((look.rule, look.base))
        perishable = is_perishable(rule)
        turn = _Turn(look, rule, at, changes, wants, standing, {}, perishable, doubt)
        if isinstance(look.seen, Blind):
            _miss(turn, roster)
        else:
            _see(turn, roster, look.seen, terms)
    emitted(roster, wants, at, terms, changes, standing=standing)
    return changes


def received(roster: Roster, ended: Mapping[str, Delivery]) -> Changes:
    """Say what changes as deliveries that lives waited for arrived, or never will.

    `ended` are those of `roster.owed` that are over, by id.
    """
    changes = Changes()
    for number, delivery in ended.items():
        name = roster.owed.get(number)
        if name is None:
            continue
        life = roster.life(name)
        alert, arrived = delivery.alert, delivery.state is State.SENT
        if arrived and alert is not None and delivery.ended_at is not None:
            finding = alert.finding
            changes.lives[name] = told(life, finding.value, finding.rank, delivery.ended_at)
            changes.deliveries += _replaced(roster, name, delivery.ended_at)
        else:
            changes.lives[name] = undelivered(life)
            changes.trails[group_key(delivery.chat, name.base)] = ()
    return changes


def _replaced(roster: Roster, name: Fingerprint, at: datetime) -> Iterator[Delivery]:
    """Yield that a message that stands is told on in another, unless it stays as it was said."""
    life, rule = roster.life(name), RULES.get(name.rule)
    asked = roster.subscriptions.get(name.subscription)
    past = rule is not None and rule.patience.past
    if asked is not None and not past and life.message not in ("", life.owed_in):
        words = News.REPEATED.value
        yield change(
            asked, name, life.episode, News.CLOSED, message=life.message, at=at, words=words
        )


def standing(
    subscription: Subscription, looks: Iterable[Look], at: datetime, terms: Terms
) -> tuple[dict[Fingerprint, Life], list[Finding]]:
    """Return what is true already as somebody subscribes: lives that count as told, and findings.

    The answer says it at once, and only what comes later is a crossing.
    """
    lives, found = dict[Fingerprint, Life](), list[Finding]()
    wish = subscription.wish
    for look in looks:
        there = EVERYWHERE in (look.base, wish.base) or look.base == wish.base
        if look.rule != wish.rule or not there or isinstance(look.seen, Blind):
            continue
        settings = terms.settings[look.rule]
        for about, seen in sights(look.seen, demand(wish), settings, terms.venues).items():
            if seen.sight.entered:
                name = Fingerprint(subscription.id, look.rule, look.base, about)
                lives[name] = already(seen.sight, at)
                found.append(seen.finding)
    return lives, found


def _miss(turn: _Turn, roster: Roster) -> None:
    """Mark that nobody can tell."""
    rule, base = turn.look.rule, turn.look.base
    for (number, about), life in roster.lives.get((rule, base), {}).items():
        missed, _ = advance(life, None, turn.at, turn.rule.patience, timedelta(0))
        if missed is not life:
            turn.changes.lives[Fingerprint(number, rule, base, about)] = missed


def _see(turn: _Turn, roster: Roster, findings: tuple[Finding, ...], terms: Terms) -> None:
    """Step the lives of what is seen, then of what is seen no more."""
    look, settings = turn.look, terms.settings[turn.look.rule]
    here = roster.lives.get((look.rule, look.base), {})
    seen_by: dict[int, Mapping[str, Seen]] = {}
    there = by_holding(findings)  # of thousands of positions, each looks at its own alone
    for wanted, subscriptions in roster.listeners(look.rule, look.base):
        seen = sights(there.get(wanted.holding, ()), wanted, settings, terms.venues)
        seen_by |= dict.fromkeys((each.id for each in subscriptions), seen)
        for about, each in seen.items():
            entered = each.sight.entered
            for subscription in subscriptions:
                life = here.get((subscription.id, about))
                if life is not None:
                    _step(turn, subscription, about, life, each)
                elif entered:
                    _step(turn, subscription, about, QUIET, each)
    for (number, about), life in here.items():
        if life.phase is Phase.INACTIVE:
            continue
        if about in seen_by.get(number, _NOTHING):
            continue
        gone = roster.subscriptions.get(number)
        if gone is not None and not gone.paused:
            _step(turn, gone, about, life, None)


def _step(
    turn: _Turn, subscription: Subscription, about: str, before: Life, seen: Seen | None
) -> None:
    """Advance one life; note what became of it, and what it wants to tell."""
    look, at, wish = turn.look, turn.at, subscription.wish
    life = _asked_for(before, subscription) if before.barred else before
    if about in look.ends and _went(turn, subscription, about, life):
        after, news = moved_away(life, at)
    else:
        after, news = _advanced(turn, life, seen.sight if seen else UNSEEN, wish.cooldown)
    is_same = after == before
    stands = look.rule == CASCADE and is_recent(after, at)
    if is_same and news is None and not after.owed and not stands:
        return
    name = Fingerprint(subscription.id, look.rule, look.base, about)
    if stands and seen is not None:
        alert = _alert(turn, name, after, seen)
        turn.standing.append(Standing(subscription, name, seen.sight, alert))
    if not is_same:
        turn.changes.lives[name] = after
    if news is News.CLOSED:
        ending = look.ends.get(about)
        _edit(turn, subscription, name, life, news, words=ending.kind if ending else "")
    elif seen is not None and news is News.CHANGED:
        _edit(turn, subscription, name, life, news, alert=_alert(turn, name, after, seen))
    elif seen is not None and news is not None:
        alert = _alert(turn, name, after, seen)
        turn.wants.append(Want(subscription, name, after, news, seen.sight, alert))
    elif seen is not None and after.due_at is not None and after.due_at <= at + _SOON:
        alert = _alert(turn, name, after, seen)
        turn.changes.amendments[after.owed] = Amendment(
            after.owed, after.owed_in, after.due_at, alert
        )


def _advanced(
    turn: _Turn, life: Life, sight: Sight, cooldown: timedelta
) -> tuple[Life, News | None]:
    """Take one step of a life; while nobody was told, those of all who see the same are one."""
    if life.tellings:
        return advance(life, sight, turn.at, turn.rule.patience, cooldown)
    step = turn.steps.get((life, sight, cooldown))
    if step is None:
        step = advance(life, sight, turn.at, turn.rule.patience, cooldown)
        turn.steps[life, sight, cooldown] = step
    return step


def _asked_for(life: Life, subscription: Subscription) -> Life:
    """Return a barred life, which goes on if somebody has asked for it since."""
    asked = subscription.followed_at
    return followed(life) if asked and life.since and asked >= life.since else life


def _went(turn: _Turn, subscription: Subscription, about: str, life: Life) -> bool:
    """Tell whether a place that somebody is told of is elsewhere now, and nobody said to follow."""
    ending, asked = turn.look.ends[about], subscription.followed_at
    return (
        ending.kind == _MIGRATED
        and turn.perishable
        and life.is_on
        and ms_of(ending.at) >= life.episode
        and not (asked and asked >= ending.at)
    )


def is_perishable(rule: Rule[Any]) -> bool:
    """Tell whether what a rule says of a place is worth nothing once price has moved on."""
    return rule.patience == NEARNESS


def _alert(turn: _Turn, name: Fingerprint, life: Life, seen: Seen) -> Alert:
    return Alert(
        fingerprint=name,
        episode=life.episode,
        begun=life.begun or turn.at,
        at=turn.at,
        data_at=turn.look.data_at,
        finding=seen.finding,
        chart=turn.rule.chart,
        perishable=turn.perishable,
        simulated=turn.look.simulated,
        unproven=turn.unproven,
    )


def _edit(
    turn: _Turn,
    subscription: Subscription,
    name: Fingerprint,
    life: Life,
    news: News,
    *,
    alert: Alert | None = None,
    words: str = "",
) -> None:
    """Change the message that stands, and the one that is on its way, in their places."""
    places = [(life.message, turn.at)] if life.message else []
    places += [(life.owed_in, life.due_at)] if life.owed and life.due_at else []
    turn.changes.deliveries += [
        change(
            subscription,
            name,
            life.episode,
            news,
            message=message,
            at=turn.at,
            due_at=due_at,
            alert=alert,
            words=words,
        )
        for message, due_at in places
    ]
