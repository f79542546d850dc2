"""Which database the settings mean, and whether it is there already."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from liqbot.config.secret import Secret, database_url
from liqbot.config.shape import Config
from liqbot.operations.state import StateFolder, default_path


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
