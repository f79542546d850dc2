"""What other programs read: values as JSON."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import typer

from liqbot.cli import files
from liqbot.cli.options import STDOUT

Document = Mapping[str, object]


def text(document: Document) -> str:
    """Write a document, one line a key; what is not finite is null, times are ISO 8601 in UTC."""
    rows = (
        f"  {json.dumps(key)}: {json.dumps(_plain(value), allow_nan=False, ensure_ascii=False)}"
        for key, value in document.items()
    )
    return "{\n" + ",\n".join(rows) + "\n}\n"


def put(path: Path, document: Document) -> None:
    """Write a document to a file, or to stdout for `-`; raise Unwritable."""
    if path == STDOUT:
        typer.echo(text(document), nl=False)
    else:
        files.write(path, text(document))


def fields_of(value: object) -> dict[str, object]:
    """Return the fields of a dataclass, in order."""
    if not is_dataclass(value):
        raise TypeError(value)
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _plain(value: object) -> object:
    """Return a value in the few kinds that JSON has."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    match value:
        case float():
            return value if math.isfinite(value) else None
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case Mapping():
            return {_key(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value


def _key(key: object) -> str:
    return f"{key:g}" if isinstance(key, float) else str(key)
