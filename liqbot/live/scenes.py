"""The live markets, as rules look at them."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from liqbot.live.markets import LiveMarkets, Venue
from liqbot.market.calendar import Event
from liqbot.market.instrument import MarketQuery, choose
from liqbot.market.norms import UNKNOWN, Norms, norms_of
from liqbot.market.units import DAY_MS, ms_of
from liqbot.rules.rule import Scene

_STEPS = 20  # of the past that comes in, after which what is usual is counted anew


class LiveScenes:
    """Makes scenes of the newest maps; what is usual is counted once a day."""

    def __init__(self, markets: LiveMarkets, events: Sequence[Event] = ()) -> None:
        self._markets, self._events = markets, tuple(events)
        self._norms: dict[str, tuple[tuple[int, int] | None, Norms]] = {}

    async def __call__(self, at: datetime) -> Mapping[str, Scene]:
        """Return the scenes of all markets that have a map, by base."""
        bases = dict.fromkeys(each.base for each in self._markets.known())
        found = {base: await self.scene(base, at) for base in bases}
        return {base: scene for base, scene in found.items() if scene is not None}

    async def scene(self, base: str, at: datetime) -> Scene | None:
        """Return a market with what is usual in it at a moment; None before its first map."""
        norms, history = await self._usual(base, at), self._markets.newest(base)
        if history is None:
            return None
        heard = {name: each for name, each in self._markets.venues.items() if _is_heard(each)}
        tapes = {name: each.completeness for name, each in heard.items()}
        there = choose(MarketQuery(base.upper()), self._markets.known())
        return Scene(
            history=history,
            norms=norms,
            events=self._events,
            tapes=tapes,
            brackets=self._markets.brackets.of(there),
        )

    async def _usual(self, base: str, at: datetime) -> Norms:
        """Return what is usual in a market, as known by midnight or as its past comes in."""
        markets = self._markets
        key = (ms_of(at) // DAY_MS, int(markets.back_filling * _STEPS))
        kept_for, norms = self._norms.get(base, (None, UNKNOWN))
        if kept_for != key:
            there = (markets.memory.of(each) for each in markets.known() if each.base == base)
            seen = [each for each in there if each is not None]
            shares = {name: each.completeness for name, each in markets.venues.items()}
            norms = await asyncio.to_thread(norms_of, seen, ms_of(at), completeness=shares)
            self._norms[base] = (key, norms)
        return norms


def _is_heard(venue: Venue) -> bool:
    return venue.tape is not None and not venue.tape.condition.failing
