"""What chats are owed and what became of it, in a database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from liqbot.alerting.delivery import LEASE, Delivery, Post, State
from liqbot.storage import tables
from liqbot.storage.database import Database
from liqbot.storage.gathering import Gathering
from liqbot.storage.ledger import deliveries
from liqbot.storage.ledger.reading import portions, us_of
from liqbot.storage.ledger.turns import turn

_EVERY = tables.deliveries.c


class SqlOutbox:
    """Implements Outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._finishing = Gathering(self._finish)

    async def claim_due(self, at: datetime, limit: int) -> tuple[Post, ...]:
        """Claim at most so many messages that are due, the longest due first."""
        wanted = due_messages(us_of(at), limit)
        async with self._database.reading() as connection:
            found = (await connection.scalars(wanted)).all()
        if not found:
            return ()  # most who ask find nothing, and need no turn for it
        still = wanted.where(_EVERY.message.in_(found))
        async with turn(self._database) as connection:
            due = (await connection.scalars(still)).all()
            if len(due) < len(found):  # others were quicker
                due = (await connection.scalars(wanted)).all()
            posts: dict[str, list[Delivery]] = {name: [] for name in due}
            for names in portions(due):
                await _claim(connection, names, at)
                for each in await deliveries.find(connection, _EVERY.message.in_(names)):
                    posts[each.message].append(each)
        return tuple(_post(each) for each in posts.values())

    async def release(self, at: datetime) -> int:
        """Owe again at a moment whatever is claimed, and count it; for who alone may claim."""
        async with turn(self._database) as connection:
            released = await connection.execute(
                update(tables.deliveries)
                .where(_EVERY.state == State.CLAIMED.value)
                .values(state=State.OWED.value, due_us=us_of(at))
            )
            return released.rowcount

    async def finish(self, post: Post) -> None:
        """Keep what became of the deliveries of a post; those added meanwhile stay."""
        await self._finishing.ask(post)

    async def _finish(self, posts: Sequence[Post]) -> Sequence[None]:
        async with turn(self._database) as connection:
            tried = [delivery for each in posts for delivery in each.deliveries]
            await deliveries.finish(connection, tried)
        return [None] * len(posts)


class SqlDeliveries:
    """Implements Deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ended(self, numbers: Collection[str]) -> Mapping[str, Delivery]:
        """Return those of some deliveries that are sent, refused or expired, by id."""
        found: list[Delivery] = []
        is_over = _EVERY.state.in_(deliveries.OVER)
        async with self._database.reading() as connection:
            for each in portions(numbers):
                found += await deliveries.find(connection, _EVERY.id.in_(each), is_over)
        return {each.id: each for each in found}

    async def sent(self, since: datetime) -> tuple[Delivery, ...]:
        """Return all deliveries that were sent since a moment, by when and id."""
        was = (_EVERY.state == State.SENT.value, _EVERY.ended_us >= us_of(since))
        async with self._database.reading() as connection:
            found = await deliveries.find(connection, *was)
        return tuple(sorted(found, key=lambda each: (each.ended_at or since, each.id)))

    async def about(self, number: str) -> tuple[Delivery, ...]:
        """Return all deliveries of an alert or a message, by its id, in the order made."""
        named = or_(_EVERY.alert_id == number, _EVERY.message == number)
        async with self._database.reading() as connection:
            return tuple(await deliveries.find(connection, named))


def due_messages(at_us: int, limit: int) -> Select[str]:
    """Ask for the messages that `delivery.is_due` says are due, the longest due first."""
    # By the bare column SQLite would rather not sort, and read all that was ever sent for it.
    name = _EVERY.message.concat(literal_column("''"))
    first = func.min(_EVERY.due_us)
    other = tables.deliveries.alias()
    later = exists().where(
        other.c.message == _EVERY.message, deliveries.waits(other), other.c.due_us > at_us
    )
    return (
        select(name)
        .where(_is_free(at_us), ~later)
        .group_by(name)
        .order_by(first, name)
        .limit(limit)
    )


async def _claim(connection: AsyncConnection, names: Collection[str], at: datetime) -> None:
    await connection.execute(
        update(tables.deliveries)
        .where(_EVERY.message.in_(names), _is_free(us_of(at)))
        .values(state=State.CLAIMED.value, due_us=us_of(at + LEASE))
    )


def _is_free(at_us: int) -> ColumnElement[bool]:
    """Say that a delivery waits, and for nothing: neither for its time nor for a claim to lapse."""
    return and_(deliveries.waits(tables.deliveries), _EVERY.due_us <= at_us)


def _post(listed: list[Delivery]) -> Post:
    chat = next(each.chat for each in listed if each.state is State.CLAIMED)
    return Post(message=listed[0].message, chat=chat, deliveries=tuple(listed))
