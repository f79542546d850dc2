"""All who write to the ledger go one after the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from liqbot.storage.database import Database

_LOCK = 0x6C656467  # "ledg"
# Somebody who was stopped in the middle of a turn keeps the others waiting for so long.
_LONGEST = "set_config('idle_in_transaction_session_timeout', '30s', true)"
_TAKE = text(f"SELECT pg_advisory_xact_lock({_LOCK}), {_LONGEST}")


@asynccontextmanager
async def turn(database: Database) -> AsyncIterator[AsyncConnection]:
    """Give a connection for one short transaction, of which there is never another at a time.

    SQLite takes one writer at a time anyway. PostgreSQL would let a claim see half of what is
    amended, and two who change the same rows in another order stop each other.
    """
    async with database.writing() as connection:
        if database.dialect == "postgresql":
            await connection.execute(_TAKE)
        yield connection
