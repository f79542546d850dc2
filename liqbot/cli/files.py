"""Files that appear whole or not at all."""

from pathlib import Path

from liqbot.errors import Unwritable


def write(path: Path, content: bytes | str) -> None:
    """Write a file in one step, its folder too; raise Unwritable where that cannot be done.

    What is there and no file, such as a pipe, is written to and not replaced.
    """
    data = content.encode() if isinstance(content, str) else content
    check(path)
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)
        else:
            _replace(target, data)
    except OSError as error:
        raise Unwritable(f"{path} cannot be written: {error.strerror or error}.") from error


def check(path: Path) -> None:
    """Make room for a file; raise Unwritable where there can be none.

    Asked before the work, so that nobody waits for what then cannot be kept.
    """
    if path.is_dir():
        raise Unwritable(f"{path} is a folder; name a file in it.")
    folder(path.parent)


def folder(path: Path) -> None:
    """Make a folder; raise Unwritable where there can be none."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(f"{path} cannot be made a folder: {error.strerror or error}.") from error


def _replace(target: Path, data: bytes) -> None:
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(data)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
