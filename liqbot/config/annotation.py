"""What a field's annotation says of it."""

from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from annotated_types import Ge, GroupedMetadata, Gt, Le, Lt, MaxLen, MinLen

from liqbot.config.family import Family
from liqbot.config.toml import duration

_KINDS: dict[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Path: "a path",
    datetime: "a date and time with its offset from UTC",
    timedelta: "a duration such as 30s, 24h or 7d",
}
_BOUNDS = {Gt: ("above", "gt"), Ge: ("at least", "ge"), Lt: ("below", "lt"), Le: ("at most", "le")}


def apart(hint: object) -> tuple[object, list[object]]:
    """Take an annotation apart into the kind itself, without None, and what is said of it."""
    if get_origin(hint) is Annotated:
        kind, *metadata = get_args(hint)
        flat = (each if isinstance(each, GroupedMetadata) else [each] for each in metadata)
        inner, more = apart(kind)
        return inner, [*chain.from_iterable(flat), *more]
    if get_origin(hint) in {Union, UnionType}:
        return apart(*(each for each in get_args(hint) if each is not NoneType))
    return hint, []


def allowed(hint: object) -> str:
    """Say what a value may be."""
    kind, metadata = apart(hint)
    if is_dataclass(kind):
        return "a section"
    if family_in(hint):
        return "sections, one for each that is enabled"
    if get_origin(kind) is tuple:
        return f"a list, each {allowed(get_args(kind)[0])}"
    limits = " and ".join(_limits(metadata))
    between = ", " if limits and kind is timedelta else " "
    return " or ".join(choices(hint)) or f"{_KINDS[kind]}{between}{limits}".strip()


def choices(hint: object) -> list[str]:
    """Return the names that a text must be one of; none where it is free."""
    kind, _ = apart(hint)
    return [str(each) for each in get_args(kind)] if get_origin(kind) is Literal else []


def meaning(hint: object) -> list[str]:
    """Return the sentences in an annotation."""
    _, metadata = apart(hint)
    return [each for each in metadata if isinstance(each, str)]


def family_in(hint: object) -> Family | None:
    """Return the family of whose members a table has sections; None for any other table."""
    _, metadata = apart(hint)
    return next((each for each in metadata if isinstance(each, Family)), None)


def _limits(metadata: list[object]) -> Iterator[str]:
    for each in metadata:
        if type(each) in _BOUNDS:
            word, name = _BOUNDS[type(each)]
            bound = getattr(each, name)
            yield f"{word} {duration(bound) if isinstance(bound, timedelta) else bound}"
        elif isinstance(each, MinLen):
            yield f"of at least {each.min_length} characters"
        elif isinstance(each, MaxLen):
            yield f"of at most {each.max_length} characters"
