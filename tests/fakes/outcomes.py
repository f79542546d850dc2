"""Outcomes that are forgotten when the test ends, kept as text, as in a database."""

from dataclasses import dataclass, field
from datetime import datetime

from liqbot.alerting.grading import Outcome, Pending, encoded, outcome_in, pending_in


@dataclass
class FakeOutcomes:
    _pending: dict[str, str] = field(default_factory=dict)
    _graded: dict[str, str] = field(default_factory=dict)

    async def add(self, pending: Pending) -> None:
        if pending.id not in self._graded:
            self._pending.setdefault(pending.id, encoded(pending))

    async def due(self, at: datetime, limit: int) -> tuple[Pending, ...]:
        every = [pending_in(text) for text in self._pending.values()]
        due = [each for each in every if each.due_at <= at]
        return tuple(sorted(due, key=lambda each: (each.due_at, each.id))[:limit])

    async def finish(self, outcome: Outcome) -> None:
        if self._pending.pop(outcome.pending.id, None) is not None:
            self._graded[outcome.pending.id] = encoded(outcome)

    async def graded(self, since: datetime) -> tuple[Outcome, ...]:
        every = [outcome_in(text) for text in self._graded.values()]
        told = [each for each in every if each.pending.at >= since]
        return tuple(sorted(told, key=lambda each: (each.pending.at, each.pending.id)))
