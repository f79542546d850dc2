"""Files that go together: in a .zip or in a folder, all of them or none."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from liqbot.cli import files
from liqbot.errors import Unwritable
from liqbot.live.exports import Parcel, Zip

_ZIP = ".zip"
_TABLES = (".csv", ".parquet")


@contextmanager
def parcel(out: Path, at: datetime) -> Iterator[Parcel]:
    """Give what files are put into; once all are, they are there as `out`, dated `at`.

    Raise Unwritable where that cannot be.
    """
    check(out)
    target = out.resolve()
    part = target.with_name(f".{target.name}.part")
    try:
        _discard(part)
        if _is_zip(out):
            with zipfile.ZipFile(part, "w") as archive:
                yield Zip(archive, at)
        else:
            part.mkdir()
            yield _Folder(part)
        part.replace(target)
    except OSError as error:
        raise Unwritable(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        _discard(part)


def check(out: Path) -> None:
    """Make room for a .zip or a folder; raise Unwritable where there can be none."""
    if out.suffix.lower() in _TABLES:
        raise Unwritable(f"There are several tables: name it {out.with_suffix(_ZIP).name}.")
    if _is_zip(out):
        files.check(out)
    elif out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise Unwritable(f"{out} is there already; name a new folder, or {out.name}{_ZIP}.")
    else:
        files.folder(out.parent)


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, name: str) -> IO[bytes]:
        """Open a file in it."""
        return (self._path / name).open("wb")


def _is_zip(out: Path) -> bool:
    return out.suffix.lower() == _ZIP


def _discard(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
