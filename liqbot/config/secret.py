"""What must never stand in config.toml: that file gets shown, copied and committed."""

import os
from collections.abc import Mapping
from pathlib import Path

from liqbot.config.shape import DatabaseSettings
from liqbot.config.toml import written
from liqbot.errors import ConfigError


class Secret:
    """A text that shows itself only when asked to."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text, to be handed on and never kept or printed."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"


def variable(name: str) -> str:
    """Return the environment variable for a secret of a dotted name."""
    return f"LIQBOT_{name.upper().replace('.', '_')}"


def secret(name: str, file: Path | None, environ: Mapping[str, str]) -> Secret:
    """Return the secret of a dotted name, "telegram.token", from the environment or its file.

    Raise ConfigError where neither holds it, or where others than the owner may read the file.
    """
    if text := environ.get(variable(name), "").strip():
        return Secret(text)
    if file is None:
        raise ConfigError(
            f"{name}: set {variable(name)}, or {name}_file to a file only you can read"
        )
    try:
        with file.open(encoding="utf-8") as opened:
            open_to_others = os.fstat(opened.fileno()).st_mode & 0o077
            text = opened.read().strip()
    except OSError as error:  # the value is not told: it may be the secret itself
        raise ConfigError(f"{name}_file: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}_file = {written(file)}: is not UTF-8 text") from error
    if open_to_others:
        raise ConfigError(
            f"{name}_file = {written(file)}: others can read it; run: chmod 600 {file}"
        )
    if len(text.split()) != 1:
        raise ConfigError(f"{name}_file = {written(file)}: must hold the {name} and nothing else")
    return Secret(text)


def database_url(settings: DatabaseSettings, environ: Mapping[str, str]) -> Secret | None:
    """Return the address from LIQBOT_DATABASE_URL, its file or the settings, in that order.

    None means the SQLite file in the state folder. Raise ConfigError as `secret`.
    """
    if settings.url_file or environ.get(variable("database.url"), "").strip():
        return secret("database.url", settings.url_file, environ)
    return Secret(settings.url) if settings.url else None
