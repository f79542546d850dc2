"""How Alembic reaches the database: by the connection it is given, else by LIQBOT_DATABASE_URL."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection

from liqbot.storage.database import open_database
from liqbot.storage.tables import METADATA


def run(connection: Connection) -> None:
    """Run what was asked for, in the connection's transaction."""
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_alone() -> None:
    """Open a database for a command typed by a developer, such as `alembic check`."""
    async with (
        open_database(os.environ["LIQBOT_DATABASE_URL"]) as database,
        database.writing() as connection,
    ):
        await connection.run_sync(run)


if "connection" in context.config.attributes:
    run(context.config.attributes["connection"])
else:
    asyncio.run(run_alone())
