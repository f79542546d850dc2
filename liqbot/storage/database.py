"""Opens a database and hands out connections: SQLite in one file, or PostgreSQL by URL."""

import sqlite3
from asyncio import Lock
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from liqbot.errors import StorageError
from liqbot.storage.faults import explained

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
_LIKE = "use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
_PRAGMAS = (
    "journal_mode = WAL",  # who reads waits for nobody
    "synchronous = NORMAL",  # a power cut may cost the last moments, and damages nothing
    "foreign_keys = ON",
    "busy_timeout = 10000",
    "journal_size_limit = 67108864",
)
_BEGIN = "liqbot_begin"
_PATIENCE_S = 120  # for a free connection: many markets are read at once at the start


@dataclass(frozen=True, slots=True)
class Database:
    """An open database."""

    shown_url: str  # without a password
    _reader: AsyncEngine
    _writer: AsyncEngine
    _turn: Lock | None = field(default_factory=Lock)  # SQLite takes one writer at a time

    @property
    def dialect(self) -> str:
        """Whose SQL it speaks: "sqlite" or "postgresql"."""
        return self._writer.dialect.name

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that sees the database as it is at its first look, and no half writes.

        Raises StorageError for whatever the database fails with inside.
        """
        with explained(self.shown_url):
            async with self._reader.connect() as connection, connection.begin():
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose writes are kept together at the end, or not at all.

        Raises StorageError for whatever the database fails with inside.
        """
        with explained(self.shown_url):
            async with self._turn or nullcontext(), self._writer.begin() as connection:
                yield connection


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Open sqlite:///FILE, made with its folder if need be, or postgresql://…; close it after.

    Raise StorageError for a URL that is neither, and for a database that does not answer.
    """
    found = _read(url)
    shown_url = _shown(found)
    with explained(shown_url):
        if found.database and found.drivername == _DRIVERS["sqlite"]:
            Path(found.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # aiosqlite leaves a thread behind where this fails.
            sqlite3.connect(found.database).close()
            engine = _sqlite(found)
            database = Database(
                shown_url,
                engine.execution_options(**{_BEGIN: "BEGIN"}),
                engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"}),
            )
        else:
            engine = _postgresql(found)
            snapshot = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            database = Database(shown_url, snapshot, engine, None)
    try:
        async with database.reading() as connection:
            await connection.execute(text("SELECT 1"))
        yield database
    finally:
        await engine.dispose()


def _read(url: str) -> URL:
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        raise StorageError(f"the database's URL cannot be read; {_LIKE}") from None
    name = found.drivername.partition("+")[0]
    if name not in _DRIVERS:
        raise StorageError(f"{name}: not a kind of database that liqbot knows; {_LIKE}")
    if name == "sqlite" and found.database in {None, "", ":memory:"}:
        raise StorageError(f"sqlite: needs a file that stays; {_LIKE}")
    return found.set(drivername=_DRIVERS[name])


def _shown(url: URL) -> str:
    """Write a URL for people: no driver, no password wherever it may stand."""
    host = {"host": url.query["host"]} if "host" in url.query else {}
    bare = url.set(drivername=url.get_backend_name(), query=host)
    return URL.create(
        bare.drivername,
        username=bare.username,
        host=bare.host,
        port=bare.port,
        database=bare.database,
        query=bare.query,
    ).render_as_string()


def _sqlite(url: URL) -> AsyncEngine:
    engine = create_async_engine(url, hide_parameters=True, pool_timeout=_PATIENCE_S)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        cursor = connection.cursor()
        try:
            for pragma in _PRAGMAS:
                cursor.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()  # the pool does not know it yet
            raise
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # The driver would begin late, and so fail where it should have waited for its turn.
        connection.exec_driver_sql(connection.get_execution_options()[_BEGIN])

    return engine


def _postgresql(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=_PATIENCE_S,
        connect_args={"timeout": 10, "command_timeout": 60},
    )
