"""The state folder: what outlives the process, and belongs to one bot at a time."""

import fcntl
import os
import tempfile
import tomllib
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

import liqbot
from liqbot.errors import ConfigError

_NUMBA = "NUMBA_CACHE_DIR"
_ENGINE = Path(liqbot.__file__).parent / "heatmap"


@dataclass(frozen=True, slots=True)
class StateFolder:
    """Where everything is kept that is kept."""

    path: Path

    @staticmethod
    def open(path: Path | None) -> "StateFolder":
        """Make the folder, for its owner alone, or take the one there is; None: as XDG has it.

        Raise ConfigError where nothing can be written.
        """
        folder = StateFolder((path or default_path()).absolute())
        try:
            for each in folder.make():
                _try_to_write(each)
        except OSError as error:
            raise ConfigError(
                f'operations.state_dir = "{folder.path}": cannot be written:'
                f" {error.strerror}; name a folder that can"
            ) from error
        return folder

    @property
    def database(self) -> Path:
        """The SQLite file, where no other database is configured."""
        return self.path / "liqbot.db"

    @property
    def pictures(self) -> Path:
        """Where the console puts what it draws."""
        return self.path / "pictures"

    @property
    def compiled(self) -> Path:
        """Where numba keeps its code, where it cannot beside ours."""
        return self.path / "numba"

    def make(self) -> tuple[Path, ...]:
        """Make, for its owner alone, what is not there yet; return all folders in it."""
        folders = (self.path, self.pictures, self.compiled)
        for each in folders:
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folders

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep the folder to this process; raise ConfigError, naming it, while another has it.

        The lock ends with the process, however that ends.
        """
        with (self.path / "lock").open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.seek(0)
                raise ConfigError(
                    f'operations.state_dir = "{self.path}": another liqbot has it, process'
                    f" {file.read().strip() or 'unknown'}; stop that one, or name another folder"
                ) from error
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield


def default_path() -> Path:
    """Return the state folder of the user, as XDG has it."""
    return platformdirs.user_state_path("liqbot", appauthor=False)


def keep_compiled(
    environ: MutableMapping[str, str], config: Path | None = None, engine: Path = _ENGINE
) -> None:
    """Have numba keep its code in the state folder where the installed engine is read-only.

    To be called before the engine is imported: numba reads where once, at its own import. Reading
    the settings properly imports the engine, so that one key is looked up here, and what is
    wrong with it is left to be told later.
    """
    if _NUMBA not in environ and not is_writable(engine):
        folder = StateFolder((_state_dir_in(config) or default_path()).absolute())
        with suppress(OSError):  # told when the folder is opened
            folder.make()
        environ[_NUMBA] = str(folder.compiled)


def is_writable(folder: Path) -> bool:
    """Tell whether files can be made in a folder, by making one."""
    try:
        _try_to_write(folder)
    except OSError:
        return False
    return True


def _try_to_write(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder):
        pass


def _state_dir_in(config: Path | None) -> Path | None:
    try:
        table = tomllib.loads(config.read_text("utf-8-sig")) if config else {}
        return Path(table["operations"]["state_dir"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
