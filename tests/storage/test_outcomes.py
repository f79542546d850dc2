"""What a database does with outcomes beyond the contract."""

import pytest
from sqlalchemy import select, update

from liqbot.errors import StorageError
from liqbot.market.units import moment_of
from liqbot.storage.database import Database
from liqbot.storage.outcomes import SqlOutcomes
from liqbot.storage.tables import outcomes
from tests.alerting.levels import a_pending, an_outcome
from tests.builders import START_MS

LATER = moment_of(2 * START_MS)


async def test_another_process_goes_on_where_one_stopped(database: Database) -> None:
    await SqlOutcomes(database).add(a_pending())
    assert await SqlOutcomes(database).due(LATER, 9) == (a_pending(),)


async def test_what_is_graded_is_one_row_and_no_more_due(database: Database) -> None:
    kept, outcome = SqlOutcomes(database), an_outcome(name="a")
    await kept.add(outcome.pending)
    await kept.finish(outcome)
    async with database.reading() as connection:
        rows = (await connection.execute(select(outcomes.c.id, outcomes.c.due_ms))).all()
    assert [tuple(row) for row in rows] == [("a", None)]


async def test_a_damaged_row_says_so(database: Database) -> None:
    kept, outcome = SqlOutcomes(database), an_outcome(name="a")
    await kept.add(outcome.pending)
    async with database.writing() as connection:
        await connection.execute(update(outcomes).values(text="{}"))
    with pytest.raises(StorageError, match="a case kept is damaged"):
        await kept.due(LATER, 9)
    await kept.finish(outcome)
    async with database.writing() as connection:
        await connection.execute(update(outcomes).values(text="{}"))
    with pytest.raises(StorageError, match="a verdict kept is damaged"):
        await kept.graded(moment_of(0))
