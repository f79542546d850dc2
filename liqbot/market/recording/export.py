"""Columns → one table in a file for other programs: CSV or Parquet."""

from collections.abc import Iterable, Mapping
from typing import IO, Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

FORMS = ("csv", "parquet")
TIME = "at"  # the column of moments

_ISO = "%Y-%m-%dT%H:%M:%S%.3fZ"


def write_rows(file: IO[bytes], parts: Iterable[Mapping[str, ArrayLike]], form: str) -> int:
    """Write the parts of one table, one after the other, in a form; return how many rows.

    Every part has the same columns, the first part at least is there. `at` is Unix ms and
    becomes a time in UTC; what is NaN or "" is left empty.
    """
    frames = map(_frame, parts)
    if form == "parquet":
        whole = pl.concat(frames)
        whole.write_parquet(file, compression="zstd")
        return whole.height
    rows = 0
    for row, frame in enumerate(frames):
        frame.write_csv(file, include_header=not row, datetime_format=_ISO)
        rows += frame.height
    return rows


def _frame(columns: Mapping[str, ArrayLike]) -> pl.DataFrame:
    return pl.DataFrame([_series(name, np.asarray(column)) for name, column in columns.items()])


def _series(name: str, column: NDArray[Any]) -> pl.Series:
    if column.dtype.kind == "U":
        return pl.Series(name, [word or None for word in column.tolist()], dtype=pl.String)
    if name == TIME:
        return pl.Series(name, column.astype(np.int64)).cast(pl.Datetime("ms", "UTC"))
    return pl.Series(name, column.astype(np.float64)).fill_nan(None)
