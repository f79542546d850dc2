"""Deliveries ⇄ rows."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Dialect,
    FromClause,
    bindparam,
    case,
    literal_column,
    select,
    update,
)
from sqlalchemy import Row as Found
from sqlalchemy.ext.asyncio import AsyncConnection

from liqbot.alerting.alert import Alert, Fingerprint, News, decoded, encoded
from liqbot.alerting.delivery import Delivery, State
from liqbot.alerting.roster import Amendment
from liqbot.chat.message import ChatId
from liqbot.storage import tables
from liqbot.storage.ledger.reading import moment_at, readable, us_of
from liqbot.storage.upserts import Row, insert

OVER = (State.SENT.value, State.REFUSED.value, State.EXPIRED.value)
_WAITING = (State.OWED, State.CLAIMED)

_EVERY = tables.deliveries.c


async def add(connection: AsyncConnection, made: Sequence[Delivery]) -> None:
    """Keep new deliveries in the order made; those known already stay as they are."""
    if made:
        rows = [_row(each) for each in made]
        await connection.exec_driver_sql(_insert(connection.dialect), rows)


async def amend(connection: AsyncConnection, amendments: Iterable[Amendment]) -> None:
    """Let what is owed, and not claimed, say something else in another message at another time."""
    alert: BindParameter[str] = bindparam("alert")
    statement = (
        update(tables.deliveries)
        .where(_EVERY.id == bindparam("delivery"), _EVERY.state == State.OWED.value)
        .values(
            message=bindparam("into"),
            due_us=bindparam("at_us"),
            alert=case((alert == "", _EVERY.alert), else_=alert),
        )
    )
    rows = [
        {
            "delivery": each.delivery,
            "into": each.message,
            "at_us": us_of(each.due_at),
            "alert": _text(each.alert),
        }
        for each in amendments
    ]
    if rows:
        await connection.execute(statement, rows)


async def finish(connection: AsyncConnection, tried: Iterable[Delivery]) -> None:
    """Keep how deliveries stand after they were tried; what is over stays over."""
    rows = [
        {
            "delivery": each.id,
            "platform": each.chat.platform,
            "address": each.chat.address,
            "state": each.state.value,
            "due_us": us_of(each.due_at),
            "attempts": each.attempts,
            "ended_us": None if each.ended_at is None else us_of(each.ended_at),
            "sent": each.sent,
        }
        for each in tried
    ]
    known = _EVERY.id == bindparam("delivery")
    statement = update(tables.deliveries).where(known, waits(tables.deliveries))
    if rows:
        await connection.execute(statement, rows)


async def find(connection: AsyncConnection, *where: Any) -> list[Delivery]:  # noqa: ANN401  # as `where` takes them
    """Return the deliveries of which all is true, in the order made.

    Raise StorageError for a damaged one.
    """
    wanted = select(tables.deliveries).where(*where).order_by(_EVERY.number)
    with readable("delivery"):
        return [_read(row) for row in await connection.execute(wanted)]


def waits(table: FromClause) -> ColumnElement[bool]:
    """Say that a delivery is owed or claimed.

    The words are part of the statement: what a parameter will be tells no planner which index.
    """
    return table.c.state.in_([literal_column(f"'{each}'") for each in _WAITING])


@lru_cache
def _insert(dialect: Dialect) -> str:
    names = [column.name for column in tables.deliveries.columns if column.name != "number"]
    statement = insert(tables.deliveries, dialect).on_conflict_do_nothing(index_elements=["id"])
    return str(statement.compile(dialect=dialect, column_keys=names))


def _row(delivery: Delivery) -> Row:
    name, ended_at = delivery.fingerprint, delivery.ended_at
    return (
        delivery.id,
        delivery.message,
        delivery.chat.platform,
        delivery.chat.address,
        delivery.subscription,
        delivery.news.value,
        us_of(delivery.made_at),
        us_of(delivery.due_at),
        delivery.alert_id,
        *(name[1:] if name else ("", "", "")),
        delivery.episode,
        _text(delivery.alert),
        delivery.words,
        delivery.silent,
        delivery.held,
        delivery.role,
        delivery.state.value,
        delivery.attempts,
        None if ended_at is None else us_of(ended_at),
        delivery.sent,
    )


def _text(alert: Alert | None) -> str:
    return "" if alert is None else encoded(alert)


def _read(row: Found[Any]) -> Delivery:
    about = (row.subscription, row.rule, row.base, row.about)
    return Delivery(
        id=row.id,
        message=row.message,
        chat=ChatId(row.platform, row.address),
        subscription=row.subscription,
        news=News(row.news),
        made_at=moment_at(row.made_us),
        due_at=moment_at(row.due_us),
        fingerprint=Fingerprint(*about) if row.alert_id else None,
        episode=row.episode,
        alert=decoded(row.alert) if row.alert else None,
        words=row.words,
        silent=row.silent,
        held=row.held,
        role=row.role,
        state=State(row.state),
        attempts=row.attempts,
        ended_at=None if row.ended_us is None else moment_at(row.ended_us),
        sent=row.sent,
    )
