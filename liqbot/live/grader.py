"""Grades alerts, once it is known what came of them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

import numpy as np
from numpy.random import PCG64, Generator

from liqbot.alerting.grading import LOOK_BACK_MS, Outcomes, Pending, grade
from liqbot.clock import Clock
from liqbot.market.observation import Observation
from liqbot.market.series import Candles
from liqbot.market.units import MINUTE_MS, ms_of

_BATCH = 100
_BAR_MS = 5 * MINUTE_MS

Past: TypeAlias = Callable[[str, int, int], Awaitable[Sequence[Observation]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grader:
    """Grades what is due; `past` tells what was seen of a base from … to (Unix ms)."""

    clock: Clock
    outcomes: Outcomes
    past: Past

    async def grade(self, overdue: timedelta = timedelta(0)) -> int:
        """Grade all that has been due for so long; count it. Raise StorageError."""
        count = 0
        while due := await self.outcomes.due(self.clock.now() - overdue, _BATCH):
            for pending in due:
                await self._grade(pending)
            count += len(due)
        return count

    async def _grade(self, pending: Pending) -> None:
        from_ms, to_ms = pending.level.at_ms - LOOK_BACK_MS, ms_of(pending.due_at)
        seen = await self.past(pending.base, from_ms, to_ms)
        best = max((each.candles for each in seen), key=_known, default=Candles.none(_BAR_MS))
        tapes = [each.tape for each in seen if len(each.tape)]
        # Whoever grades it again draws the same levels.
        chance = Generator(PCG64(int(pending.id, 16)))
        outcome = grade(pending, best, tapes, self.clock.now(), chance)
        if outcome is not None:
            await self.outcomes.finish(outcome)


def _known(candles: Candles) -> int:
    return int((~np.isnan(candles.close)).sum())
