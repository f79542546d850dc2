"""Formatted text that knows no platform."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
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
Measure: TypeAlias = Callable[[Span], int]

_CUT = "…"
_FOOT = 24  # units for "page 2 of 3" and the ends of lines


def plain(text: RichText) -> str:
    """Return the characters alone, a line each."""
    return "\n".join("".join(map(letters, line)) for line in text)


def letters(span: Span) -> str:
    """Return the characters of a span without its weight."""
    return span if isinstance(span, str) else span.text


def units(span: Span) -> int:
    """Count what chats count: UTF-16 code units, of which an emoji is two."""
    return len(letters(span).encode("utf-16-le", "surrogatepass")) // 2


def length(text: RichText, measure: Measure = units) -> int:
    """Count the units of a text, with one for each end of a line but the last."""
    return sum(_size(line, measure) + 1 for line in text) - 1 if text else 0


def shorten(text: RichText, limit: int, measure: Measure = units) -> RichText:
    """Return text of at most `limit` units: whole lines, and how many were left out.

    Where not even the first line fits, its last span that does is cut. `measure` counts a span as
    the platform will dress it, so markup is never cut; more text never measures less.
    """
    ends = list(accumulate(_size(line, measure) + 1 for line in text))
    if not text or ends[-1] - 1 <= limit:
        return text
    for kept in range(len(text) - 1, 0, -1):
        notice: Line = (Dim(_left_out(len(text) - kept)),)
        if ends[kept - 1] + _size(notice, measure) <= limit:
            return (*text[:kept], notice)
    cut = _cut(text[0], limit, measure)
    return (cut,) if cut else ()


def paged(text: RichText, limit: int) -> tuple[RichText, ...]:
    """Return text in pages of at most `limit` units, each with its number where there are several.

    The first line heads every page, and a line that is all bold heads what follows it: neither
    ends a page. Only a line longer than a page loses anything. `limit` is 100 or more.
    """
    if length(text) <= limit:
        return (text,)
    (head,) = shorten(text[:1], limit // 2)
    room = limit - length((head,)) - _FOOT
    pages: list[list[Line]] = [[]]
    for line in text[1:]:
        (whole,) = shorten((line,), room) or ((),)
        if length((*pages[-1], whole)) > room:
            pages.append([pages[-1].pop()] if len(pages[-1]) > 1 and _heads(pages[-1][-1]) else [])
        pages[-1].append(whole)
    return tuple(
        (head, *page, (Dim(f"page {i} of {len(pages)}"),)) for i, page in enumerate(pages, 1)
    )


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> tuple[Code, ...]:
    """Lay rows of equally many words out in columns two apart; those numbered end at one edge."""
    widths = [max(map(_columns, column)) for column in zip(*rows, strict=True)]
    return tuple(
        Code(
            "  ".join(
                _padded(word, width, left=i in right)
                for i, (word, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
        )
        for row in rows
    )


def _left_out(lines: int) -> str:
    return f"{_CUT} {lines} more line{'s' if lines > 1 else ''} left out"


def _heads(line: Line) -> bool:
    return all(isinstance(span, Bold) for span in line)


def _size(line: Line, measure: Measure) -> int:
    return sum(map(measure, line))


def _cut(line: Line, limit: int, measure: Measure) -> Line:
    """Return as much of a line as fits, its last span ending in dots; nothing where none does."""
    kept: list[Span] = []
    room = limit - measure(_CUT)
    for span in line:
        if measure(span) > room:
            shorter = _fitting(span, room, measure)
            if measure(shorter) <= room:
                kept.append(shorter)
            break
        kept.append(span)
        room -= measure(span)
    kept[-1:] = [_with(each, letters(each) + _CUT) for each in kept[-1:]]
    return tuple(kept)


def _fitting(span: Span, room: int, measure: Measure) -> Span:
    """Return the longest beginning of a span that fits."""
    text = letters(span)
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(_with(span, text[:middle])) <= room:
            low = middle
        else:
            high = middle - 1
    return _with(span, text[:low])


def _with(span: Span, text: str) -> Span:
    return text if isinstance(span, str) else replace(span, text=text)


def _padded(word: str, width: int, *, left: bool) -> str:
    space = " " * (width - _columns(word))
    return space + word if left else word + space


def _columns(word: str) -> int:
    """Count the columns that a terminal gives a word."""
    return sum(
        0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in word
    )
