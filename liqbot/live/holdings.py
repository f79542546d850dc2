"""What some hold whose positions are public, as far as it is believed and not too old."""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

import numpy as np

from liqbot.clock import Clock
from liqbot.heatmap.history import History
from liqbot.heatmap.measured import measured
from liqbot.live.memory import Memory
from liqbot.market.position import Position, doubt
from liqbot.market.source import Leaders
from liqbot.market.status import HoldersStatus
from liqbot.market.units import ms_of

_Told: TypeAlias = tuple[datetime, tuple[Position, ...]]


@dataclass(frozen=True, slots=True)
class _Group:
    """Who is asked, by number, and for how long an answer counts."""

    holders: Collection[int] = ()
    lasting: timedelta = timedelta(0)


@dataclass(slots=True)
class _Book:
    """What one venue told."""

    listed: _Group
    unranked: str
    largest: _Group = field(default_factory=_Group)
    told: dict[int, _Told] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    failing: str = ""

    def lately(self, group: _Group, now: datetime) -> list[_Told]:
        """Return which answers of a group still count."""
        told = (self.told[each] for each in group.holders if each in self.told)
        return [each for each in told if now - each[0] <= group.lasting]


class Holdings:
    """Keeps the newest answer of each holder; one that is too old counts no more."""

    def __init__(self, clock: Clock, memory: Memory) -> None:
        self._clock, self._memory = clock, memory
        self._books: dict[str, _Book] = {}

    def expect(self, venue: str, listed: int, lasting: timedelta, *, sought: int = 0) -> None:
        """Take note of how many are listed on a venue, and for how long an answer counts.

        `sought`: how many of its largest accounts are to be asked about, once they are known.
        """
        unranked = "its leaderboard has not been read yet" if sought else ""
        self._books[venue] = _Book(_Group(range(listed), lasting), unranked)

    def rank(self, venue: str, found: Leaders, lasting: timedelta) -> None:
        """Take note of who the largest accounts are now; what others told counts no more."""
        book = self._books[venue]
        book.largest, book.unranked = _Group(found.holders, lasting), ""
        asked = {*book.listed.holders, *found.holders}
        book.told = {each: told for each, told in book.told.items() if each in asked}
        book.dropped += Counter({"leaderboard row": found.doubted})

    def unrank(self, venue: str, why: str) -> None:
        """Take note that a venue does not tell who is the largest, until it does."""
        self._books[venue].unranked = why

    def take(self, venue: str, holder: int, told: Iterable[Position], skew_s: float) -> None:
        """Keep what of an answer is believed, in place of the one before.

        What is held in other markets than those watched is nobody's business here.
        """
        book, now = self._books[venue], self._clock.now()
        watched = [each for each in told if self._memory.of(each.instrument) is not None]
        doubts = [self._doubt(each, now, skew_s) for each in watched]
        book.dropped.update(filter(None, doubts))
        kept = [each for each, why in zip(watched, doubts, strict=True) if not why]
        book.told[holder] = now, tuple({(p.instrument, p.side): p for p in kept}.values())
        book.failing = ""

    def lose(self, venue: str, why: str) -> None:
        """Take note that a venue does not tell, until it does."""
        self._books[venue].failing = why

    def beside(self, history: History) -> History:
        """Return a map with what is held in its market beside it."""
        books = [self._books[each] for each in history.venues if each in self._books]
        if not books:
            return history
        now = self._clock.now()
        listed = [each for book in books for each in book.lately(book.listed, now)]
        leading = [each for book in books for each in book.lately(book.largest, now)]
        told = [*listed, *leading]
        found = measured(
            (each for _, held in told for each in held if each.instrument.base == history.base),
            history.snapshot.mark,
            float(history.interest[:, -1].sum()),
            holders=len(listed),
            listed=sum(len(book.listed.holders) for book in books),
            leading=len(leading),
            largest=sum(len(book.largest.holders) for book in books),
            age_s=_age_s(told, now),
        )
        return replace(history, measured=found)

    def status(self, venue: str) -> HoldersStatus | None:
        """Return how a venue's holders are told of; None where nobody is asked about."""
        book = self._books.get(venue)
        if book is None:
            return None
        now = self._clock.now()
        listed, leading = book.lately(book.listed, now), book.lately(book.largest, now)
        told = [*listed, *leading]
        return HoldersStatus(
            listed=len(book.listed.holders),
            telling=len(listed),
            largest=len(book.largest.holders),
            leading=len(leading),
            unranked=book.unranked,
            age_s=_age_s(told, now),
            positions=sum(len(held) for _, held in told),
            dropped=dict(book.dropped),
            failing=book.failing,
        )

    def _doubt(self, told: Position, now: datetime, skew_s: float) -> str:
        seen = self._memory.of(told.instrument)
        sizes = np.empty(0) if seen is None else seen.open_interest.quantity
        known = sizes[~np.isnan(sizes)]
        return doubt(
            told,
            mark=math.nan if seen is None else seen.mark,
            open_interest=float(known[-1]) if known.size else math.nan,
            now_ms=ms_of(now),
            skew_s=skew_s,
        )


def _age_s(told: Iterable[_Told], now: datetime) -> float:
    """Return how old the oldest answer is, inf where there is none."""
    return max(((now - at).total_seconds() for at, _ in told), default=math.inf)
