"""The maps of all markets, worked out in threads: the newest of each, and those asked for."""

import asyncio
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

import numpy as np

from liqbot.alerting.ledger import Tracks
from liqbot.clock import Clock
from liqbot.heatmap.history import History, recall
from liqbot.heatmap.lookback import Lookback
from liqbot.live.brackets import Brackets
from liqbot.live.flights import Flights
from liqbot.live.following import Following
from liqbot.live.models import Models
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule
from liqbot.market.observation import Observation
from liqbot.market.units import DAY_MS, MINUTE_MS, ms_of

Seen: TypeAlias = Sequence[Observation]

_THREADS = 2  # more would only take one another's turn
_CACHED_BYTES = 128 * 1024 * 1024
_FILLED = 1.01  # the known past grew by so much: another map, whose clusters are followed anew
_FRESH_MS = 10 * MINUTE_MS  # a venue whose newest candle is no older has told since the start …
_WAITED_MS = 10 * MINUTE_MS  # … and for so long the others are waited for


@dataclass(frozen=True, slots=True)
class _Asked:
    """A map that somebody asked for, of what was known by the end of a bar."""

    instruments: tuple[Instrument, ...]
    window_ms: int
    age_ms: int | None
    ended_ms: int
    brackets: tuple[MarginSchedule, ...]
    model: str


@dataclass
class _Desk:
    """The newest map of one base, and who waits for the next."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    asked: int = 0
    done: int = 0
    newest: History | None = None
    began_ms: int = 0  # when it was worked out first, Unix ms
    kept: Lookback | None = None  # how clusters were followed by the bot before this one
    followed_ms: int = 0  # until when the past should not change any more, Unix ms …
    known: int = 0  # … and how many of its candles are known

    def begin(self, kept: Lookback | None, now_ms: int) -> None:
        """Go on from what was kept."""
        self.kept, self.began_ms = kept, now_ms
        self.followed_ms = 0 if kept is None else kept.settled_ms

    def before(self, seen: Seen) -> Lookback | None:
        """Return what clusters are followed on from; None where the past came only now.

        What back-fill brings makes them appear and grow that stood there all the time. After a
        start it is what was kept, until each venue has told again: the quarters missed meanwhile
        are not settled by the word of the first.
        """
        known = _known(seen, self.followed_ms)
        if self.newest is None and self.kept is not None:
            self.known = known
        elif self.newest is None or known > _FILLED * self.known:
            self.kept = None
            self.followed_ms = max((_ended_ms(each) for each in seen), default=0)
            self.known = _known(seen, self.followed_ms)
            return None
        return self.newest.lookback if self.newest and not self.kept else self.kept

    def took_in(self, history: History, seen: Seen, now_ms: int) -> None:
        """Take a map for the newest; what was kept is needed until all have told, or had time."""
        self.newest = history
        is_fresh = all(_ended_ms(each) >= now_ms - _FRESH_MS for each in seen)
        if is_fresh or now_ms - self.began_ms >= _WAITED_MS:
            self.kept = None


class Maps:
    """Works out maps, each once, and keeps those that may be asked for again."""

    def __init__(
        self,
        clock: Clock,
        models: Models,
        bin_width: float,
        brackets: Brackets,
        tracks: Tracks | None = None,
    ) -> None:
        self._following = Following(tracks)
        self._clock, self._models, self._bin_width = clock, models, bin_width
        self._brackets = brackets
        self._desks: defaultdict[str, _Desk] = defaultdict(_Desk)
        self._flights: Flights[_Asked, History] = Flights()
        self._cached: OrderedDict[_Asked, History] = OrderedDict()
        self._threads = asyncio.Semaphore(_THREADS)
        self._took: dict[str, float] = {}
        self._waiting: Counter[str] = Counter()

    @property
    def took_s(self) -> Mapping[str, float]:
        """What the last evaluation of each base took."""
        return dict(self._took)

    @property
    def waiting(self) -> int:
        """How many maps are being worked out or wait for it."""
        return sum(1 for count in self._waiting.values() if count) + len(self._flights)

    def newest(self, base: str) -> History | None:
        """Return the newest map of all venues; None before the first."""
        return self._desks[base].newest

    async def evaluate(self, base: str, seen: Callable[[], Seen]) -> None:
        """Work out the newest map, of what `seen` tells when its turn comes.

        However many ask while one is worked out, exactly one more follows. Clusters keep the ids
        that they had in the map before. Raises as `recall`.
        """
        desk = self._desks[base]
        desk.asked += 1
        wanted = desk.asked
        self._waiting[base] += 1
        try:
            async with desk.lock:
                if desk.done >= wanted:
                    return
                covers = desk.asked
                began = self._clock.now()
                if not desk.began_ms:
                    desk.begin(await self._following.read(base), ms_of(began))
                found = seen()
                history = await self._recall(base, found, DAY_MS, None, before=desk.before(found))
                desk.took_in(history, found, ms_of(began))
                desk.done = covers
                self._took[base] = (self._clock.now() - began) / timedelta(seconds=1)
        finally:
            self._waiting[base] -= 1
        if desk.kept is None:
            await self._following.write(base, history.lookback)

    async def recalled(self, base: str, seen: Seen, window_ms: int, age_ms: int | None) -> History:
        """Return a map of a window, or of what opened since; raise as `recall`."""
        asked = _Asked(
            tuple(each.instrument for each in seen),
            window_ms,
            age_ms,
            max(map(_ended_ms, seen)),
            tuple(self._brackets.of(each.instrument for each in seen).values()),
            self._models.of(base).version,
        )
        if asked in self._cached:
            self._cached.move_to_end(asked)
            return self._cached[asked]
        history = await self._flights.share(
            asked, lambda: self._recall(base, seen, window_ms, age_ms)
        )
        self._cached[asked] = history
        while len(self._cached) > 1 and self._size > _CACHED_BYTES:
            self._cached.popitem(last=False)
        return history

    async def _recall(
        self,
        base: str,
        seen: Seen,
        window_ms: int,
        age_ms: int | None,
        *,
        before: Lookback | None = None,
    ) -> History:
        async with self._threads:
            return await asyncio.to_thread(
                recall,
                base,
                seen,
                self._models.of(base),
                window_ms,
                age_ms=age_ms,
                bin_width=self._bin_width,
                before=before,
                brackets=self._brackets.of(each.instrument for each in seen),
            )

    @property
    def _size(self) -> int:
        return sum(each.heatmap.usd.nbytes for each in self._cached.values())


def _ended_ms(seen: Observation) -> int:
    return int(seen.candles.closed_ms[-1]) if len(seen.candles) else 0


def _known(seen: Seen, until_ms: int) -> int:
    return sum(int((~np.isnan(each.candles.until(until_ms).close)).sum()) for each in seen)
