"""Files that go together: in a .zip or in a folder, all of them or none."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from liqbot.cli.export_parcel import check, parcel
from liqbot.errors import Unwritable

AT = datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)


def packed(out: Path, *names: str, fails: bool = False) -> None:
    with parcel(out, AT) as into:
        for name in names:
            with into.add(name) as file:
                file.write(f"what {name} says".encode() * 100)
        if fails:
            raise KeyError("midway")


def test_a_zip_holds_the_files_dated_as_told(tmp_path: Path) -> None:
    out = tmp_path / "new" / "btc.ZIP"
    packed(out, "a.csv", "b.parquet")
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        a, b = archive.infolist()
        assert (a.filename, b.filename) == ("a.csv", "b.parquet")
        assert a.date_time == (2026, 1, 2, 3, 4, 6)
        assert a.compress_size < b.compress_size == b.file_size  # Parquet is compressed already
        assert archive.read("a.csv") == b"what a.csv says" * 100
    assert list(out.parent.iterdir()) == [out]


def test_a_zip_replaces_the_one_before(tmp_path: Path) -> None:
    packed(tmp_path / "btc.zip", "a.csv")
    packed(tmp_path / "btc.zip", "b.csv")
    assert zipfile.ZipFile(tmp_path / "btc.zip").namelist() == ["b.csv"]


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_holds_the_files(tmp_path: Path, exists: bool) -> None:
    out = tmp_path / "btc"
    if exists:
        out.mkdir()
    packed(out, "a.csv", "b.parquet")
    assert {each.name for each in out.iterdir()} == {"a.csv", "b.parquet"}
    assert (out / "a.csv").read_bytes() == b"what a.csv says" * 100
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("name", ["btc.zip", "btc"])
def test_what_fails_midway_leaves_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyError):
        packed(tmp_path / name, "a.csv", fails=True)
    assert list(tmp_path.iterdir()) == []


def test_what_fails_midway_leaves_the_zip_before_as_it_was(tmp_path: Path) -> None:
    packed(tmp_path / "btc.zip", "a.csv")
    with pytest.raises(KeyError):
        packed(tmp_path / "btc.zip", "b.csv", fails=True)
    assert zipfile.ZipFile(tmp_path / "btc.zip").namelist() == ["a.csv"]


@pytest.mark.parametrize("name", ["btc.zip", "btc"])
def test_what_another_one_left_midway_is_in_nobodys_way(tmp_path: Path, name: str) -> None:
    (tmp_path / f".{name}.part").mkdir()
    (tmp_path / f".{name}.part" / "old.csv").touch()
    packed(tmp_path / name, "a.csv")
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "btc").mkdir()
    (tmp_path / "btc" / "mine.txt").touch()
    with pytest.raises(Unwritable, match=r"is there already; name a new folder, or btc\.zip"):
        packed(tmp_path / "btc", "a.csv")
    assert (tmp_path / "btc" / "mine.txt").exists()


def test_a_file_in_a_folders_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "btc").write_text("mine")
    with pytest.raises(Unwritable, match="is there already"):
        packed(tmp_path / "btc", "a.csv")
    assert (tmp_path / "btc").read_text() == "mine"


@pytest.mark.parametrize("name", ["btc.csv", "btc.PARQUET"])
def test_one_table_is_not_enough(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unwritable, match=r"several tables: name it btc\.zip"):
        check(tmp_path / name)


@pytest.mark.parametrize("name", ["btc.zip", "btc"])
def test_where_no_folder_can_be_is_told_before_the_work(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unwritable, match="cannot be made a folder"):
        check(tmp_path / "file" / "in" / name)
