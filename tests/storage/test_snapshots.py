"""A market's map by the hour."""

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import update

from liqbot.errors import StorageError
from liqbot.heatmap.grid import PriceGrid
from liqbot.market.units import DAY_MS, HOUR_MS
from liqbot.storage import tables
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import Database
from liqbot.storage.snapshots import rows_of
from tests.builders import FIVE_MINUTES_MS, START_MS
from tests.storage.maps import a_map

END_MS = START_MS + DAY_MS


async def test_the_last_column_of_each_hour_is_kept_rounded(database: Database) -> None:
    archive, seen = SqlArchive(database), a_map(3)
    await archive.keep_snapshots("BTC", seen)
    read = await archive.snapshots("BTC", START_MS, END_MS)
    assert read is not None
    assert (read.grid, read.interval_ms) == (seen.grid, HOUR_MS)
    assert read.opened_ms.tolist() == [START_MS, START_MS + HOUR_MS, START_MS + 2 * HOUR_MS]
    last = seen.usd[:, 11::12]
    np.testing.assert_allclose(read.usd, last, rtol=1 / 4096)
    assert np.array_equal(read.usd == 0, last == 0)
    assert read.swept_usd == pytest.approx(seen.swept_usd.reshape(2, 3, 12).sum(axis=2))
    assert not read.usd.flags.writeable
    assert not read.swept_usd.flags.writeable


async def test_an_hour_that_is_not_whole_is_left_for_later(database: Database) -> None:
    archive = SqlArchive(database)
    await archive.keep_snapshots("BTC", a_map(1.5, start_ms=START_MS + 6 * FIVE_MINUTES_MS))
    read = await archive.snapshots("BTC", START_MS, END_MS)
    assert read is not None
    assert read.opened_ms.tolist() == [START_MS + HOUR_MS]
    assert rows_of("BTC", a_map(11 / 12)) == []


async def test_what_comes_twice_is_kept_once_as_it_was_last(database: Database) -> None:
    archive = SqlArchive(database)
    await archive.keep_snapshots("BTC", a_map(2, seed=1))
    await archive.keep_snapshots("BTC", a_map(2, seed=2))
    read = await archive.snapshots("BTC", START_MS, END_MS)
    assert read is not None
    np.testing.assert_allclose(read.usd, a_map(2, seed=2).usd[:, 11::12], rtol=1 / 4096)


async def test_grids_that_moved_are_laid_on_one_lattice(database: Database) -> None:
    archive = SqlArchive(database)
    low = a_map(1, first=6900, bins=40)
    high = a_map(1, start_ms=START_MS + HOUR_MS, first=6930, bins=30)
    for each in (low, high):
        await archive.keep_snapshots("BTC", each)
    read = await archive.snapshots("BTC", START_MS, END_MS)
    assert read is not None
    assert read.grid == PriceGrid(6900, 0.001, 60)
    np.testing.assert_allclose(read.usd[:, 0, :40], low.usd[:, -1], rtol=1 / 4096)
    np.testing.assert_allclose(read.usd[:, 1, 30:], high.usd[:, -1], rtol=1 / 4096)
    assert read.usd[:, 0, 40:].sum() == read.usd[:, 1, :30].sum() == 0


async def test_columns_in_bins_of_another_width_are_left_out(database: Database) -> None:
    archive = SqlArchive(database)
    wide = a_map(1)
    await archive.keep_snapshots("BTC", replace(wide, grid=PriceGrid(690, 0.01, 40)))
    await archive.keep_snapshots("BTC", a_map(1, start_ms=START_MS + HOUR_MS))
    read = await archive.snapshots("BTC", START_MS, END_MS)
    assert read is not None
    assert read.opened_ms.tolist() == [START_MS + HOUR_MS]


async def test_a_span_holds_what_opened_in_it_and_was_over(database: Database) -> None:
    archive = SqlArchive(database)
    await archive.keep_snapshots("BTC", a_map(4))
    read = await archive.snapshots("BTC", START_MS + 1, START_MS + 3 * HOUR_MS)
    assert read is not None
    assert read.opened_ms.tolist() == [START_MS + HOUR_MS, START_MS + 2 * HOUR_MS]
    assert await archive.snapshots("BTC", END_MS, END_MS + DAY_MS) is None
    assert await archive.snapshots("ETH", START_MS, END_MS) is None


async def test_rounding_favours_no_side_and_is_done_once(database: Database) -> None:
    archive, seen = SqlArchive(database), a_map(1, bins=2000)
    await archive.keep_snapshots("BTC", seen)
    once = await archive.snapshots("BTC", START_MS, END_MS)
    assert once is not None
    error = once.usd[:, 0] / np.maximum(seen.usd[:, -1], 1e-30) - (seen.usd[:, -1] > 0)
    assert abs(error.mean()) < 1e-5
    await archive.keep_snapshots("BTC", replace(seen, usd=np.repeat(once.usd, 12, axis=1)))
    twice = await archive.snapshots("BTC", START_MS, END_MS)
    assert twice is not None
    assert np.array_equal(twice.usd, once.usd)


async def test_a_damaged_map_is_told(database: Database) -> None:
    archive = SqlArchive(database)
    await archive.keep_snapshots("BTC", a_map(1))
    async with database.writing() as connection:
        await connection.execute(update(tables.snapshots).values(usd=b"junk"))
    with pytest.raises(StorageError, match="damaged"):
        await archive.snapshots("BTC", START_MS, END_MS)
