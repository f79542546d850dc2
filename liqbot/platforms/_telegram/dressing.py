"""RichText as the HTML that Telegram reads, and buttons as its keyboards."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import escape
from itertools import groupby

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from liqbot.chat.message import Button
from liqbot.chat.richtext import Bold, Code, Dim, Line, RichText, Span, letters, plain, shorten

TEXT, CAPTION = 4096, 1024  # UTF-16 units, once the markup is read

_MARKED = 100  # spans; Telegram loses the marks of those beyond
_ROW, _BUTTONS = 8, 100  # in a row, and altogether


def dressed(text: RichText, limit: int) -> str:
    """Return HTML that says at most `limit` units; "" for a text that shows nothing.

    Lines of code that follow one another become one block, so that their columns stand.
    """
    text = shorten(clean(text), limit)
    if not any(each.isprintable() and not each.isspace() for each in plain(text)):
        return ""
    said, marked = [], 0
    for block in _blocks(text):
        for tag, words in block:
            is_marked = bool(tag) and marked < _MARKED
            marked += is_marked
            safe = escape(words, quote=False)
            said.append(f"<{tag}>{safe}</{tag}>" if is_marked else safe)
        said.append("\n")
    return "".join(said[:-1])


def clean(text: RichText) -> RichText:
    """Return a text without what no UTF-8 can carry."""
    return tuple(tuple(_clean_span(span) for span in line) for line in text)


def keyboard(buttons: Iterable[Iterable[Button]]) -> InlineKeyboardMarkup | None:
    """Return buttons as Telegram takes them, in rows of eight at most; None for none."""
    rows, room = [], _BUTTONS
    for row in buttons:
        made = [
            InlineKeyboardButton(_encodable(each.label).strip() or "·", callback_data=each.words)
            for each in row
        ][:room]
        room -= len(made)
        rows += [made[i : i + _ROW] for i in range(0, len(made), _ROW)]
    return InlineKeyboardMarkup(rows) if rows else None


def _blocks(text: RichText) -> Iterator[list[tuple[str, str]]]:
    """Yield tags and words, by the lines that they are."""
    for is_code, group in groupby(text, _is_code):
        lines = list(group)
        if is_code and len(lines) > 1:
            yield [("pre", plain(tuple(lines)))]
            continue
        for line in lines:
            yield [(_tag(span), letters(span)) for span in line]


def _is_code(line: Line) -> bool:
    return bool(line) and all(isinstance(span, Code) for span in line)


def _tag(span: Span) -> str:
    if not letters(span).strip():
        return ""
    match span:
        case Bold():
            return "b"
        case Code():
            return "code"
        case Dim():
            return "i"
        case _:
            return ""


def _clean_span(span: Span) -> Span:
    text = _encodable(letters(span))
    return text if isinstance(span, str) else replace(span, text=text)


def _encodable(text: str) -> str:
    """Join halves of letters that belong together, and replace those that stand alone."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
