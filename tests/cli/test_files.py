"""Files appear whole or not at all."""

from pathlib import Path

import pytest

from liqbot.cli import files
from liqbot.errors import Unwritable


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_file_is_written_with_its_folder(tmp_path: Path) -> None:
    files.write(tmp_path / "a" / "b" / "c.txt", "ä")
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == "ä".encode()
    assert names(tmp_path / "a" / "b") == ["c.txt"]


def test_a_file_that_is_there_is_replaced(tmp_path: Path) -> None:
    files.write(tmp_path / "x", b"a longer one")
    files.write(tmp_path / "x", b"short")
    assert (tmp_path / "x").read_bytes() == b"short"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "x")
    files.write(tmp_path / "link", b"1")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "x").read_bytes() == b"1"


def test_a_device_is_written_to_and_not_replaced() -> None:
    files.write(Path("/dev/null"), b"1")
    assert Path("/dev/null").is_char_device()


def test_what_fails_halfway_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_bytes(b"before")

    def fail(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(Unwritable, match="x cannot be written: No space left on device"):
        files.write(tmp_path / "x", b"after")
    assert (tmp_path / "x").read_bytes() == b"before"
    assert names(tmp_path) == ["x"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="is a folder; name a file in it"):
        files.check(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(Unwritable, match="x cannot be made a folder: File exists"):
        files.check(tmp_path / "x" / "y.png")
    with pytest.raises(Unwritable, match="cannot be made a folder: Not a directory"):
        files.folder(tmp_path / "x" / "y")
