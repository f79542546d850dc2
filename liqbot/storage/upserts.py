"""Rows into tables, so that what comes twice is kept once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Dialect, Table, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.dml import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert
from sqlalchemy.ext.asyncio import AsyncConnection

from liqbot.storage import tables

Row: TypeAlias = tuple[Any, ...]


async def put(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Write rows, each a value per column in the table's order, as the driver takes them.

    Where a key is there already its values are replaced, though never by NULL where a column may
    be unknown, and a book only by one as new.
    """
    if rows:
        await connection.exec_driver_sql(_sql(table, connection.dialect), list(rows))


def insert(table: Table, dialect: Dialect) -> SqliteInsert | PostgresqlInsert:
    """Return an INSERT that can say what happens to what is there already."""
    return sqlite.insert(table) if dialect.name == "sqlite" else postgresql.insert(table)


@lru_cache
def _sql(table: Table, dialect: Dialect) -> str:
    # Handing SQLAlchemy a mapping per row takes four times as long for a month of bars.
    return str(_upsert(table, dialect).compile(dialect=dialect))


def _upsert(table: Table, dialect: Dialect) -> SqliteInsert | PostgresqlInsert:
    statement = insert(table, dialect)
    key = list(table.primary_key)
    told = statement.excluded
    replaced = {
        column.name: func.coalesce(told[column.name], column)
        if column.nullable
        else told[column.name]
        for column in table.columns
        if column not in key
    }
    if not replaced:
        return statement.on_conflict_do_nothing(index_elements=key)
    newer = told.at_ms >= table.c.at_ms if table is tables.books else None
    return statement.on_conflict_do_update(index_elements=key, set_=replaced, where=newer)
