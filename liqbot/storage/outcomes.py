"""What came of alerts, in a database."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import select, update

from liqbot.alerting.grading import Outcome, Pending, encoded, outcome_in, pending_in
from liqbot.market.units import ms_of
from liqbot.storage.database import Database
from liqbot.storage.ledger.reading import readable
from liqbot.storage.tables import outcomes
from liqbot.storage.upserts import insert

_TO_THE_NEXT_MS = timedelta(microseconds=999)


class SqlOutcomes:
    """Implements Outcomes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, pending: Pending) -> None:
        """Keep what is to be graded; one that is kept already, graded or not, stays as it is."""
        async with self._database.writing() as connection:
            row = insert(outcomes, connection.dialect).values(
                id=pending.id,
                at_ms=ms_of(pending.at),
                due_ms=ms_of(pending.due_at),
                text=encoded(pending),
            )
            await connection.execute(row.on_conflict_do_nothing(index_elements=[outcomes.c.id]))

    async def due(self, at: datetime, limit: int) -> tuple[Pending, ...]:
        """Return at most so many that can be graded by a moment, the longest due first, by id."""
        wanted = (
            select(outcomes.c.text)
            .where(outcomes.c.due_ms <= ms_of(at))
            .order_by(outcomes.c.due_ms, outcomes.c.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            with readable("case"):
                return tuple(pending_in(text) for text in await connection.scalars(wanted))

    async def finish(self, outcome: Outcome) -> None:
        """Keep what came of a pending one; what is graded or unknown already stays as it is."""
        pending = outcomes.c.id == outcome.pending.id, outcomes.c.due_ms.is_not(None)
        async with self._database.writing() as connection:
            await connection.execute(
                update(outcomes).where(*pending).values(due_ms=None, text=encoded(outcome))
            )

    async def graded(self, since: datetime) -> tuple[Outcome, ...]:
        """Return what came of all that was told since a moment, in order of time and id."""
        wanted = (
            select(outcomes.c.text)
            .where(outcomes.c.due_ms.is_(None), outcomes.c.at_ms >= ms_of(since + _TO_THE_NEXT_MS))
            .order_by(outcomes.c.at_ms, outcomes.c.id)
        )
        async with self._database.reading() as connection:
            texts = tuple(await connection.scalars(wanted))
        with readable("verdict"):  # of months there are thousands
            return await asyncio.to_thread(lambda: tuple(map(outcome_in, texts)))
