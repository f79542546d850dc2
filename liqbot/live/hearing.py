"""All answers about all markets, weighed against one another."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np

from liqbot.clock import Clock
from liqbot.live.memory import Memory
from liqbot.market.belief import Belief, believed
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation

_PATIENCE = timedelta(minutes=2)  # for which a first answer waits for another venue's


class Hearing:
    """Decides what of each answer is believed; what waits for another venue is heard again."""

    def __init__(self, clock: Clock, memory: Memory) -> None:
        self._clock, self._memory = clock, memory
        self._claims: dict[Instrument, Observation] = {}
        self._held: dict[Instrument, tuple[Observation, float]] = {}
        self._first: dict[Instrument, datetime] = {}
        self._dropped: defaultdict[Instrument, Counter[str]] = defaultdict(Counter)

    def hear(
        self, seen: Observation, skew_s: float, expected: frozenset[Instrument]
    ) -> list[Belief]:
        """Return what is believed of an answer, and of those that waited for it.

        `skew_s`: the venue's clock ahead of ours; `expected`: the other instruments of the base
        that are asked.
        """
        instrument = seen.instrument
        self._first.setdefault(instrument, self._clock.now())
        belief = self._judged(seen, skew_s, is_alone=not expected)
        if not np.isnan(seen.mark):
            self._claims[instrument] = seen
        waiting = [told for each, told in self._held.items() if each in expected]
        again = [self._judged(*each, is_alone=False) for each in waiting]
        return [belief, *(each for each in again if not each.is_held)]

    def dropped(self, instrument: Instrument) -> Mapping[str, int]:
        """Return what was not believed so far, by reason; what waits for a word is not counted."""
        return dict(self._dropped[instrument])

    def forget(self, instrument: Instrument) -> None:
        """Let what an instrument claimed count no longer."""
        self._claims.pop(instrument, None)
        self._held.pop(instrument, None)

    def _judged(self, seen: Observation, skew_s: float, *, is_alone: bool) -> Belief:
        instrument, now = seen.instrument, self._clock.now()
        belief = believed(
            seen,
            self._memory.of(instrument),
            [*self._memory.elsewhere(instrument)],
            now,
            skew_s,
            claims=[
                claim
                for each, claim in self._claims.items()
                if each.base == instrument.base and each != instrument
            ],
            is_alone=is_alone or now - self._first[instrument] >= _PATIENCE,
        )
        if not np.isnan(seen.mark):  # it tells of now, in place of what was told before
            self._held.pop(instrument, None)
        if belief.is_held:
            self._held.setdefault(instrument, (seen, skew_s))
        else:
            self._dropped[instrument].update(belief.dropped)
        return belief
