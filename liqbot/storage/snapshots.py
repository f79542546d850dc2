"""A market's map ⇄ rows: the column at the end of each hour, packed."""

import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row as Found
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liqbot.errors import StorageError
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Heatmap
from liqbot.market.units import HOUR_MS, floats, integers
from liqbot.storage import tables
from liqbot.storage.upserts import Row

_CUT = 12  # of a float32's 23 bits after the point: what is left is off by 1 in 4,096 at most


def rows_of(base: str, heatmap: Heatmap) -> list[Row]:
    """Return a row for each hour that a heatmap holds whole; it has the hour's last column."""
    bars = HOUR_MS // heatmap.interval_ms
    hour = heatmap.opened_ms // HOUR_MS
    edges = [0, *(np.flatnonzero(np.diff(hour)) + 1).tolist(), len(hour)]
    grid = heatmap.grid
    return [
        (
            *(base, int(hour[first]) * HOUR_MS, grid.first, grid.width, grid.bins),
            _packed(heatmap.usd[:, stop - 1]),
            *heatmap.swept_usd[:, first:stop].sum(axis=1).tolist(),
        )
        for first, stop in pairwise(edges)
        if stop - first == bars
    ]


async def between(
    connection: AsyncConnection, base: str, from_ms: int, to_ms: int
) -> Heatmap | None:
    """Return hourly columns that opened from … and closed by … (Unix ms), or None without one.

    Where bins were of another width than in the newest, columns are left out: they share no
    lattice. Raise StorageError for damaged ones.
    """
    snapshots = tables.snapshots.c
    found = await connection.execute(
        select(*tables.snapshots.columns)
        .where(snapshots.base == base, snapshots.opened_ms.between(from_ms, to_ms - HOUR_MS))
        .order_by(snapshots.opened_ms)
    )
    rows = found.all()
    return _joined([row for row in rows if row.width == rows[-1].width]) if rows else None


def _joined(rows: Sequence[Found[Any]]) -> Heatmap:
    first = min(row.first_bin for row in rows)
    bins = max(row.first_bin + row.bins for row in rows) - first
    usd = np.zeros((2, len(rows), bins), np.float32)
    for place, row in enumerate(rows):
        begin = row.first_bin - first
        usd[:, place, begin : begin + row.bins] = _unpacked(row)
    usd.flags.writeable = False
    return Heatmap(
        grid=PriceGrid(first, rows[-1].width, bins),
        interval_ms=HOUR_MS,
        opened_ms=integers([row.opened_ms for row in rows]),
        usd=usd,
        swept_usd=floats(
            [[row.swept_long_usd for row in rows], [row.swept_short_usd for row in rows]]
        ),
    )


def _packed(usd: NDArray[np.float32]) -> bytes:
    """Round (side, bin) Usd and pack it; bytes of equal weight side by side pack best."""
    bits = np.ascontiguousarray(usd, "<f4").view("<u4").ravel()
    rounded = (bits + np.uint32(1 << (_CUT - 1))) >> _CUT << _CUT
    return zlib.compress(rounded.view(np.uint8).reshape(-1, 4).T.tobytes())


def _unpacked(row: Found[Any]) -> NDArray[np.float32]:
    try:
        planes = np.frombuffer(zlib.decompress(row.usd), np.uint8).reshape(4, -1)
        return np.ascontiguousarray(planes.T).view("<f4").reshape(2, row.bins)
    except (zlib.error, ValueError) as error:
        raise StorageError(f"the map kept for {row.opened_ms} is damaged: {error}") from error
