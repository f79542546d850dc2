"""A database in which many chats are owed one alert each, all from one moment on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from liqbot.alerting.delivery import Delivery
from liqbot.alerting.roster import Changes, Roster
from liqbot.alerting.routing import route
from liqbot.alerting.subscription import Subscription, Wish
from liqbot.chat.message import ChatId
from liqbot.storage.database import open_database
from liqbot.storage.ledger.stores import sql_ledger
from liqbot.storage.migration import migrate
from tests.alerting.stage import TERMS, look, ratio

_RULE = "asymmetric_cluster"  # what it says is still worth telling after ten minutes
_PATIENCE = timedelta(minutes=5)  # before it is told


async def owe(url: str, chats: Sequence[ChatId], due_at: datetime) -> None:
    """Make the tables, subscribe the chats and owe each of them the same alert."""
    async with open_database(url) as database:
        await migrate(database)
        ledger = sql_ledger(database)
        kept = []
        for chat in chats:
            wanted = _subscription(chat, due_at)
            kept.append(await ledger.subscriptions.add(wanted, {}))
        await ledger.watch.settle(Changes(deliveries=_deliveries(kept, due_at)))


def _deliveries(subscriptions: Sequence[Subscription], due_at: datetime) -> list[Delivery]:
    """Return what the router owes to subscriptions, due at a moment."""
    roster, made = Roster(subscriptions), list[Delivery]()
    for step in range(3):
        at = due_at - 2 * _PATIENCE + step * _PATIENCE
        changes = route(roster, [look(ratio(3.0), rule=_RULE, at=at)], at, TERMS)
        roster.apply(changes)
        made += changes.deliveries
    return [replace(each, due_at=due_at) for each in made]


def _subscription(chat: ChatId, due_at: datetime) -> Subscription:
    return Subscription(
        id=0,
        chat=chat,
        user=chat.user or "0",
        wish=Wish(rule=_RULE, base="BTC", grade="D", lone=True),
        created_at=due_at - timedelta(days=1),
        expires_at=datetime(2100, 1, 1, tzinfo=UTC),
    )
