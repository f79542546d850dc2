"""Which database the settings mean, and whether it is there already."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from liqbot.config.secret import Secret, database_url
from liqbot.config.shape import Config
from liqbot.errors import StorageError
from liqbot.operations.state import StateFolder, default_path
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import open_database
from liqbot.storage.migration import check_migrated

_TO_HAVE_ONE = "run: liqbot run; or name a recording: --recording DIR"


def address(config: Config) -> Secret:
    """Return the URL that the environment or the settings name, else the state folder's file.

    No folder is made for it. Raise ConfigError for a secret that cannot be read.
    """
    if url := database_url(config.database, os.environ):
        return url
    state = StateFolder((config.operations.state_dir or default_path()).absolute())
    return Secret(f"sqlite:///{state.database}")


def missing_file(url: Secret) -> Path | None:
    """Return the SQLite file of a URL where it is not there yet: opening would make it."""
    parts = urlsplit(url.reveal())
    file = Path(parts.path[1:])
    return file if parts.scheme.startswith("sqlite") and not file.exists() else None


@asynccontextmanager
async def open_archive(config: Config) -> AsyncIterator[SqlArchive]:
    """Open the archive that is there, with this version's tables; raise StorageError."""
    url = address(config)
    if file := missing_file(url):
        raise StorageError(f"{file}: there is no archive yet; {_TO_HAVE_ONE}")
    async with open_database(url.reveal()) as database:
        await check_migrated(database)
        yield SqlArchive(database)
