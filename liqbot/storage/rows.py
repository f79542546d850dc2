"""Observations ⇄ rows of candles, open interest, funding and the tape."""

from collections import Counter
from itertools import repeat

import numpy as np
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liqbot.errors import StorageError
from liqbot.market.mending import Columns
from liqbot.market.observation import Observation
from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import F8, I8, MINUTE_MS
from liqbot.storage import tables
from liqbot.storage.upserts import Row

BAR_MS = 5 * MINUTE_MS


def rows_of(instrument_id: int, seen: Observation) -> dict[Table, list[Row]]:
    """Return what an observation told over time, by table; a table may have no rows.

    Raise StorageError for candles that are not 5 minutes long.
    """
    candles, marks = seen.candles, seen.mark_candles
    for each in (candles, marks):
        if each is not None and len(each) and each.interval_ms != BAR_MS:
            raise StorageError(f"candles of {each.interval_ms} ms: only those of 5 m are kept")
    volumes = (candles.volume, candles.taker_buy_volume)
    interest, funding = seen.open_interest, seen.funding
    return {
        tables.bars: _rows(instrument_id, candles.opened_ms, *_prices(candles), *volumes),
        tables.marks: _rows(instrument_id, marks.opened_ms, *_prices(marks)) if marks else [],
        tables.open_interest: _rows(instrument_id, interest.at_ms, interest.quantity),
        tables.funding: _rows(instrument_id, funding.at_ms, funding.rate),
        tables.tape: _orders(instrument_id, seen.tape),
    }


async def columns_between(
    connection: AsyncConnection, table: Table, instrument_id: int, from_ms: int, to_ms: int
) -> Columns:
    """Return a table's columns by name, rows stamped from … to (Unix ms, inclusive), in order."""
    key = list(table.primary_key)
    names = [column.name for column in table.columns if column.name not in {"instrument_id", "nth"}]
    rows = await connection.execute(
        select(*(table.c[name] for name in names))
        .where(table.c.instrument_id == instrument_id, key[1].between(from_ms, to_ms))
        .order_by(*key)
    )
    # Tuples of a column each become arrays ten times as fast as rows do.
    columns = list(zip(*rows.all(), strict=True)) or [()] * len(names)
    return dict(zip(names, columns, strict=True))


def _prices(candles: Candles) -> tuple[F8, F8, F8, F8]:
    return candles.open, candles.high, candles.low, candles.close


def _rows(instrument_id: int, stamps: I8, *columns: F8) -> list[Row]:
    values = map(_nullable, columns)
    return list(zip(repeat(instrument_id, len(stamps)), stamps.tolist(), *values, strict=True))


def _nullable(column: F8) -> list[float | None]:
    values: list[float | None] = column.tolist()
    if np.isnan(column).any():
        return [None if value != value else value for value in values]  # noqa: PLR0124  # NaN
    return values


def _orders(instrument_id: int, tape: Tape) -> list[Row]:
    """Return a row an order, equal ones numbered: an engine closes many in a millisecond."""
    told: Counter[Row] = Counter()
    rows: list[Row] = []
    columns = (tape.at_ms, tape.side, tape.price, tape.quantity)
    for order in zip(*(column.tolist() for column in columns), strict=True):
        rows.append((instrument_id, *order, told[order]))
        told[order] += 1
    return sorted(rows)
