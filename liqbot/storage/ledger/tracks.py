"""Clusters as they were followed, in a database."""

from datetime import datetime

from sqlalchemy import select

from liqbot.storage import tables
from liqbot.storage.database import Database
from liqbot.storage.ledger.reading import moment_at, us_of
from liqbot.storage.ledger.turns import turn
from liqbot.storage.upserts import put


class SqlTracks:
    """Implements Tracks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, base: str, text: str, at: datetime) -> None:
        """Keep how a market's clusters were followed up to a moment."""
        async with turn(self._database) as connection:
            await put(connection, tables.tracks, [(base, us_of(at), text)])

    async def get(self, base: str) -> tuple[str, datetime] | None:
        """Return what was kept last, and of when; None if nothing was."""
        every = tables.tracks.c
        async with self._database.reading() as connection:
            found = await connection.execute(
                select(every.text, every.at_us).where(every.base == base)
            )
            row = found.one_or_none()
        return None if row is None else (row.text, moment_at(row.at_us))
