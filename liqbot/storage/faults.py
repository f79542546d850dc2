"""What went wrong with a database, in words that say what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from liqbot.errors import StorageError

UNMIGRATED = "its tables are missing or old; run: liqbot migrate"

_FULL = "its disk is full; make room, or keep history for fewer days"
_SQLITE = {
    "SQLITE_BUSY": "another program holds it for too long; stop that program",
    "SQLITE_CANTOPEN": "cannot be opened; the folder has to exist and be writable for this user",
    "SQLITE_CORRUPT": "is damaged; restore a backup, or move it away to begin anew",
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": "cannot be read or written; look after the disk",
    "SQLITE_LOCKED": "another program holds it for too long; stop that program",
    "SQLITE_NOTADB": "is no SQLite database; name another file",
    "SQLITE_READONLY": "cannot be written to; give this user the right to write it and its folder",
}
_POSTGRESQL = {  # by SQLSTATE or its beginning; the first that fits is told
    "08": "the connection was lost; is the server running?",
    "25006": "the server lets nobody write; it is a standby or set to read-only",
    "28": "the server refuses this user or its password; check both, and pg_hba.conf",
    "3D": "there is no such database on the server; make one: createdb NAME",
    "3F": "there is no schema to put tables in; check the user's search_path",
    "42501": "this user may not do that; make it the owner of the database",
    "42P01": UNMIGRATED,
    "42703": UNMIGRATED,
    "53100": _FULL,
    "53300": "the server has no connection free; raise its max_connections",
    "53": "the server is out of memory or disk; look after it",
    "57P": "the server is shutting down or starting; is it running?",
}


@contextmanager
def explained(shown_url: str) -> Iterator[None]:
    """Raise StorageError, in words and without a password, for what a database fails with."""
    try:
        yield
    except DBAPIError as error:
        raise StorageError(f"{shown_url}: {_told(error.orig)}") from error
    except sqlite3.Error as error:
        raise StorageError(f"{shown_url}: {_told(error)}") from error
    except NoConnectionFree as error:
        raise StorageError(f"{shown_url}: all connections are in use for too long") from error
    except OSError as error:
        told = error.strerror or str(error) or "no answer in time"
        raise StorageError(f"{shown_url}: cannot be reached ({told}); is it running?") from error


def _told(error: BaseException | None) -> str:
    """Say what a driver's error means, or what it says itself."""
    said = str(error).rpartition(">: ")[2].strip()
    if isinstance(error, sqlite3.Error):
        if said.startswith(("no such table", "no such column")):
            return UNMIGRATED
        code: str = getattr(error, "sqlite_errorname", "")
        words = _SQLITE
    else:
        code = getattr(error, "pgcode", None) or ""
        words = _POSTGRESQL
    return next((told for start, told in words.items() if code.startswith(start)), said)
