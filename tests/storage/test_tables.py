"""The tables, as both databases are told of them."""

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from liqbot.storage.tables import METADATA

LEDGER = {"subscriptions", "recipients", "lives", "trails", "deliveries", "tracks", "outcomes"}
TABLES = [each for each in METADATA.sorted_tables if each.name not in LEDGER]
PACKED = {"books", "brackets", "snapshots", "models", "instruments"}


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_rows_without_a_packed_column_live_in_their_key(table: Table) -> None:
    told = str(CreateTable(table).compile(dialect=sqlite.dialect()))
    assert ("WITHOUT ROWID" in told) is (table.name not in PACKED)


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_whose_a_row_is_and_of_when_is_the_key(table: Table) -> None:
    key = [column.name for column in table.primary_key]
    stamps = [name for name in key if name.endswith("_ms")]
    assert key == ["id"] if table.name == "instruments" else len(stamps) == 1
    assert [column.name for column in table.columns][: len(key)] == key
