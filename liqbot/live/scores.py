"""How alerts did, worked out in a thread and kept for a while."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TypeAlias

from liqbot.alerting.grading import Outcome, Outcomes
from liqbot.alerting.score import Axis, Row, score
from liqbot.clock import Clock
from liqbot.live.flights import Flights
from liqbot.market.units import ms_of

_Asked: TypeAlias = tuple[frozenset[str], timedelta, tuple[Axis, ...]]

_FRESH = timedelta(minutes=5)
_FAIR = timedelta(minutes=30)  # what is older than fresh is told while it is worked out anew
_ALMOST = timedelta(microseconds=999)  # to the next millisecond


class LiveScores:
    """Scores alerts, once for all who ask the same within five minutes, or a shorter span.

    Who asks later, but within half an hour, is told the same again, and the next one what is new.
    """

    def __init__(self, clock: Clock, outcomes: Outcomes) -> None:
        self._clock, self._outcomes = clock, outcomes
        self._flights: Flights[_Asked, tuple[Row, ...]] = Flights()
        self._read: tuple[datetime, timedelta, tuple[Outcome, ...]] | None = None
        self._known: dict[_Asked, tuple[datetime, tuple[Row, ...]]] = {}

    async def rows(
        self, bases: Collection[str], span: timedelta, by: Collection[Axis] = (Axis.RULE,)
    ) -> tuple[Row, ...]:
        """Return rows of what came of alerts in a span, told apart by axes; raise StorageError."""
        asked, now = (frozenset(bases), span, tuple(by)), self._clock.now()
        at, rows = self._known.get(asked, (None, ()))
        if at is not None and now - at < _FRESH:
            return rows
        renewed = self._flights.begin(asked, lambda: self._renewed(asked, now))
        return rows if at is not None and now - at < _FAIR else await asyncio.shield(renewed)

    async def _renewed(self, asked: _Asked, now: datetime) -> tuple[Row, ...]:
        rows = await self._scored(asked, now)
        self._known = {key: each for key, each in self._known.items() if now - each[0] < _FAIR}
        self._known[asked] = now, rows
        return rows

    async def _scored(self, asked: _Asked, now: datetime) -> tuple[Row, ...]:
        bases, span, by = asked
        since_ms = ms_of(now - span + _ALMOST)
        graded = await self._graded(now, span)
        return await asyncio.to_thread(
            lambda: score(
                (
                    each
                    for each in graded
                    if each.pending.base in bases and each.pending.level.at_ms >= since_ms
                ),
                by=by,
            )
        )

    async def _graded(self, now: datetime, span: timedelta) -> tuple[Outcome, ...]:
        """Return what came of all that was told in a span, or in a longer one just read."""
        at, longest, graded = self._read or (now, span, None)
        if graded is None or now - at >= _FRESH or longest < span:
            graded = await self._outcomes.graded(now - span)
            self._read = now, span, graded
        return graded
