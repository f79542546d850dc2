"""Formatted text that knows no platform."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Bold:
    """Weight for what is looked for first."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Equal widths, for tables and for what is to be typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Dim:
    """What may be passed over."""

    text: str


Span: TypeAlias = str | Bold | Code | Dim
Line: TypeAlias = tuple[Span, ...]
RichText: TypeAlias = tuple[Line, ...]
