"""Tables: what a broken file is told to be, and that nothing is lost in a sound one."""

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest

from liqbot.errors import RecordingError
from liqbot.market.recording.layout import (
    BOOK,
    FUNDING,
    LIQUIDATIONS,
    OPEN_INTEREST,
    Layout,
    candles,
)
from liqbot.market.recording.table import read_checked, read_table, write_table
from liqbot.market.units import MINUTE_MS
from tests.builders import START_MS, same

CANDLES = candles(5 * MINUTE_MS)
A_TIME = "a time in whole milliseconds"
nan = np.nan


def a_table(path: Path, **columns: Any) -> Path:  # noqa: ANN401  # polars takes almost anything
    """Write three sound forced orders, some columns replaced; None takes one away."""
    sound = {
        "at_ms": [START_MS, START_MS + 1, START_MS + 1],
        "side": ["long", "short", "long"],
        "price": [100.0, 101.0, 102.0],
        "quantity": [1.0, 2.0, 3.0],
    }
    table = {name: column for name, column in (sound | columns).items() if column is not None}
    pl.DataFrame(table).write_parquet(path / "liquidations.parquet")
    return path / "liquidations.parquet"


def complaint(path: Path) -> str:
    """What the error says after the name of the file."""
    with pytest.raises(RecordingError) as caught:
        read_checked(path, LIQUIDATIONS)
    name, _, rest = str(caught.value).partition(f"{path}: ")
    assert name == ""
    return rest


def test_what_is_written_is_read(tmp_path: Path) -> None:
    table = {
        "venue": np.array(["okx", "binance"]),
        "opened_ms": np.array([1, 2]),
        "leverage": np.array([3.5, nan]),
    }
    write_table(tmp_path / "new" / "truth.parquet", table)
    assert same(read_table(tmp_path / "new" / "truth.parquet"), table)


def test_nulls_are_read_as_unknown(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1, None], "b": [None, 2.5]}).write_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert np.array_equal(table["a"], [1, nan], equal_nan=True)
    assert np.array_equal(table["b"], [nan, 2.5], equal_nan=True)


def test_a_table_without_rows_is_read(tmp_path: Path) -> None:
    path = a_table(tmp_path, at_ms=[], side=[], price=[], quantity=[])
    assert [column.size for column in read_checked(path, LIQUIDATIONS).values()] == [0] * 4


def test_a_table_appears_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    for value in (1.0, 2.0):
        write_table(tmp_path / "t.parquet", {"a": [value]})
    assert [path.name for path in tmp_path.iterdir()] == ["t.parquet"]
    assert read_table(tmp_path / "t.parquet")["a"].tolist() == [2]


def test_columns_of_unequal_length_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unequal length for t"):
        write_table(tmp_path / "t.parquet", {"a": [1], "b": [1, 2]})
    assert not list(tmp_path.iterdir())


def test_a_table_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match=r"file/t\.parquet: cannot be written"):
        write_table(tmp_path / "file" / "t.parquet", {"a": [1]})


def test_sides_are_read_as_their_place_whatever_their_case(tmp_path: Path) -> None:
    path = a_table(tmp_path, side=["Long", "SHORT", "long"])
    assert read_checked(path, LIQUIDATIONS)["side"].tolist() == [0, 1, 0]


def test_whole_numbers_and_numbers_in_words_pass(tmp_path: Path) -> None:
    path = a_table(
        tmp_path, price=[100, 101, 102], quantity=["1", "2.5", None], at_ms=[float(START_MS)] * 3
    )
    table = read_checked(path, LIQUIDATIONS)
    assert table["price"].dtype == np.float64
    assert table["price"].tolist() == [100, 101, 102]
    assert np.array_equal(table["quantity"], [1, 2.5, nan], equal_nan=True)
    assert table["at_ms"].tolist() == [START_MS] * 3


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"price": None}, "column price is missing; there is at_ms, side, quantity"),
        ({"side": None}, "column side is missing; there is at_ms, price, quantity"),
        ({"side": ["long", "buy", "sell"]}, "row 1: side is buy, not long or short"),
        ({"side": ["long", "short", None]}, "row 2: side is missing, not long or short"),
        ({"side": [0, 1, 0]}, "row 0: side is 0, not long or short"),
        ({"price": ["1", "x", "2"]}, "row 1: price is x, not a number"),
        ({"price": [[1.0], [2.0], [3.0]]}, "column price is List(Float64), not a number"),
        (
            {"at_ms": [START_MS, START_MS // 1000, START_MS]},
            f"row 1: at_ms is 1767225600, not {A_TIME} (it looks like seconds)",
        ),
        (
            {"at_ms": [START_MS * 1000] * 3},
            f"row 0: at_ms is {START_MS}000, not {A_TIME} (it looks like micro- or nanoseconds)",
        ),
        (
            {"at_ms": [float(START_MS), START_MS + 1.5, float(START_MS)]},
            "row 1: at_ms is 1767225600001.5, not " + A_TIME,
        ),
        (
            {"at_ms": [START_MS, START_MS, None]},
            "row 2: at_ms is missing, not " + A_TIME,
        ),
        (
            {"at_ms": [float(START_MS), nan, 0.0]},
            "row 1: at_ms is nan, not " + A_TIME,
        ),
        (
            {"at_ms": [START_MS, -5, START_MS]},
            "row 1: at_ms is -5, not " + A_TIME,
        ),
        (
            {"at_ms": ["2026-01-01 00:00:00 UTC"] * 3},
            "row 0: at_ms is 2026-01-01 00:00:00…, not " + A_TIME,
        ),
    ],
)
def test_a_table_that_makes_no_sense_is_named_with_its_row(
    tmp_path: Path, columns: dict[str, Any], expected: str
) -> None:
    assert complaint(a_table(tmp_path, **columns)) == expected


@pytest.mark.parametrize("kind", [CANDLES, OPEN_INTEREST, FUNDING, LIQUIDATIONS, BOOK])
def test_every_required_column_is_required(tmp_path: Path, kind: Layout) -> None:
    sound: dict[str, Any] = {name: [START_MS] for name in kind.stamps}
    sound |= {name: [1.0] for name in kind.required}
    sound |= {name: [known[0]] for name, known in kind.words}
    path = tmp_path / kind.file
    pl.DataFrame(sound).write_parquet(path)
    assert set(read_checked(path, kind)) == set(sound)
    for name in sound:
        pl.DataFrame({k: v for k, v in sound.items() if k != name}).write_parquet(path)
        with pytest.raises(RecordingError, match=f"column {name} is missing"):
            read_checked(path, kind)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"hello, I am no Parquet file", b"PAR1" * 9])
def test_a_file_that_is_no_parquet_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.parquet").write_bytes(content)
    assert complaint(tmp_path / "t.parquet").startswith("cut short or no Parquet file (")


def test_a_file_cut_short_anywhere_says_so(tmp_path: Path) -> None:
    path = a_table(tmp_path)
    whole = path.read_bytes()
    for size in range(0, len(whole), 97):
        path.write_bytes(whole[:size])
        assert complaint(path).startswith("cut short or no Parquet file (")


@pytest.mark.filterwarnings("ignore")
def test_a_damaged_file_is_read_or_refused_and_never_breaks_anything(tmp_path: Path) -> None:
    path = a_table(tmp_path)
    whole = path.read_bytes()
    chance = Random(1)
    refused = 0
    for _ in range(200):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 5, 50))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            read_checked(path, LIQUIDATIONS)
        except RecordingError as error:
            refused += str(path) in str(error)
    assert refused > 100


def test_a_missing_file_and_a_folder_in_its_place_are_named(tmp_path: Path) -> None:
    assert complaint(tmp_path / "t.parquet") == "No such file or directory"
    assert complaint(tmp_path) == "Is a directory"


def test_odd_folder_names_change_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "day=1" / "[x]*?"
    write_table(folder / "t.parquet", {"a": [1]})
    assert list(read_table(folder / "t.parquet")) == ["a"]
