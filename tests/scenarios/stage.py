"""Simulated markets as the bot sees them: bars once they have ended, all else as it is told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from liqbot.heatmap.history import History, remarked
from liqbot.heatmap.model import Model
from liqbot.heatmap.rolling import Rolling
from liqbot.market.norms import Norms, norms_of
from liqbot.market.observation import Observation
from liqbot.market.series import OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import (
    DAY_MS,
    I8,
    MINUTE_MS,
    Price,
    floats,
    integers,
    moment_of,
    ms_of,
)
from liqbot.rules.rule import Scene
from liqbot.simulation.chronicle import Chronicle
from liqbot.simulation.market import Market
from liqbot.simulation.publishing import BAR_MS, publish
from liqbot.simulation.settings import STEPS, Settings
from liqbot.simulation.venues import VENUES

TICK_MS = 15_000  # the bot looks so often
_STEP_MS = MINUTE_MS // STEPS
_COMPLETENESS = {"complete": 1.0, "bankruptcy price": 1.0, "one a second": 0.7}
TAPES: Mapping[str, float | None] = {each.name: _COMPLETENESS[each.tape] for each in VENUES}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One simulated market: what passed, and what is told of it."""

    base: str
    told: Chronicle
    observations: tuple[Observation, ...]
    model: Model = field(default_factory=Model)

    @staticmethod
    def of(settings: Settings, base: str) -> "Stage":
        """Simulate a market."""
        told, _ = Market(settings, base).run(lambda _: None)
        published = (publish(told, settings, place) for place in range(len(VENUES)))
        seen = tuple(each.observation for each in published)
        return Stage(base=base, told=told, observations=seen)

    @cached_property
    def tape(self) -> Tape:
        """All that the venues' tapes tell."""
        return Tape.merge(each.tape for each in self.observations)

    def at_ms(self, hours: float) -> int:
        """Return when it is so many hours after the start, Unix ms."""
        return self.told.start_ms + round(hours * 60) * MINUTE_MS

    def scenes(self, moments: Iterable[int]) -> Iterator[Scene]:
        """Yield what there is to see at some moments (Unix ms, rising, after the first bar)."""
        wanted = integers(list(moments))
        norms: dict[int, Norms] = {}
        walk = Rolling(
            base=self.base,
            observations=self.observations,
            model=self.model,
            from_ms=int(wanted[0]) // BAR_MS * BAR_MS,
            to_ms=int(wanted[-1]),
        )
        for history in walk:
            ended_ms = ms_of(history.at)
            day = ended_ms // DAY_MS
            if day not in norms:
                norms[day] = norms_of(self.observations, ended_ms, completeness=TAPES)
            for at_ms in _between(wanted, ended_ms, ended_ms + BAR_MS):
                yield Scene(history=self._seen_at(history, at_ms), norms=norms[day], tapes=TAPES)

    def _seen_at(self, history: History, at_ms: int) -> History:
        """Return a map as it is seen since its last bar: with price, tape and open interest."""
        ended_ms = ms_of(history.at)
        if at_ms == ended_ms:
            return history
        told, interest = self.told, history.open_interest
        mark = told.marks.ravel()[(at_ms - told.start_ms) // _STEP_MS - 1]
        minute = (at_ms - told.start_ms) // MINUTE_MS
        sampled_ms = told.start_ms + minute * MINUTE_MS
        if sampled_ms > ended_ms:
            interest = OpenInterest(
                at_ms=integers(np.append(interest.at_ms, sampled_ms)),
                quantity=floats(np.append(interest.quantity, told.open_interest[minute].sum())),
            )
        seen = remarked(history, Price(float(mark)), moment_of(at_ms), (at_ms - sampled_ms) / 1000)
        tape = self.tape.until(at_ms).since(int(history.heatmap.opened_ms[0]))
        return replace(seen, tape=tape, open_interest=interest)


def _between(wanted: I8, from_ms: int, to_ms: int) -> list[int]:
    first, last = np.searchsorted(wanted, (from_ms, to_ms))
    return [int(each) for each in wanted[first:last]]
