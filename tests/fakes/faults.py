"""What goes wrong on a venue: put in and taken out at any time."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Json: TypeAlias = Any  # what json.dumps takes
Kind = Literal[
    "timeout",  # never answers
    "slow",  # answers after `seconds`
    "429",  # with Retry-After where `retry_after` says so
    "418",
    "500",
    "503",
    "refused",  # the connection is cut before a word is said
    "html",  # 200, and a page for people
    "truncated",  # 200, and half of the JSON
    "empty",  # 200, and lists without rows
    "nulls",  # 200, and every second row full of nulls
    "shuffled",  # 200, and rows out of order
    "duplicated",  # 200, and every row twice
    "frozen",  # open interest stands still from now on
    "hundredfold",  # prices are 100 times too high
    "delisted",  # the market trades no more
    "skewed",  # the venue's clock is `seconds` ahead: Date, stamps and rows
    "closes",  # a socket closes after `seconds`
    "silent",  # a socket stays open and says nothing
]
ON_THE_WIRE: tuple[Kind, ...] = (
    "timeout",
    "slow",
    "429",
    "418",
    "500",
    "503",
    "refused",
    "html",
    "truncated",
)
IN_THE_ROWS: tuple[Kind, ...] = ("empty", "nulls", "shuffled", "duplicated")
HTML = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fault:
    """One thing that goes wrong; where it is None it does everywhere."""

    kind: Kind
    venue: str | None = None
    endpoint: str | None = None  # "candles", "open_interest" …, "tape" for the socket
    market: str | None = None  # base: "BTC"; a question about many markets is not of one
    seconds: float = 90.0
    retry_after: int | None = None  # seconds

    def concerns(self, venue: str, endpoint: str, market: str | None) -> bool:
        return (
            self.venue in {None, venue}
            and (self.endpoint is None or self.endpoint == endpoint)
            and (self.market is None or self.market == market)
        )


class Faults:
    """All that goes wrong at the moment."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.standing: dict[Fault, int] = {}  # when each began, Unix ms of the world
        self._now_ms = now_ms

    def add(self, fault: Fault) -> Fault:
        """Let something go wrong from now on."""
        self.standing[fault] = self._now_ms()
        return fault

    def remove(self, fault: Fault) -> None:
        """Mend it."""
        self.standing.pop(fault, None)

    def clear(self) -> None:
        """Mend everything."""
        self.standing.clear()

    def find(
        self, kinds: Iterable[Kind], venue: str, endpoint: str, market: str | None = None
    ) -> Fault | None:
        """Return the oldest fault of some kinds that concerns a question, or None."""
        found = (
            each
            for each in self.standing
            if each.kind in kinds and each.concerns(venue, endpoint, market)
        )
        return next(found, None)


def spoilt(answer: Json, kind: str) -> Json:
    """Return an answer whose lists of rows, wherever they are in it, are spoilt."""
    if isinstance(answer, dict):
        if kind == "nulls" and not any(isinstance(each, list | dict) for each in answer.values()):
            return dict.fromkeys(answer)
        if _has_columns(answer):
            return answer | _spoilt_columns(answer, kind)
        return {key: spoilt(each, kind) for key, each in answer.items()}
    if isinstance(answer, list) and any(isinstance(each, list | dict) for each in answer):
        return _spoilt_rows(answer, kind)
    return [] if isinstance(answer, list) and kind == "empty" else answer


def _has_columns(answer: dict[str, Json]) -> bool:
    """Tell whether rows are told as equally long lists of numbers, as charts are by Deribit."""
    lengths = [len(each) for each in answer.values() if isinstance(each, list)]
    return len(lengths) > 3 and len(set(lengths)) == 1


def _spoilt_columns(answer: dict[str, Json], kind: str) -> dict[str, Json]:
    names = [name for name, each in answer.items() if isinstance(each, list)]
    rows = [list(row) for row in zip(*(answer[name] for name in names), strict=True)]
    spoilt_rows = _spoilt_rows(rows, kind)
    return {name: [row[place] for row in spoilt_rows] for place, name in enumerate(names)}


def _spoilt_rows(rows: list[Any], kind: str) -> list[Any]:
    if kind == "empty":
        return []
    if kind == "shuffled":
        return rows[1::2] + rows[::2]
    if kind == "duplicated":
        return [each for row in rows for each in (row, row)]
    return [_nulls(row) if place % 2 == 0 else row for place, row in enumerate(rows)]


def _nulls(row: Json) -> Json:
    return dict.fromkeys(row) if isinstance(row, dict) else [row[0], *([None] * (len(row) - 1))]


def half(text: str) -> str:
    """Return the first half of some JSON; it never parses."""
    cut = text[: max(1, len(text) // 2)]
    try:
        json.loads(cut)
    except ValueError:
        return cut
    return "{" + cut
