"""Who wants to hear of what, in a database."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row as Found
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liqbot.alerting.alert import Fingerprint
from liqbot.alerting.delivery import State
from liqbot.alerting.lifecycle import Life
from liqbot.alerting.subscription import Subscription, Wish
from liqbot.chat.message import ChatId
from liqbot.market.holding import holding_in
from liqbot.market.units import Side
from liqbot.rules.rule import Severity
from liqbot.storage import tables
from liqbot.storage.database import Database
from liqbot.storage.ledger import lives as kept_lives
from liqbot.storage.ledger.reading import moment_at, portions, readable, us_of
from liqbot.storage.ledger.turns import turn

_EVERY = tables.subscriptions.c


class SqlSubscriptions:
    """Implements Subscriptions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, subscription: Subscription, lives: Mapping[Fingerprint, Life]
    ) -> Subscription:
        """Keep a subscription with the lives of what is true already; return it numbered."""
        async with turn(self._database) as connection:
            made = await connection.execute(
                insert(tables.subscriptions).returning(_EVERY.id), _values(subscription)
            )
            number = made.scalar_one()
            named = {each._replace(subscription=number): life for each, life in lives.items()}
            await kept_lives.keep(connection, named)
        return replace(subscription, id=number)

    async def listed(
        self, chat: ChatId | None = None, user: str | None = None
    ) -> tuple[Subscription, ...]:
        """Return all subscriptions, or those of a chat, a user or both, by number."""
        wanted = select(tables.subscriptions).order_by(_EVERY.id)
        if chat is not None:
            wanted = wanted.where(_EVERY.platform == chat.platform, _EVERY.address == chat.address)
        if user is not None:
            wanted = wanted.where(_EVERY.owner == user)
        async with self._database.reading() as connection:
            with readable("subscription"):
                return tuple(_read(row) for row in await connection.execute(wanted))

    async def put(self, subscription: Subscription) -> None:
        """Replace a subscription by its number; one that is gone stays gone."""
        async with turn(self._database) as connection:
            await change(connection, [subscription])

    async def delete(self, number: int) -> None:
        """Forget a subscription, its lives, and what its chat is still owed of it."""
        deliveries = tables.deliveries.c
        async with turn(self._database) as connection:
            await end(connection, [number])
            await connection.execute(
                delete(tables.deliveries).where(
                    deliveries.subscription == number, deliveries.state == State.OWED.value
                )
            )


async def known(connection: AsyncConnection, numbers: Iterable[int]) -> set[int]:
    """Return which of some subscriptions are there."""
    found: set[int] = set()
    for each in portions(numbers):
        found.update(await connection.scalars(select(_EVERY.id).where(_EVERY.id.in_(each))))
    return found


async def change(connection: AsyncConnection, changed: Iterable[Subscription]) -> None:
    """Replace subscriptions by their numbers, those that are there."""
    rows = [{"number": each.id, **_values(each)} for each in changed]
    if rows:
        by_number = update(tables.subscriptions).where(_EVERY.id == bindparam("number"))
        await connection.execute(by_number, rows)


async def end(connection: AsyncConnection, numbers: Iterable[int]) -> None:
    """Forget subscriptions, and with them their lives."""
    for each in portions(numbers):
        await connection.execute(delete(tables.subscriptions).where(_EVERY.id.in_(each)))


def _values(subscription: Subscription) -> dict[str, Any]:
    asked = subscription.followed_at
    return {
        "platform": subscription.chat.platform,
        "address": subscription.chat.address,
        "owner": subscription.user,
        "wish": _plain(subscription.wish),
        "created_us": us_of(subscription.created_at),
        "expires_us": us_of(subscription.expires_at),
        "reminded": subscription.reminded,
        "paused": subscription.paused,
        "role": subscription.role,
        "followed_us": None if asked is None else us_of(asked),
        "holding": asdict(subscription.wish.holding) if subscription.wish.holding else None,
    }


def _read(row: Found[Any]) -> Subscription:
    asked = row.followed_us
    return Subscription(
        id=row.id,
        chat=ChatId(row.platform, row.address),
        user=row.owner,
        wish=_wish(row.wish, row.holding),
        created_at=moment_at(row.created_us),
        expires_at=moment_at(row.expires_us),
        reminded=row.reminded,
        paused=row.paused,
        role=row.role,
        followed_at=None if asked is None else moment_at(asked),
    )


def _plain(wish: Wish) -> dict[str, Any]:
    plain = asdict(wish) | {"cooldown": wish.cooldown.total_seconds()}
    del plain["holding"]  # which has a place of its own
    return plain


def _wish(told: Mapping[str, Any], holding: Mapping[str, Any] | None) -> Wish:
    return Wish(
        **{
            **told,
            "side": Side(told["side"]) if told["side"] else None,
            "lines": tuple((setting, value) for setting, value in told["lines"]),
            "severity": Severity(told["severity"]),
            "cooldown": timedelta(seconds=told["cooldown"]),
            "holding": holding_in(holding) if holding else None,
        }
    )
