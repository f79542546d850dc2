"""What the commands share that show and change somebody's subscriptions."""

from collections.abc import Sequence
from datetime import datetime

from liqbot.alerting.alert import EVERYWHERE
from liqbot.alerting.phrasing import echo
from liqbot.alerting.roster import Terms
from liqbot.alerting.subscription import Recipient, Subscription
from liqbot.alerting.vocabulary import rule_words
from liqbot.chat.arguments import MARKET, Known, Word
from liqbot.chat.numbers import Numbers
from liqbot.commands.command import Caller, view_of
from liqbot.desk import Desk
from liqbot.errors import CommandError, Unreadable, excerpt

ALL = "all"

_DIGITS = 9
_NAMED = 8  # subscriptions whose numbers are told


def _number(text: str, _: Known) -> int | None:
    plain = text.strip().removeprefix("#").lower()
    if plain == ALL:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) <= _DIGITS):
        raise Unreadable("number of an alert", text, "3, or all")
    return int(plain)


def _base(text: str, known: Known) -> str:
    if text.strip().lower() == ALL:
        return EVERYWHERE
    return str(MARKET.read(text, known).base)


NUMBER = Word("3, or all; /alerts lists them", _number, lambda _: (ALL,))  # None: all
BASE = Word("BTC, or all", _base, lambda known: (*known.bases, ALL))  # EVERYWHERE: all


async def owned(desk: Desk, caller: Caller) -> tuple[Subscription, ...]:
    """Return what a caller may see and change: that of their own chat, or of the one they mean."""
    return await desk.ledger.subscriptions.listed(chat=caller.home)


async def chosen(desk: Desk, caller: Caller, number: int | None) -> tuple[Subscription, ...]:
    """Return the subscription of a number, or all of a caller's.

    Raise CommandError for none: the same for one that belongs to others as for one that is not.
    """
    there = await owned(desk, caller)
    found = tuple(each for each in there if number in {None, each.id})
    if not found:
        which = "alerts" if number is None else f"alert {number}"
        raise CommandError(f"{owner(caller)} no {which}. {_there(there)}")
    return found


def owner(caller: Caller) -> str:
    """Say who has what is listed."""
    return "This chat has" if caller.speaks_for else "You have"


async def recipient_of(desk: Desk, caller: Caller) -> tuple[Recipient, Numbers]:
    """Return how a chat wants to be told, and how it reads figures."""
    recipient = await desk.ledger.recipients.get(caller.home)
    view = view_of(desk.view, recipient)
    return recipient, Numbers(view.locale, view.zone)


def phrased(subscription: Subscription, terms: Terms) -> str:
    """Return what is subscribed to, in words."""
    wish = subscription.wish
    rule = terms.rules.get(wish.rule)
    if rule is None:
        return f"{wish.base or ALL} {rule_words(wish.rule)}, which nobody looks for here now"
    return echo(wish, rule)


def moment(at: datetime, numbers: Numbers) -> str:
    """Write a day and a time of day in the reader's zone: 21 Dec 15:30 UTC."""
    here = numbers.local(at)
    return f"{numbers.day(here)} {here:%H:%M} {numbers.zone}"


def market(base: str) -> str:
    """Name a market, or all of them."""
    return "all markets" if base == EVERYWHERE else excerpt(base)


def _there(there: Sequence[Subscription]) -> str:
    if not there:
        return "/subscribe makes one."
    named = ", ".join(str(each.id) for each in there[:_NAMED])
    more = " …" if len(there) > _NAMED else ""
    return f"There is {named}{more}; /alerts lists them."
