"""Brings a database up to date with this version of liqbot."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from liqbot.errors import StorageError
from liqbot.storage.database import Database
from liqbot.storage.faults import UNMIGRATED

_INSTALLED = Path(__file__).parent / "migrations"  # where the wheel has them
_SCRIPTS = _INSTALLED if _INSTALLED.exists() else Path(__file__).parents[2] / "migrations"
_LOCK = 0x6C697162  # "liqb": two processes that start at once migrate one after the other


async def migrate(database: Database) -> tuple[str | None, str]:
    """Bring a database to this version's tables; return the revisions it was and is at.

    None stands for an empty one. Raise StorageError for one that a newer version has migrated.
    """
    async with database.writing() as connection:
        if database.dialect == "postgresql":
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        before = await connection.run_sync(_revision)
        _refuse_newer(database, before)
        await connection.run_sync(lambda inner: command.upgrade(settings(inner), "head"))
        return before, newest()


async def check_migrated(database: Database) -> str:
    """Return the revision a database is at; raise StorageError unless it is this version's."""
    async with database.reading() as connection:
        found = await connection.run_sync(_revision)
    _refuse_newer(database, found)
    if found is None or found != newest():
        raise StorageError(f"{database.shown_url}: {UNMIGRATED}")
    return found


def newest() -> str:
    """Return the revision that this version works with."""
    (head,) = ScriptDirectory(str(_SCRIPTS)).get_heads()
    return head


def settings(connection: Connection) -> Config:
    """Return what Alembic's commands need to work on a connection, inside its transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(database: Database, revision: str | None) -> None:
    known = {each.revision for each in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}
    if revision is not None and revision not in known:
        raise StorageError(
            f"{database.shown_url}: a newer liqbot has migrated it to {revision}, this one knows "
            f"up to {newest()}; install the newer one"
        )
