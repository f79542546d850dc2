"""The bot on recorded time: what there is to see as it goes by, and the way through it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import groupby

from liqbot.clock import SteppedClock
from liqbot.heatmap.history import History, remarked
from liqbot.heatmap.model import Model
from liqbot.heatmap.rolling import Rolling
from liqbot.live.courier import Courier
from liqbot.live.watcher import Watcher
from liqbot.market.calendar import Event
from liqbot.market.norms import Norms, norms_of
from liqbot.market.observation import Observation
from liqbot.market.tape import LiquidationTotals
from liqbot.market.units import DAY_MS, ms_of
from liqbot.rules.rule import Scene

_FIRST, _EVERY = timedelta(seconds=12), timedelta(seconds=30)  # deliveries, after each look
_BAR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One market of a recording."""

    base: str
    observations: tuple[Observation, ...]  # the whole of it
    totals: LiquidationTotals | None = None  # over every venue, where they were recorded

    @property
    def tapes(self) -> Mapping[str, float | None]:
        """The venues that were listened to; nobody knows how complete they are."""
        return {each.instrument.venue: None for each in self.observations if len(each.tape)}


class RecordedScenes:
    """What there is to see, moment after moment; nothing that it shows is from later."""

    def __init__(
        self,
        markets: Iterable[Recorded],
        model: Model,
        *,
        events: tuple[Event, ...] = (),
        from_ms: int = 0,
        to_ms: int,
        bin_width: float = 0.001,
    ) -> None:
        self._markets = {each.base: each for each in markets}
        self._events = events
        self._maps: dict[str, History] = {}
        self._norms: dict[str, tuple[int, Norms]] = {}
        self._walks = [
            Rolling(
                base=each.base,
                observations=each.observations,
                model=model,
                bin_width=bin_width,
                from_ms=from_ms,
                to_ms=to_ms,
            )
            for each in self._markets.values()
        ]

    def moments(self) -> Iterator[datetime]:
        """Go through the recording; yield each moment at which a bar has closed somewhere."""
        together = merge(*self._walks, key=lambda history: history.at)
        for at, histories in groupby(together, key=lambda history: history.at):
            self._maps |= {each.base: each for each in histories}
            yield at

    async def __call__(self, at: datetime) -> Mapping[str, Scene]:
        """Return the scenes of all markets, by base; those without news since are older."""
        return {
            base: Scene(
                history=_seen_at(history, at),
                norms=self._usual(base, ms_of(at)),
                events=self._events,
                tapes=self._markets[base].tapes,
            )
            for base, history in self._maps.items()
        }

    def glance(self, base: str) -> History | None:
        """Return the map of a base at this moment; None before its first."""
        return self._maps.get(base)

    def _usual(self, base: str, at_ms: int) -> Norms:
        day = at_ms // DAY_MS
        known = self._norms.get(base)
        if known is None or known[0] != day:
            market = self._markets[base]
            norms = norms_of(market.observations, at_ms, totals=market.totals)
            known = self._norms[base] = (day, norms)
        return known[1]


async def relive(
    scenes: RecordedScenes,
    clock: SteppedClock,
    watcher: Watcher,
    courier: Courier,
    tell: Callable[[datetime], None] = lambda _: None,
) -> None:
    """Look at every moment of a recording, and deliver what is due until the next.

    What was looked at before, by a replay that was broken off, is not looked at again. Raises
    StorageError, and as `recall`.
    """
    looked_at = watcher.looked_at
    for at in scenes.moments():
        tell(at)
        if looked_at is not None and at < looked_at:
            continue
        clock.at = at
        made = watcher.made
        if at != looked_at:
            await watcher.look()
        clock.step(_FIRST)
        has_news = at == looked_at or watcher.made > made
        while (has_news or watcher.owes) and clock.now() < at + _BAR:
            has_news = await courier.deliver() > 0
            await courier.idle()
            clock.step(_EVERY)


def _seen_at(history: History, at: datetime) -> History:
    """Return a map as it is seen later, when nothing new has come."""
    age_s = history.data_age_s + (at - history.at).total_seconds()
    return history if history.at == at else remarked(history, history.snapshot.mark, at, age_s)
