"""Observations as rows, and rows as columns."""

from dataclasses import replace

import numpy as np
import pytest

from liqbot.errors import StorageError
from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import MINUTE_MS, Side
from liqbot.storage import tables
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import Database
from liqbot.storage.rows import BAR_MS, columns_between, rows_of
from tests.builders import START_MS, a_liquidation, an_observation, some_candles, some_funding


def test_a_row_is_a_value_per_column_and_the_unknown_is_null() -> None:
    seen = an_observation(
        some_candles((100.0, float("nan")), volume=(5.0, float("nan"))),
        funding=some_funding((0.1,)),
    )
    rows = rows_of(7, seen)
    assert rows[tables.bars] == [
        (7, START_MS, 100.0, 100.0, 100.0, 100.0, 5.0, None),
        (7, START_MS + BAR_MS, None, None, None, None, None, None),
    ]
    assert rows[tables.funding] == [(7, START_MS, 0.1)]
    assert rows[tables.marks] == rows[tables.tape] == []
    for table, each in rows.items():
        assert all(len(row) == len(table.columns) for row in each)
        assert all(type(value) in {int, float, type(None)} for row in each for value in row)


def test_equal_orders_are_numbered_and_rows_come_in_the_order_of_their_key() -> None:
    one, other = a_liquidation(), a_liquidation(Side.SHORT)
    rows = rows_of(1, an_observation(tape=Tape.of([other, one, one])))[tables.tape]
    assert rows == [
        (1, START_MS, 0, 100.0, 1.0, 0),
        (1, START_MS, 0, 100.0, 1.0, 1),
        (1, START_MS, 1, 100.0, 1.0, 0),
    ]


def test_candles_that_are_none_may_be_of_any_length() -> None:
    nothing = Candles.none(MINUTE_MS)
    assert rows_of(1, an_observation(nothing, mark_candles=nothing))[tables.bars] == []
    with pytest.raises(StorageError, match="candles of 60000 ms: only those of 5 m are kept"):
        rows_of(1, an_observation(some_candles(interval_ms=MINUTE_MS)))


async def test_columns_come_in_the_order_of_time_whatever_they_came_in(database: Database) -> None:
    archive = SqlArchive(database)
    seen = an_observation(some_candles(range(1, 10)))
    for part in (slice(6, 9), slice(0, 3), slice(3, 6)):
        cut = Candles.mended(
            BAR_MS,
            {name: getattr(seen.candles, name)[part] for name in ("opened_ms", *_PRICES)},
        )[0]
        await archive.keep(replace(seen, candles=cut))
    async with database.reading() as connection:
        ends = (START_MS + BAR_MS, START_MS + 7 * BAR_MS)
        columns = await columns_between(connection, tables.bars, 1, *ends)
        nothing = await columns_between(connection, tables.bars, 2, *ends)
    assert list(columns) == ["opened_ms", *_PRICES, "volume", "taker_buy_volume"]
    assert np.array_equal(columns["close"], seen.candles.close[1:8])
    assert set(np.asarray(columns["volume"]).tolist()) == {None}
    assert nothing == dict.fromkeys(columns, ())


_PRICES = ("open", "high", "low", "close")
