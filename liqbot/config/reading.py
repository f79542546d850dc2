"""Reads config.toml strictly, and tells all mistakes at once."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_type_hints

from pydantic import ConfigDict, TypeAdapter

from liqbot.config.annotation import allowed, apart, choices, family_in
from liqbot.config.family import Enabled, Family
from liqbot.config.secret import variable
from liqbot.config.shape import Config
from liqbot.config.toml import dotted, quoted, read_duration
from liqbot.errors import ConfigError, LiqbotError, nearest

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Settings = TypeVar("Settings", bound="DataclassInstance")

_STRICT = ConfigDict(strict=True, allow_inf_nan=False)
_PRIVATE = re.compile(r"(.*\.)?addresses")  # public, but whose they are is the operator's to say
_SECRET = re.compile(r"(.*_)?(token|password|secret|key)", re.IGNORECASE)


def load(path: Path) -> Config:
    """Read a config.toml; raise ConfigError that names every mistake in it."""
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}: line {line} is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error
    try:
        return decode(Config, table)
    except ConfigError as error:
        raise ConfigError(f"{path}:\n{error}") from error


def decode(kind: type[Settings], table: Mapping[str, object], where: str = "") -> Settings:
    """Make settings of a TOML table; raise ConfigError with one line per mistake.

    `where` is the dotted name of the table, for the errors.
    """
    mistakes: list[str] = []
    settings = _decoded(kind, table, where, mistakes)
    if settings is None:
        raise ConfigError("\n".join(mistakes))
    return settings


def _decoded(
    kind: type[Settings], table: Mapping[str, object], where: str, mistakes: list[str]
) -> Settings | None:
    """Make settings of a table, or note what is wrong with it and return None."""
    known = get_type_hints(kind, include_extras=True)
    noted = len(mistakes)
    flat = {name: family for name, hint in known.items() if (family := _flat(hint))}
    keys = [*(name for name in known if name not in flat), *chain(*(flat[n].members for n in flat))]
    mistakes += [_unknown(key, keys, where) for key in table if key not in keys]
    values: dict[str, object] = {}
    for each in fields(kind):
        name, hint = dotted(where, each.name), known[each.name]
        if each.name in flat:
            family = flat[each.name]
            sections = {key: value for key, value in table.items() if key in family}
            values[each.name] = _enabled(family, sections, where, mistakes)
        elif each.name in table:
            values[each.name] = _checked(hint, table[each.name], name, mistakes)
        elif each.default is MISSING and each.default_factory is MISSING:
            mistakes.append(f"{name}: is missing; must be {allowed(hint)}")
    if len(mistakes) > noted:
        return None
    try:
        return kind(**values)
    except (LiqbotError, ValueError) as error:
        mistakes.append(f"{where}: {error}" if where else str(error))
        return None


def _flat(hint: object) -> Family | None:
    """Return the family whose sections stand beside those of others, if it is one."""
    family = family_in(hint)
    return family if family and family.flat else None


def _enabled(
    family: Family, table: Mapping[str, object], where: str, mistakes: list[str]
) -> Enabled:
    """Make settings of the sections in a table, importing only the members that have one."""
    mistakes += [_unknown(name, family.members, where) for name in table if name not in family]
    given = {}
    for name in table:
        if name in family:
            hint = family.members[name].settings
            given[name] = _checked(hint, table[name], dotted(where, name), mistakes)
    return family.enabled(given)


def _checked(hint: object, value: object, name: str, mistakes: list[str]) -> object:
    """Return a value as its kind, or note what is wrong with it and return None."""
    if isinstance(value, Mapping):
        if family := family_in(hint):
            return _enabled(family, value, name, mistakes)
        if is_dataclass(hint):
            return _decoded(cast("type[DataclassInstance]", hint), value, name, mistakes)
    try:
        return _read(hint, value)
    except (TypeError, ValueError):
        near = nearest(value, choices(hint)) if isinstance(value, str) else None
        hope = f"; did you mean {near}?" if near else ""
        shown = "" if _PRIVATE.fullmatch(name) else f" = {quoted(value)}"
        mistakes.append(f"{name}{shown}: must be {allowed(hint)}{hope}")
    except LiqbotError as error:
        mistakes.append(f"{name}: {error}")
    return None


def _read(hint: object, value: object) -> object:
    """Return a value as its kind; raise TypeError or ValueError for one of another."""
    kind, _ = apart(hint)
    if is_dataclass(kind) or family_in(hint):
        raise TypeError(value)
    if kind is timedelta:
        value = f"PT{read_duration(value) // timedelta(seconds=1)}S"
    elif kind is datetime:
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise ValueError(value)
        value = value.isoformat()
    # Strict means for JSON what it should for TOML: a number is never a text, but a path is.
    adapter: TypeAdapter[object] = TypeAdapter(cast("Any", hint), config=_STRICT)
    return adapter.validate_json(json.dumps(value))


def _unknown(key: str, known: Iterable[str], where: str) -> str:
    """Say what a key may have been meant to be."""
    name = dotted(where, key)
    near = nearest(key, known)
    hope = f"did you mean {near}?" if near else f"there is {', '.join(known)}"
    if not _SECRET.fullmatch(key):
        return f"{name}: unknown; {hope}"
    if f"{key}_file" in known:
        hope = f"set {variable(name)}, or {name}_file to a file only you can read"
    return f"{name}: no secret belongs in this file, which gets shown; {hope}"
