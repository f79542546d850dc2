"""Instruments ⇄ the small numbers that stand for them in every other table."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liqbot.errors import StorageError
from liqbot.market.instrument import Instrument
from liqbot.storage import tables
from liqbot.storage.upserts import insert

Entry = tuple[int, bool]  # its number, and whether it is simulated


async def find(connection: AsyncConnection, instrument: Instrument) -> Entry | None:
    """Return an instrument's entry, or None for one that is not there."""
    row = (await connection.execute(_entry(instrument))).one_or_none()
    return None if row is None else (row.id, row.simulated)


async def enter(connection: AsyncConnection, instrument: Instrument, *, simulated: bool) -> int:
    """Return an instrument's number, made if need be.

    Raise StorageError where its market, on whatever venue, is kept as simulated and this is real,
    or the other way round: both would end up in one map.
    """
    entry = await find(connection, instrument)
    if entry is not None and entry[1] == simulated:
        return entry[0]
    every = tables.instruments
    held = await connection.scalars(
        select(every.c.simulated).where(every.c.base == instrument.base).distinct()
    )
    if set(held) - {simulated}:
        kept, seen = ("real", "simulated") if simulated else ("simulated", "real")
        raise StorageError(
            f"{instrument.base} is kept as a {kept} market and {instrument.venue} tells of a "
            f"{seen} one: give simulated markets a database of their own"
        )
    names = {"venue": instrument.venue, "base": instrument.base, "quote": instrument.quote}
    new = insert(every, connection.dialect).on_conflict_do_nothing()
    await connection.execute(new, names | {"simulated": simulated})
    number: int = (await connection.execute(_entry(instrument))).one().id
    return number


def _entry(instrument: Instrument) -> Select[Any]:
    every = tables.instruments.c
    return select(every.id, every.simulated).where(
        every.venue == instrument.venue,
        every.base == instrument.base,
        every.quote == instrument.quote,
    )
