"""Columns ⇄ one Parquet file. The one door to polars."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from polars.exceptions import PanicException, PolarsError

from liqbot.errors import RecordingError, excerpt
from liqbot.market.recording.layout import Layout
from liqbot.market.units import F8, I8

_A_TIME = "a time in whole milliseconds"
_YEAR_1973_MS = 10**11  # no market is older …
_YEAR_2286_MS = 10**13  # … or newer, so what lies outside is in another unit


def read_table(path: Path) -> dict[str, NDArray[Any]]:
    """Return every column of a file by name: int64, float64 (NaN for null) or str.

    Raise RecordingError for a file that is missing, cut short or no Parquet.
    """
    columns: dict[str, NDArray[Any]] = {}
    for column in _frame(path):
        if column.dtype == pl.String:
            columns[column.name] = np.array(column.to_list(), dtype=np.str_)
        elif column.dtype.is_integer() and not column.null_count():
            columns[column.name] = column.cast(pl.Int64).to_numpy()
        else:
            columns[column.name] = _numbers(path, column)
    return columns


def read_checked(path: Path, layout: Layout) -> dict[str, NDArray[Any]]:
    """Return the columns of a layout that a file has: stamps int64, words as their index, else F8.

    Raise RecordingError for a file that cannot be read, a column that is missing, and a cell that
    makes no sense; rows are counted from 0.
    """
    frame = _frame(path)
    words = dict(layout.words)
    for name in (*layout.stamps, *layout.required, *words):
        if name not in frame.columns:
            raise RecordingError(
                f"{path}: column {name} is missing; there is {', '.join(frame.columns) or 'none'}"
            )
    numbers = [name for name in (*layout.required, *layout.optional) if name in frame.columns]
    return {
        **{name: _stamps(path, frame[name]) for name in layout.stamps},
        **{name: _numbers(path, frame[name]) for name in numbers},
        **{name: _indices(path, frame[name], known) for name, known in words.items()},
    }


def write_table(path: Path, columns: Mapping[str, ArrayLike]) -> None:
    """Write columns of equal length, compressed, in one step: a reader never sees half a file.

    Raise ValueError for columns of unequal length, RecordingError where one cannot write.
    """
    arrays = {name: np.asarray(column) for name, column in columns.items()}
    if len({array.shape for array in arrays.values()}) > 1:
        raise ValueError(f"columns of unequal length for {path.name}")
    frame = pl.DataFrame(
        {
            name: array.tolist() if array.dtype.kind == "U" else array
            for name, array in arrays.items()
        }
    )
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(part, compression="zstd")
        part.replace(path)
    except OSError as error:
        raise RecordingError(f"{path}: cannot be written: {error.strerror or error}") from error


def _frame(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path.read_bytes())
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from error
    except (PolarsError, PanicException) as error:
        why = str(error).splitlines()[0][:120]
        raise RecordingError(f"{path}: cut short or no Parquet file ({why})") from error


def _numbers(path: Path, column: pl.Series) -> F8:
    numbers = _cast(path, column, pl.Float64, "a number")
    return numbers.fill_null(np.nan).to_numpy()


def _stamps(path: Path, column: pl.Series) -> I8:
    kind = pl.Int64 if column.dtype.is_integer() else pl.Float64
    stamps = _cast(path, column, kind, _A_TIME)
    fits = stamps.is_between(_YEAR_1973_MS, _YEAR_2286_MS) & (stamps == stamps.floor())
    _check(path, column, fits.fill_null(value=False), _A_TIME)
    return stamps.cast(pl.Int64).to_numpy()


def _indices(path: Path, column: pl.Series, known: tuple[str, ...]) -> NDArray[np.int8]:
    words = _cast(path, column, pl.String, "a word").str.to_lowercase()
    _check(path, column, words.is_in(known).fill_null(value=False), " or ".join(known))
    index = words.replace_strict(known, range(len(known)), return_dtype=pl.Int8)
    return index.to_numpy()


def _cast(path: Path, column: pl.Series, kind: type[pl.DataType], what: str) -> pl.Series:
    try:
        cast = column.cast(kind, strict=False)
    except PolarsError as error:
        raise RecordingError(
            f"{path}: column {column.name} is {column.dtype}, not {what}"
        ) from error
    _check(path, column, cast.is_not_null() | column.is_null(), what)
    return cast


def _check(path: Path, column: pl.Series, fits: pl.Series, what: str) -> None:
    if not fits.all():
        row = int(fits.arg_min() or 0)
        cell = column[row]
        told = "missing" if cell is None else excerpt(str(cell))
        hint = _hint(cell) if what == _A_TIME else ""
        raise RecordingError(f"{path}: row {row}: {column.name} is {told}, not {what}{hint}")


def _hint(cell: object) -> str:
    if isinstance(cell, float | int) and _YEAR_1973_MS / 1000 < cell < _YEAR_1973_MS:
        return " (it looks like seconds)"
    if isinstance(cell, float | int) and cell >= _YEAR_2286_MS:
        return " (it looks like micro- or nanoseconds)"
    return ""
