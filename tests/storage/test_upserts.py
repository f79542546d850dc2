"""Rows that come twice."""

import pytest
from sqlalchemy import Table, insert, select

from liqbot.storage import tables
from liqbot.storage.database import Database
from liqbot.storage.upserts import Row, put


@pytest.fixture
async def database(database: Database) -> Database:
    names = {"venue": "binance", "base": "BTC", "quote": "USDT", "simulated": False}
    async with database.writing() as connection:
        await connection.execute(insert(tables.instruments).values(id=1, **names))
    return database


async def after(database: Database, table: Table, *batches: list[Row]) -> list[Row]:
    async with database.writing() as connection:
        for rows in batches:
            await put(connection, table, rows)
    ordered = select(table).order_by(*table.primary_key)
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(ordered)]


async def test_no_rows_are_no_statement(database: Database) -> None:
    assert await after(database, tables.funding, []) == []


async def test_a_value_that_may_be_unknown_is_replaced_by_known_ones_alone(
    database: Database,
) -> None:
    batches: list[list[Row]] = [[(1, 7, 0.5), (1, 8, None)], [(1, 7, None), (1, 8, 0.25)]]
    assert await after(database, tables.funding, *batches) == [(1, 7, 0.5), (1, 8, 0.25)]
    assert await after(database, tables.funding, [(1, 7, 0.75)]) == [(1, 7, 0.75), (1, 8, 0.25)]


async def test_a_row_that_is_all_key_stays(database: Database) -> None:
    order: Row = (1, 7, 0, 100.0, 2.0, 0)
    assert await after(database, tables.tape, [order], [order, (*order[:-1], 1)]) == [
        order,
        (*order[:-1], 1),
    ]


async def test_a_book_is_replaced_by_one_as_new(database: Database) -> None:
    old, new, other = (1, 0, 5, b"a", b"b"), (1, 0, 6, b"c", b"d"), (1, 0, 6, b"e", b"f")
    assert await after(database, tables.books, [old], [new], [old]) == [new]
    assert await after(database, tables.books, [other]) == [other]


async def test_values_that_are_always_known_are_replaced(database: Database) -> None:
    batches: list[list[Row]] = [[("BTC", 1, "old")], [("BTC", 1, "new"), ("ETH", 1, "its")]]
    assert await after(database, tables.models, *batches) == [
        ("BTC", 1, "new"),
        ("ETH", 1, "its"),
    ]


async def test_every_table_but_those_that_number_their_rows_can_be_put_into() -> None:
    numbered = {tables.instruments, tables.subscriptions, tables.deliveries}
    every = [each for each in tables.METADATA.sorted_tables if each not in numbered]
    assert every
    assert all(not column.autoincrement for each in every for column in each.primary_key)
