"""The shape of config.toml: strict reading, all mistakes at once, secrets from elsewhere.

Settings are frozen dataclasses that stand beside the code they set. Each field says what it
may be in its annotation: a kind, bounds from annotated-types, and one sentence as plain text.
From those come the checks, what the errors say, and config.example.toml.
"""

import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from textwrap import shorten
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import tomli_w
from annotated_types import Ge, GroupedMetadata, Gt, Interval, Le, Lt, MaxLen
from pydantic import ConfigDict, TypeAdapter

from liqbot.charts.chart import View
from liqbot.errors import ConfigError, LiqbotError, nearest

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Settings = TypeVar("Settings", bound="DataclassInstance")

_STRICT = ConfigDict(strict=True, allow_inf_nan=False)
_KINDS: dict[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Path: "the path of a file",
    datetime: "a date and time with its offset from UTC",
    timedelta: "a duration such as 90m, 24h or 7d",
}
_LIMITS: dict[type, str] = {
    Gt: "above {0.gt}",
    Ge: "at least {0.ge}",
    Lt: "below {0.lt}",
    Le: "at most {0.le}",
    MaxLen: "of at most {0.max_length} characters",
}
_DURATION = re.compile(r"(\d{1,6}) ?([mhd])")
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """What is assumed about traders."""

    file: Annotated[Path | None, "A model that `liqbot fit` wrote; the built-in one without."] = (
        None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatmapSettings:
    """How the map is laid out."""

    bin_width: Annotated[
        float, Interval(ge=0.0002, le=0.01), "Height of one price bin, as a fraction of the price."
    ] = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings; every section and every key may be left out."""

    model: ModelSettings = field(default_factory=ModelSettings)
    heatmap: HeatmapSettings = field(default_factory=HeatmapSettings)
    charts: View = field(default_factory=View)


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


def example() -> str:
    """Return config.example.toml: every setting with its meaning, bounds and default."""
    head = (
        "# The settings of liqbot and their defaults, as printed by `liqbot example-config`.\n"
        "# Keep in your config.toml what you change; every section and key may be left out.\n"
    )
    return head + "".join(_example(Config(), ""))


def secret(name: str, file: Path | None, environ: Mapping[str, str]) -> Secret:
    """Return the secret of a dotted name, "telegram.token", from the environment or its file.

    Raise ConfigError where neither holds it, or where others than the owner may read the file:
    config.toml itself gets shown, copied and committed.
    """
    variable = f"LIQBOT_{name.upper().replace('.', '_')}"
    if text := environ.get(variable, "").strip():
        return Secret(text)
    if file is None:
        raise ConfigError(f"{name}: set {variable}, or {name}_file to a file only you can read")
    where = f"{name}_file = {_toml(file)}"
    try:
        with file.open(encoding="utf-8") as opened:
            open_to_others = os.fstat(opened.fileno()).st_mode & 0o077
            text = opened.read().strip()
    except OSError as error:
        raise ConfigError(f"{where}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{where}: is not UTF-8 text") from error
    if open_to_others:
        raise ConfigError(f"{where}: others can read it; run: chmod 600 {file}")
    if len(text.split()) != 1:
        raise ConfigError(f"{where}: must hold the {name} and nothing else")
    return Secret(text)


def _decoded(
    kind: type[Settings], table: Mapping[str, object], where: str, mistakes: list[str]
) -> Settings | None:
    """Make settings of a table, or note what is wrong with it and return None."""
    known = get_type_hints(kind, include_extras=True)
    noted = len(mistakes)
    mistakes += [_unknown(key, known, where) for key in table if key not in known]
    values = {}
    for each in fields(kind):
        name, hint = _dotted(where, each.name), known[each.name]
        if each.name in table:
            values[each.name] = _checked(hint, table[each.name], name, mistakes)
        elif each.default is MISSING and each.default_factory is MISSING:
            mistakes.append(f"{name}: is missing; must be {_allowed(hint)}")
    if len(mistakes) > noted:
        return None
    try:
        return kind(**values)
    except (LiqbotError, ValueError) as error:
        mistakes.append(f"{where}: {error}" if where else str(error))
        return None


def _checked(hint: object, value: object, name: str, mistakes: list[str]) -> object:
    """Return a value as its kind, or note what is wrong with it and return None."""
    if is_dataclass(hint) and isinstance(value, Mapping):
        return _decoded(cast("type[DataclassInstance]", hint), value, name, mistakes)
    try:
        return _read(hint, value)
    except (TypeError, ValueError):
        near = nearest(value, _choices(hint)) if isinstance(value, str) else None
        hope = f"; did you mean {near}?" if near else ""
        mistakes.append(f"{name} = {_toml(value)}: must be {_allowed(hint)}{hope}")
        return None


def _read(hint: object, value: object) -> object:
    """Return a value as its kind; raise TypeError or ValueError for one of another."""
    kind, _ = _apart(hint)
    if is_dataclass(kind):
        raise TypeError(value)
    if kind is timedelta:
        if not (found := _DURATION.fullmatch(str(value))):
            raise ValueError(value)
        value = f"PT{int(found[1]) * _UNITS[found[2]] // timedelta(seconds=1)}S"
    elif kind is datetime:
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise ValueError(value)
        value = value.isoformat()
    # Strict means for JSON what it should for TOML: a number is never a text, but a path is.
    adapter: TypeAdapter[object] = TypeAdapter(cast("Any", hint), config=_STRICT)
    return adapter.validate_json(json.dumps(value))


def _unknown(key: str, known: Iterable[str], where: str) -> str:
    near = nearest(key, known)
    hope = f"did you mean {near}?" if near else f"there is {', '.join(known)}"
    return f"{_dotted(where, key)}: unknown; {hope}"


def _allowed(hint: object) -> str:
    """Say what a value may be."""
    kind, metadata = _apart(hint)
    if is_dataclass(kind):
        return "a section"
    limits = [_LIMITS[type(each)].format(each) for each in metadata if type(each) in _LIMITS]
    return " or ".join(_choices(hint)) or f"{_KINDS[kind]} {' and '.join(limits)}".strip()


def _choices(hint: object) -> list[str]:
    """Return the names that a text must be one of; none where it is free."""
    kind, _ = _apart(hint)
    return [str(each) for each in get_args(kind)] if get_origin(kind) is Literal else []


def _apart(hint: object) -> tuple[object, list[object]]:
    """Take an annotation apart into the kind itself, without None, and what is said of it."""
    if get_origin(hint) is Annotated:
        kind, *metadata = get_args(hint)
        flat = (each if isinstance(each, GroupedMetadata) else [each] for each in metadata)
        inner, more = _apart(kind)
        return inner, [*chain.from_iterable(flat), *more]
    if get_origin(hint) in {Union, UnionType}:
        return _apart(*(each for each in get_args(hint) if each is not NoneType))
    return hint, []


def _example(settings: "DataclassInstance", where: str) -> Iterator[str]:
    """Yield the lines of one table, then those of the tables inside it."""
    hints = get_type_hints(type(settings), include_extras=True)
    plain = [name for name in hints if not is_dataclass(hints[name])]
    if plain:
        meaning = re.split("[.;]", settings.__doc__ or "")[0]
        yield f"\n# {meaning}.\n[{where}]\n"
    for name in plain:
        value = getattr(settings, name)
        _, metadata = _apart(hints[name])
        yield from (f"# {each}\n" for each in metadata if isinstance(each, str))
        yield f"# Must be {_allowed(hints[name])}.\n"
        yield f"# {name} =\n" if value is None else f"{name} = {_toml(value)}\n"
    for name in [name for name in hints if name not in plain]:
        yield from _example(getattr(settings, name), _dotted(where, name))


def _dotted(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _toml(value: object) -> str:
    """Write a value as config.toml does, on one line and not at any length."""
    if isinstance(value, Mapping):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    if isinstance(value, timedelta):
        fits = (n for n, unit in _UNITS.items() if not value % unit and value > unit)
        name = next(fits, "m")
        value = f"{value // _UNITS[name]}{name}"  # 24h, as people say, and not 1d
    elif isinstance(value, Path):
        value = str(value)
    return shorten(tomli_w.dumps({"_": value}).removeprefix("_ = "), 80, placeholder=" …")
