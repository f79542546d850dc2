"""What those hold whom the operator listed, as far as it is believed and not too old."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

from liqbot.clock import Clock
from liqbot.heatmap.history import History
from liqbot.heatmap.measured import measured
from liqbot.live.memory import Memory
from liqbot.market.position import Position, doubt
from liqbot.market.status import HoldersStatus
from liqbot.market.units import ms_of


@dataclass(slots=True)
class _Book:
    """What one venue told."""

    holders: int
    lasting: timedelta
    told: dict[int, tuple[datetime, tuple[Position, ...]]] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    failing: str = ""


class Holdings:
    """Keeps the newest answer of each holder; one that is too old counts no more."""

    def __init__(self, clock: Clock, memory: Memory) -> None:
        self._clock, self._memory = clock, memory
        self._books: dict[str, _Book] = {}

    def expect(self, venue: str, holders: int, lasting: timedelta) -> None:
        """Take note of how many are listed on a venue, and for how long an answer counts."""
        self._books[venue] = _Book(holders, lasting)

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
        venues = [each for each in history.venues if each in self._books]
        if not venues:
            return history
        told = list(self._lately(venues))
        found = measured(
            (each for _, held in told for each in held if each.instrument.base == history.base),
            history.snapshot.mark,
            float(history.interest[:, -1].sum()),
            holders=len(told),
            listed=sum(self._books[venue].holders for venue in venues),
            age_s=max((self._age_s(at) for at, _ in told), default=math.inf),
        )
        return replace(history, measured=found)

    def status(self, venue: str) -> HoldersStatus | None:
        """Return how a venue's holders are told of; None where none is listed."""
        book = self._books.get(venue)
        if book is None:
            return None
        told = list(self._lately([venue]))
        return HoldersStatus(
            listed=book.holders,
            telling=len(told),
            age_s=max((self._age_s(at) for at, _ in told), default=math.inf),
            positions=sum(len(held) for _, held in told),
            dropped=dict(book.dropped),
            failing=book.failing,
        )

    def _lately(self, venues: Sequence[str]) -> Iterator[tuple[datetime, tuple[Position, ...]]]:
        now = self._clock.now()
        for book in (self._books[venue] for venue in venues):
            yield from (each for each in book.told.values() if now - each[0] <= book.lasting)

    def _age_s(self, at: datetime) -> float:
        return (self._clock.now() - at).total_seconds()

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
