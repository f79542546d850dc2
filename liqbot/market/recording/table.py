"""Columns ⇄ one Parquet file. The one door to polars."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike, NDArray


def read_table(path: Path) -> dict[str, NDArray[Any]]:
    """Return every column of a file by name: int64, float64 (NaN for null) or str.

    Raise RecordingError for a file that is missing, cut short or no Parquet.
    """
    raise NotImplementedError


def write_table(path: Path, columns: Mapping[str, ArrayLike]) -> None:
    """Write columns of equal length, compressed, in one step: a reader never sees half a file."""
    raise NotImplementedError
