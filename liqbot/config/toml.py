"""How values and names are written in config.toml."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from textwrap import shorten

import tomli_w

_DURATION = re.compile(r"(\d{1,6}) ?([smhd])")
_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_LONGEST = 80  # characters
_PASSWORD = re.compile(r"(?<=://)[^:/@]*:.*(?=@)")  # an @ in it, too


def dotted(where: str, key: str) -> str:
    """Return the dotted name of a key in a table."""
    return f"{where}.{key}" if where else key


def read_duration(value: object) -> timedelta:
    """Read 30s, 90m, 24h or 7d; raise ValueError for all else."""
    if not (found := _DURATION.fullmatch(str(value))):
        raise ValueError(value)
    return int(found[1]) * _UNITS[found[2]]


def written(value: object) -> str:
    """Write a value as it stands in config.toml, on one line."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, timedelta):
        value = duration(value)
    elif isinstance(value, Path):
        value = str(value)
    return tomli_w.dumps({"_": value}).removeprefix("_ = ").rstrip("\n")


def duration(value: timedelta) -> str:
    """Write a duration of whole seconds as people say it: 24h, and not 1d."""
    if value == _UNITS["d"]:
        return "24h"
    fits = (n for n, unit in _UNITS.items() if not value % unit and value >= unit)
    name = next(fits, "s")
    return f"{value // _UNITS[name]}{name}"


def quoted(value: object) -> str:
    """Write a value for an error: not at any length, and no password in an address."""
    if isinstance(value, Mapping):
        return "{…}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[…]"
    return shorten(_PASSWORD.sub("***", written(value)), _LONGEST, placeholder=" …")


def holds_password(address: str) -> bool:
    """Tell whether an address, such as a database's, has a password in it."""
    return bool(_PASSWORD.search(address)) or "password=" in address.lower()
