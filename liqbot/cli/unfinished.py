"""A recording that is being made: a database in its folder, until the files are written.

What is kept there survives whatever ends the process; the next one goes on with it.
"""

import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from liqbot.errors import RecordingError
from liqbot.market.archive import Archive
from liqbot.market.observation import Observation
from liqbot.market.recording.layout import MARKER, MARKET, candles
from liqbot.market.recording.reader import Recording, read_marker
from liqbot.market.recording.writer import write_recording
from liqbot.market.units import MINUTE_MS
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import open_database
from liqbot.storage.migration import migrate

_DATABASE, _PART = "recording.db", ".part"
_EVER_MS = 10**14  # later than any stamp


@asynccontextmanager
async def unfinished(folder: Path) -> AsyncIterator[Archive]:
    """Give the archive of a recording, with all that the folder holds already.

    After a block that ends without an error it is removed: `finish` comes before. Raise
    RecordingError for a folder that another process records into, or whose recording cannot be
    gone on with, StorageError for a database that cannot be used.
    """
    with _alone(folder):
        async with open_database(f"sqlite:///{(folder / _DATABASE).absolute()}") as database:
            await migrate(database)
            archive = SqlArchive(database)
            for each in _recorded(folder):
                await archive.keep(each)
            yield archive
        for suffix in ("", "-wal", "-shm"):
            (folder / f"{_DATABASE}{suffix}").unlink(missing_ok=True)


async def finish(folder: Path, archive: Archive) -> tuple[Observation, ...]:
    """Write all that an archive holds as files, each whole or not at all; return what that is.

    Raise RecordingError where one cannot write.
    """
    seen = tuple([await archive.read(each, 0, _EVER_MS) for each in await archive.known()])
    if not seen:
        return seen
    part = folder / _PART
    try:
        shutil.rmtree(part, ignore_errors=True)
        simulated = any(each.simulated for each in seen)
        write_recording(part, seen, simulated=simulated, label=read_marker(folder)[1])
        for path in sorted(part.rglob("*"), key=lambda each: each.name != MARKER):
            target = folder / path.relative_to(part)
            if path.is_dir():
                target.mkdir(exist_ok=True)
            else:
                path.replace(target)
        shutil.rmtree(part)
    except OSError as error:
        raise RecordingError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return seen


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a folder to this process; the lock ends with it, however it ends."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        _lock(folder, opened)
        yield
    finally:
        os.close(opened)


def _lock(folder: Path, opened: int) -> None:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RecordingError(
            f"{folder}: another liqbot records into it; stop that one, or name another folder"
        ) from error


def _recorded(folder: Path) -> Iterator[Observation]:
    """Yield what was recorded into a folder before, if anything was."""
    if not any(path for kind in MARKET for path in folder.glob(f"*/*/{kind.file}")):
        return
    if fine := next(iter(folder.glob(f"*/*/{candles(MINUTE_MS).file}")), None):
        raise RecordingError(
            f"{fine}: candles of a minute, and what is recorded has 5; name another folder"
        )
    recording = Recording.open(folder)
    yield from (recording.read(each) for each in recording.instruments)
