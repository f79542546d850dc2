"""Whoever is the largest in a list of accounts that is too long to be held whole."""

import json
import re
from collections.abc import Callable, Collection, Iterator
from heapq import heappush, heappushpop
from typing import Any, TypeAlias

from liqbot.errors import SourceUnreadable

Account: TypeAlias = tuple[str, float]  # whose it is, and its value, US dollars
Read: TypeAlias = Callable[[Any], Account | None]  # None: of no interest; raises what MISREAD says

MISREAD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

_HEAD, _ROW, _WHOLE = 4_096, 8_192, 128 * 2**20  # bytes, the most until, of and with its rows
_BETWEEN = re.compile(r"[ \t\r\n,]*")
_scan = json.JSONDecoder().raw_decode


class Rows:
    """The objects in the list under a key of a JSON document that comes piece by piece.

    No more of it is held than one piece and the row it cuts; where it is cut changes nothing.
    """

    def __init__(self, who: str, key: str) -> None:
        self.is_whole = False  # whether the list has ended
        self._who, self._opening = who, re.compile(rf'"{re.escape(key)}"\s*:\s*\[')
        self._left, self._room = "", _WHOLE
        self._begun = False

    def of(self, piece: bytes) -> Iterator[Any]:
        """Yield the rows that end in the next piece; raise SourceUnreadable.

        What follows the list is ignored. Text beyond ASCII comes out wrong: nobody reads names.
        """
        text = self._left + piece[: self._room].decode("latin-1")
        self._room -= len(piece)
        at = 0 if self._begun else self._begin(text)
        while self._begun and not self.is_whole:
            at = _end(_BETWEEN.match(text, at))
            if text[at : at + 1] == "]":
                self.is_whole = True
            elif (row := self._row(text, at)) is not None:
                told, at = row
                yield told
            else:
                break
        self._left = text[at:]
        if not self.is_whole and self._room <= 0:
            raise self._unreadable(f"is longer than {_WHOLE // 2**20} MB")

    def end(self) -> None:
        """Take note that no more comes; raise SourceUnreadable where the list has not ended."""
        if not self.is_whole:
            raise self._unreadable("was cut short" if self._begun else "told no list of accounts")

    def _begin(self, text: str) -> int:
        """Return where the first row may stand, if the list has begun."""
        found = self._opening.search(text, 0, _HEAD)
        if found is None and len(text) >= _HEAD:
            raise self._unreadable("told no list of accounts")
        self._begun = found is not None
        return _end(found) if found else 0

    def _row(self, text: str, at: int) -> tuple[Any, int] | None:
        """Return the row at a place and where it ends; None where its end is still to come."""
        if at == len(text):
            return None
        if text[at] == "{":
            try:
                row, end = _scan(text, at)
            except (RecursionError, ValueError):
                row, end = None, len(text)
            if end - at <= _ROW:
                return None if row is None else (row, end)
        raise self._unreadable("is a list of something else")

    def _unreadable(self, why: str) -> SourceUnreadable:
        return SourceUnreadable(f"{self._who} {why}")


class Largest:
    """So many accounts of the most value, each once, but for some whom nobody has to find."""

    def __init__(self, count: int, besides: Collection[str], read: Read) -> None:
        self.told, self.doubted = 0, 0  # rows, and those that make no sense
        self._count, self._besides, self._read = count, besides, read
        self._heap: list[tuple[float, str]] = []  # the least first
        self._within: set[str] = set()

    def found(self, who: str) -> tuple[str, ...]:
        """Return whose they are, the largest first; raise SourceUnreadable where nobody is."""
        if not self._heap:
            raise SourceUnreadable(f"{who} told {self.told} rows, of nobody who can be asked")
        return tuple(name for _, name in sorted(self._heap, reverse=True))

    def take(self, row: object) -> None:
        """Look at a row."""
        self.told += 1
        try:
            account = self._read(row)
        except MISREAD:
            self.doubted += 1
            return
        if account is None or account[0] in self._besides or account[0] in self._within:
            return
        name, value = account
        self._within.add(name)
        if len(self._heap) < self._count:
            heappush(self._heap, (value, name))
        else:
            _, least = heappushpop(self._heap, (value, name))
            self._within.remove(least)


def _end(found: re.Match[str] | None) -> int:
    return found.end() if found else 0
