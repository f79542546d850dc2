"""Text as Discord's markdown, in which nothing but what is meant is markup."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from liqbot.chat.richtext import Bold, Code, Dim, Line, RichText, Span, letters, shorten, units

# All that begins markup anywhere: emphasis, code, spoilers, links, mentions, dates, quotes.
_ANYWHERE = re.compile(r"[\\*_~`|<>\[@]")
_IN_FRONT = re.compile(r"^(\s*)([-+#])", re.MULTILINE)  # a list, a heading
_NUMBERED = re.compile(r"^(\s*\d*)\.", re.MULTILINE)
# An address or a named emoji has a colon in it; a time of day and the end of a word do as well.
_COLON = re.compile(r":(?!\s)(?!(?<=\d:)\d\d(?!\w))")
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_QUOTE_IN_CODE = "ˋ"  # nothing escapes a backtick there
_FENCE = "```"
_SMALL = "-# "


def markdown(text: RichText, limit: int) -> str:
    """Return text as Discord shows it, of at most `limit` UTF-16 units: whole lines that fit."""
    fitting = shorten(text, limit, _size)
    return "\n".join(_blocks(fitting))


def _size(span: Span) -> int:
    """Count a span as it is dressed, wherever it stands: in a line of its own, beside others."""
    shown = units(_dressed(span))
    match span:
        case Code():
            return shown + 2  # in a block of two lines, each has half a fence on either side
        case Dim():
            return shown + len(_SMALL)
        case _:
            return shown


def _blocks(text: RichText) -> Iterator[str]:
    """Yield lines, and those as one block that are nothing but code and follow each other."""
    for is_code, group in groupby(text, _is_code):
        lines = list(group)
        if is_code and len(lines) > 1:
            yield "\n".join((_FENCE, *("".join(map(_literal, each)) for each in lines), _FENCE))
        else:
            yield from map(_line, lines)


def _is_code(line: Line) -> bool:
    return bool(line) and all(isinstance(each, Code) and each.text for each in line)


def _line(line: Line) -> str:
    spans = [each for each in line if letters(each)]
    small = _SMALL if spans and all(isinstance(each, Dim) for each in spans) else ""
    # Neighbours of one weight share its marks: theirs side by side would mean something else.
    return small + "".join(_dressed(*group) for _, group in groupby(spans, type))


def _dressed(*spans: Span) -> str:
    """Return some spans of one weight with its marks."""
    match spans[0]:
        case Bold():
            return f"**{_inside(spans)}**"
        case Code():
            return f"`{''.join(map(_literal, spans))}`"
        case Dim():
            return _inside(spans).replace("\n", " ")
        case _:
            return _inside(spans)


def _inside(spans: Iterable[Span]) -> str:
    return "".join(_escaped(letters(each)) for each in spans)


def _escaped(text: str) -> str:
    seen = _UNSEEN.sub(" ", text)
    seen = _ANYWHERE.sub(r"\\\g<0>", seen)
    seen = _COLON.sub(r"\\:", seen)
    return _NUMBERED.sub(r"\1\\.", _IN_FRONT.sub(r"\1\\\2", seen))


def _literal(span: Span) -> str:
    """Return what is shown as it is, in one line."""
    return _UNSEEN.sub(" ", letters(span)).replace("\n", " ").replace("`", _QUOTE_IN_CODE)
