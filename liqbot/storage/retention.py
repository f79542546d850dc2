"""What is forgotten, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from annotated_types import Interval
from sqlalchemy import Column, Delete, Table, delete, func, select

from liqbot.market.mending import SNAP_MS
from liqbot.market.units import DAY_MS, HOUR_MS, ms_of
from liqbot.storage import tables
from liqbot.storage.database import Database
from liqbot.storage.rows import BAR_MS

_BATCH = 2_000  # rows a transaction, so that no writer waits for long


_SAMPLED = {  # how long a slot is of which one sample stays
    tables.open_interest.c.quantity: BAR_MS,
    tables.funding.c.rate: HOUR_MS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long what was seen is kept; brackets and models stay for good."""

    history_days: Annotated[
        int, Interval(ge=35, le=3650), "Days of candles, open interest and funding."
    ] = 100
    tape_days: Annotated[int, Interval(ge=35, le=3650), "Days of forced orders."] = 100
    book_days: Annotated[int, Interval(ge=1, le=3650), "Days of order books."] = 7
    map_days: Annotated[int, Interval(ge=1, le=3650), "Days of hourly maps."] = 100


async def prune(database: Database, retention: Retention, at: datetime) -> int:
    """Forget what is older than it is kept for at a moment, and thin samples; count the rows.

    Of what is sampled at every poll, once it is an hour old, only the known sample nearest to
    the end of each slot stays: that is what venues tell of their past, so what is kept does not
    depend on when they were polled. Funding is settled some milliseconds past the hour, so a slot
    begins and ends 2 s late. Raise StorageError.
    """
    async with database.reading() as connection:
        ids = (await connection.scalars(select(tables.instruments.c.id))).all()
        bases = (await connection.scalars(select(tables.snapshots.c.base).distinct())).all()
    count = 0
    for statement in _statements(retention, ms_of(at), ids, bases):
        forgotten = _BATCH
        while forgotten >= _BATCH:
            async with database.writing() as connection:
                forgotten = (await connection.execute(statement)).rowcount
            count += forgotten
    return count


def _statements(
    retention: Retention, now_ms: int, ids: Sequence[int], bases: Sequence[str]
) -> Iterator[Delete]:
    """Yield what is to be repeated until it finds little."""
    days = {
        tables.bars: retention.history_days,
        tables.marks: retention.history_days,
        tables.open_interest: retention.history_days,
        tables.funding: retention.history_days,
        tables.tape: retention.tape_days,
        tables.books: retention.book_days,
    }
    for instrument_id in ids:
        for table, kept in days.items():
            yield _older(table, instrument_id, now_ms - kept * DAY_MS)
        hour_ms = now_ms // HOUR_MS * HOUR_MS - HOUR_MS
        for value, slot_ms in _SAMPLED.items():
            yield _thinning(value, slot_ms, instrument_id, hour_ms)
    for base in bases:
        yield _older(tables.snapshots, base, now_ms - retention.map_days * DAY_MS)


def _older(table: Table, owner: int | str, before_ms: int) -> Delete:
    whose, stamp = _key(table)
    doomed = select(stamp).where(whose == owner, stamp < before_ms).order_by(stamp).limit(_BATCH)
    return delete(table).where(whose == owner, stamp.in_(doomed))


def _thinning(value: Column[Any], slot_ms: int, instrument_id: int, until_ms: int) -> Delete:
    whose, stamp = _key(value.table)
    slot = (stamp - SNAP_MS + slot_ms - 1) // slot_ms
    nearest_first = (value.is_(None), func.abs(stamp - slot * slot_ms), stamp.desc())
    place = func.row_number().over(partition_by=slot, order_by=nearest_first)
    placed = (
        select(stamp.label("stamp"), place.label("place"))
        .where(whose == instrument_id, stamp <= until_ms + SNAP_MS)
        .subquery()
    )
    doomed = select(placed.c.stamp).where(placed.c.place > 1).limit(_BATCH)
    return delete(value.table).where(whose == instrument_id, stamp.in_(doomed))


def _key(table: Table) -> tuple[Column[Any], Column[Any]]:
    """Return the columns that say whose a row is, and of when."""
    whose, stamp, *_ = table.primary_key
    return whose, stamp
