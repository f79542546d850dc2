"""Opening databases, and who may do what in them at once."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from liqbot.errors import StorageError
from liqbot.storage import database as databases
from liqbot.storage import tables
from liqbot.storage.database import Database, open_database

BTC = {"venue": "binance", "base": "BTC", "quote": "USDT", "simulated": False}


async def rows_in(database: Database) -> int:
    async with database.reading() as connection:
        return await connection.scalar(select(func.count()).select_from(tables.instruments)) or 0


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("liqbot.db", "cannot be read"),
        ("mysql://me:s3cret@there/liqbot", "mysql: not a kind of database"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("postgresql://me:s3cret@there:port/liqbot", "cannot be read"),
    ],
)
async def test_an_address_that_is_none_says_what_one_looks_like(url: str, told: str) -> None:
    with pytest.raises(StorageError, match=told) as raised:
        async with open_database(url):
            pass
    assert "use sqlite:///FILE or postgresql://" in str(raised.value)
    assert "s3cret" not in str(raised.value)


async def test_the_folder_of_an_sqlite_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "liqbot.db"
    async with open_database(f"sqlite:///{path}") as database:
        assert database.shown_url == f"sqlite:///{path}"
    assert path.exists()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
async def test_postgresql_is_known_by_all_its_names(scheme: str, postgresql_url: str) -> None:
    url = postgresql_url.replace("postgresql", scheme, 1)
    async with open_database(url) as database:
        assert database.dialect == "postgresql"
        assert database.shown_url.startswith("postgresql://postgres@/test_")


@pytest.mark.parametrize("place", ["me:s3cret@127.0.0.1:1/x", "127.0.0.1:1/x?password=s3cret"])
async def test_no_password_is_shown_wherever_it_stood(place: str) -> None:
    with pytest.raises(StorageError, match=r"127\.0\.0\.1:1/x: cannot be reached") as raised:
        async with open_database(f"postgresql://{place}"):
            pass
    assert "s3cret" not in str(raised.value)


async def test_nor_does_an_open_database_show_one(postgresql_url: str) -> None:
    url = postgresql_url.replace("postgres:@", "postgres:s3cret@")
    async with open_database(url) as database:
        assert "s3cret" not in repr(database) + database.shown_url


async def test_what_is_written_together_is_kept_together_or_not_at_all(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(tables.instruments).values(BTC))

    async def one_of_two_fails() -> None:
        async with database.writing() as connection:
            await connection.execute(insert(tables.instruments).values({**BTC, "base": "ETH"}))
            await connection.execute(insert(tables.instruments).values(BTC))

    with pytest.raises(StorageError):
        await one_of_two_fails()
    assert await rows_in(database) == 1


async def test_a_task_that_is_cancelled_leaves_nothing_half_and_nobody_waiting(
    database: Database,
) -> None:
    begun = asyncio.Event()

    async def write() -> None:
        async with database.writing() as connection:
            await connection.execute(insert(tables.instruments).values(BTC))
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await rows_in(database) == 0
    async with database.writing() as connection:
        await connection.execute(insert(tables.instruments).values(BTC))
    assert await rows_in(database) == 1


async def test_writers_of_one_process_wait_for_their_turn_however_long(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_PRAGMAS", ("journal_mode = WAL", "busy_timeout = 1"))
    order: list[int] = []

    async def write(number: int) -> None:
        async with database.writing() as connection:
            await connection.execute(text("CREATE TABLE IF NOT EXISTS x (y)"))
            await asyncio.sleep(0.02)
            order.append(number)

    async with open_database(sqlite_url) as database:
        await asyncio.gather(*(write(number) for number in range(4)))
    assert order == [0, 1, 2, 3]


async def test_who_reads_sees_one_state_and_waits_for_no_writer(database: Database) -> None:
    async with database.reading() as connection:
        count = select(func.count()).select_from(tables.instruments)
        assert await connection.scalar(count) == 0
        async with database.writing() as other:
            await other.execute(insert(tables.instruments).values(BTC))
        assert await connection.scalar(count) == 0
    assert await rows_in(database) == 1


async def test_who_reads_cannot_write_by_mistake_on_postgresql(postgresql_url: str) -> None:
    async with open_database(postgresql_url) as database:
        with pytest.raises(StorageError, match="lets nobody write"):
            async with database.reading() as connection:
                await connection.execute(text("CREATE TABLE x (y integer)"))


async def test_rows_refer_to_instruments_that_are_there(database: Database) -> None:
    with pytest.raises(StorageError):
        async with database.writing() as connection:
            await connection.execute(
                insert(tables.funding).values(instrument_id=7, at_ms=1, rate=0.1)
            )


async def test_sqlite_survives_a_power_cut_and_lets_others_read(sqlite_url: str) -> None:
    async with open_database(sqlite_url) as database, database.reading() as connection:
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }
