"""What is believed of every instrument, in memory, as far back as maps are made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf

import numpy as np

from liqbot.clock import Clock
from liqbot.market.instrument import Instrument
from liqbot.market.joining import joined, trimmed
from liqbot.market.observation import Observation
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, ms_of


@dataclass(slots=True)
class _Reel:
    """Forced orders of some instruments as one tape."""

    since_ms: int
    until_ms: float  # from then on something has been told anew
    tape: Tape


class Memory:
    """Holds one observation an instrument, since a UTC midnight.

    As it always begins with a day, a bot that was started a minute ago remembers the same as one
    that never stopped.
    """

    def __init__(self, clock: Clock, past: timedelta) -> None:
        self._clock, self._past_ms = clock, past // timedelta(milliseconds=1)
        self._seen: dict[Instrument, Observation] = {}
        self._reels: dict[tuple[Instrument, ...], _Reel] = {}

    @property
    def since_ms(self) -> int:
        """When it begins, Unix ms."""
        return ms_of(self._clock.now()) // DAY_MS * DAY_MS - self._past_ms

    def add(self, observation: Observation) -> bool:
        """Remember what is believed; tell whether a candle is the newest known of its instrument.

        Raise ValueError for candles of another length than those remembered.
        """
        before = self._seen.get(observation.instrument)
        whole = observation if before is None else joined(before, observation)
        self._seen[observation.instrument] = trimmed(whole, self.since_ms)
        if len(observation.tape):
            for instruments, reel in self._reels.items():
                if observation.instrument in instruments:
                    reel.until_ms = min(reel.until_ms, int(observation.tape.at_ms[0]))
        return _closed_ms(whole) > (0 if before is None else _closed_ms(before))

    def of(self, instrument: Instrument) -> Observation | None:
        """Return what is believed of an instrument; None before anything is."""
        return self._seen.get(instrument)

    def tape(self, instruments: Sequence[Instrument], since_ms: int) -> Tape:
        """Return the forced orders of some instruments since a moment (Unix ms), merged.

        Of what was merged already for the same instruments only the end is merged again.
        """
        tapes = [self._seen[each].tape for each in instruments if each in self._seen]
        reel = self._reels.get(tuple(instruments))
        if reel is None or since_ms < reel.since_ms:
            reel = _Reel(since_ms, since_ms, Tape.of(()))
        merged = reel.tape.since(since_ms)
        if reel.until_ms < inf:
            from_ms = max(since_ms, int(reel.until_ms))
            late = Tape.merge(each.since(from_ms) for each in tapes)
            merged = merged.until(from_ms - 1).then(late)
        self._reels[tuple(instruments)] = _Reel(since_ms, inf, merged)
        return merged

    def elsewhere(self, instrument: Instrument) -> Iterator[Observation]:
        """Yield what is believed of the same base on other venues."""
        for each, seen in self._seen.items():
            if each.base == instrument.base and each != instrument:
                yield seen

    def forget(self, instrument: Instrument) -> None:
        """Forget an instrument."""
        self._seen.pop(instrument, None)
        self._reels = {key: each for key, each in self._reels.items() if instrument not in key}


def _closed_ms(seen: Observation) -> int:
    known = np.flatnonzero(~np.isnan(seen.candles.close))
    return int(seen.candles.closed_ms[known[-1]]) if known.size else 0
