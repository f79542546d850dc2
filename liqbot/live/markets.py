"""The live markets: what is seen of them, and what commands may ask."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np

from liqbot.alerting.ledger import Tracks
from liqbot.clock import Clock
from liqbot.errors import Blind, CommandError
from liqbot.heatmap.history import History, remarked
from liqbot.heatmap.meanwhile import with_news
from liqbot.heatmap.model import Model
from liqbot.live.brackets import Brackets
from liqbot.live.glances import Glances
from liqbot.live.hearing import Hearing
from liqbot.live.holdings import Holdings
from liqbot.live.maps import Maps
from liqbot.live.memory import Memory
from liqbot.live.models import Models
from liqbot.live.studio import LiveStudio
from liqbot.market.belief import Belief
from liqbot.market.instrument import Instrument, MarketQuery, choose
from liqbot.market.joining import trimmed
from liqbot.market.observation import Gap, Observation, gaps_in
from liqbot.market.source import MarketSource, PositionSource, TapeSource
from liqbot.market.status import MarketStatus, Status, VenueStatus
from liqbot.market.tape import Tape
from liqbot.market.units import Price, ms_of

_WARM = timedelta(hours=24)  # a window so long is always at hand
_FRESH = timedelta(minutes=2)  # a mark tells the price of now for so long
_STALE_S = 300.0  # a market of which nothing is new for so long is blind …
_BLIND_S = 3600.0  # … and for so long, that no map is shown, if no venue tells more
_GRACE_MS = 90_000  # in which a candle may come after it has closed


class Venue(Protocol):
    """One exchange, as it was opened."""

    @property
    def source(self) -> MarketSource:
        """What can be asked."""
        ...

    @property
    def tape(self) -> TapeSource | None:
        """What can be listened to, if there is a public tape."""
        ...

    @property
    def positions(self) -> PositionSource | None:
        """Who tells of positions that are public, if anybody does."""
        ...

    @property
    def completeness(self) -> float | None:
        """The share of forced orders that the tape tells; None: nobody knows."""
        ...


class LiveMarkets:
    """Holds what is believed of all watched instruments, and makes maps of it.

    A venue that falls silent stays in the map, whose age is that of its stalest venue: what
    stood there stands there still, and totals do not jump. Only what is not listed any more
    leaves.
    """

    def __init__(
        self,
        clock: Clock,
        venues: Iterable[Venue],
        model: Model,
        *,
        model_named: str,
        studio: LiveStudio | None = None,
        tracks: Tracks | None = None,
        past: timedelta = timedelta(days=30),
        bin_width: float = 0.001,
    ) -> None:
        self.venues: Mapping[str, Venue] = {each.source.venue: each for each in venues}
        self.memory = Memory(clock, past)
        self.holdings = Holdings(clock, self.memory)
        self.brackets = Brackets()
        self.models = Models(model)
        self.back_filling = 0.0  # share of the past that has come, 0 … 1
        self._clock, self._model_named, self._studio = clock, model_named, studio
        self._started_at = clock.now()
        self._hearing = Hearing(clock, self.memory)
        self._glances = Glances(clock)
        self._maps = Maps(clock, self.models, bin_width, self.brackets, tracks)
        self._watched: dict[Instrument, str] = {}  # and why it is blind
        self._gone: dict[Instrument, str] = {}
        self._prints: Counter[Instrument] = Counter()

    def watch(self, instruments: Iterable[Instrument]) -> None:
        """Take instruments among those watched; what was gone is back."""
        for each in instruments:
            self._watched.setdefault(each, "")
            self._gone.pop(each, None)

    def delist(self, instrument: Instrument, why: str) -> None:
        """Let an instrument be watched no longer, and its positions count no longer."""
        self._watched.pop(instrument, None)
        self._gone[instrument] = why
        self.memory.forget(instrument)
        self._hearing.forget(instrument)

    def lose(self, instrument: Instrument, why: str) -> None:
        """Take note that an instrument cannot be seen, until it is seen again."""
        if instrument in self._watched:
            self._watched[instrument] = why

    def hear(self, seen: Observation) -> list[Belief]:
        """Return what is believed of an answer, and of those that waited for another's word."""
        instrument = seen.instrument
        expected = frozenset(self._of(instrument.base)) - {instrument}
        skew_s = self.venues[instrument.venue].source.condition.skew_s
        return self._hearing.hear(seen, skew_s, expected)

    def see(self, observation: Observation) -> bool:
        """Take in what is believed; tell whether a bar has closed."""
        instrument = observation.instrument
        if instrument not in self._watched:
            return False
        self._watched[instrument] = ""
        self._prints[instrument] += len(observation.tape)
        return self.memory.add(observation)

    def known(self) -> tuple[Instrument, ...]:
        """Return the instruments that are watched: as the venues, by base and quote."""
        rank = {venue: row for row, venue in enumerate(self.venues)}
        return tuple(
            sorted(self._watched, key=lambda each: (rank[each.venue], each.base, each.quote))
        )

    async def evaluate(self, base: str) -> None:
        """Work out the map of a base anew; where that cannot be done, the last one stays."""
        try:
            await self._maps.evaluate(base, lambda: self._seen(self._of(base)))
        except CommandError as error:
            for each in self._of(base):
                self.lose(each, str(error))

    def newest(self, base: str) -> History | None:
        """Return the newest map of all venues, seen from now; None before the first."""
        history = self._maps.newest(base)
        if history is None:
            return None
        return self._seen_from(self._clock.now(), history, self._of(base))

    def glance(self, base: str) -> History | None:
        """Return the newest map as `history` shows it; None before the first."""
        history = self._maps.newest(base)
        return None if history is None else self._glanced(history, self._of(base))

    async def history(
        self, query: MarketQuery, window: timedelta, age: timedelta | None = None
    ) -> History:
        """Return a market's history up to now; raise UnknownName, or Blind.

        Who asks within a few seconds is shown the same.
        """
        instruments = choose(query, self.known())
        base = instruments[0].base
        is_usual = age is None and window <= _WARM and instruments == self._of(base)
        is_there = is_usual and self._maps.newest(base) is not None
        seen = self._seen(instruments, whole=is_there)  # to trim takes longer than all the rest
        self._check_sight(base, seen, instruments)
        if is_usual:
            if not is_there:
                await self._maps.evaluate(base, lambda: self._seen(instruments))
            history = self._maps.newest(base)
            if history is not None:
                return self._glanced(history, instruments)
        millisecond = timedelta(milliseconds=1)
        age_ms = None if age is None else age // millisecond
        history = await self._maps.recalled(base, seen, window // millisecond, age_ms)
        return self._glanced(history, instruments)

    def tapes(self, query: MarketQuery) -> Mapping[str, Tape]:
        """Return the forced orders that are remembered of a market, by venue; raise UnknownName."""
        seen = {each.venue: self.memory.of(each) for each in choose(query, self.known())}
        return {venue: Tape.of(()) if told is None else told.tape for venue, told in seen.items()}

    def status(self) -> Status:
        """Return what is seen, and what is not and why."""
        markets = sorted((*self._watched, *self._gone), key=self._rank)
        bases = dict.fromkeys(each.base for each in self._watched)
        newest = {base: self._maps.newest(base) for base in bases}
        return Status(
            at=self._clock.now(),
            started_at=self._started_at,
            venues=tuple(self._venue(each) for each in self.venues.values()),
            markets=tuple(self._market(each) for each in markets),
            model=self.models.named(self._model_named, bases),
            warming=tuple(each for each, told in newest.items() if not (told and told.warm)),
            back_filling=self.back_filling,
            evaluated_s=self._maps.took_s,
            queued=self._maps.waiting + (self._studio.waiting if self._studio else 0),
            since_ms=self.memory.since_ms,
        )

    def _of(self, base: str) -> tuple[Instrument, ...]:
        """Return the instruments that the map of a base is made of."""
        there = [each for each in self.known() if each.base == base]
        return choose(MarketQuery(base.upper()), there) if there else ()

    def _seen(self, instruments: Iterable[Instrument], *, whole: bool = False) -> list[Observation]:
        """Return what is believed of those of which a candle is known, as far as maps reach."""
        told = [seen for each in instruments if (seen := self.memory.of(each)) is not None]
        recent = told if whole else [trimmed(each, self.memory.since_ms) for each in told]
        return [each for each in recent if not np.isnan(each.candles.close).all()]

    def _check_sight(
        self, base: str, seen: Iterable[Observation], instruments: Iterable[Instrument]
    ) -> None:
        """Raise Blind where nothing is known, or nothing of the last hour."""
        youngest = min((each.age_s(self._clock.now()) for each in seen), default=np.inf)
        if youngest <= _BLIND_S:
            return
        why = {each.venue: self._watched[each] or "nothing told" for each in instruments}
        reasons = "; ".join(f"{venue}: {reason}" for venue, reason in why.items())
        known = "yet" if np.isinf(youngest) else f"for {youngest / 60:,.0f} min"
        raise Blind(f"{base} cannot be seen: no venue has told anything {known} ({reasons}).")

    def _glanced(self, history: History, instruments: Sequence[Instrument]) -> History:
        return self._glances.share(history, lambda now: self._seen_from(now, history, instruments))

    def _seen_from(
        self, now: datetime, history: History, instruments: Iterable[Instrument]
    ) -> History:
        """Return a map as it is seen at a moment, with what was told since its last bar."""
        seen = [
            seen
            for each in instruments
            if each.venue in history.venues and (seen := self.memory.of(each)) is not None
        ]
        if not seen:  # none of them is watched any more
            passed = (now - history.at) / timedelta(seconds=1)
            return remarked(history, history.snapshot.mark, now, history.data_age_s + passed)
        since_ms = int(history.heatmap.opened_ms[0])
        tape = self.memory.tape([each.instrument for each in seen], since_ms)
        age_s = max(0.0, *(each.age_s(now) for each in seen))
        told = remarked(history, _mark(history, seen, now), now, age_s)
        return self.holdings.beside(with_news(told, seen, tape))

    def _rank(self, instrument: Instrument) -> tuple[str, int, str]:
        venues = list(self.venues)
        return instrument.base, venues.index(instrument.venue), instrument.quote

    def _venue(self, venue: Venue) -> VenueStatus:
        there = [each for each in self._watched if each.venue == venue.source.venue]
        return VenueStatus(
            venue=venue.source.venue,
            asking=venue.source.condition,
            listening=None if venue.tape is None else venue.tape.condition,
            completeness=venue.completeness,
            bracketed=sum(bool(self.brackets.of([each])) for each in there),
            bracketed_at=self.brackets.told_at(there),
            holders=self.holdings.status(venue.source.venue),
        )

    def _market(self, instrument: Instrument) -> MarketStatus:
        now = self._clock.now()
        seen = self.memory.of(instrument)
        age_s = np.inf if seen is None else max(seen.age_s(now), 0.0)
        blind = self._gone.get(instrument) or self._watched.get(instrument, "")
        if not blind and age_s > _STALE_S:
            told = "yet" if seen is None else f"for {age_s / 60:,.0f} min"
            blind = f"nothing told {told}"
        return MarketStatus(
            instrument=instrument,
            age_s=age_s,
            gaps=() if seen is None else self._gaps(seen),
            dropped=self._hearing.dropped(instrument),
            prints=self._prints[instrument],
            blind=blind,
        )

    def _gaps(self, seen: Observation) -> tuple[Gap, ...]:
        length = seen.candles.interval_ms
        ended_ms = (ms_of(self._clock.now()) - _GRACE_MS) // length * length
        return gaps_in(seen.candles, seen.open_interest, self.memory.since_ms, ended_ms)


def _mark(history: History, seen: Iterable[Observation], now: datetime) -> Price:
    """Return the median of the venues' marks of now; where there is none, the newest."""
    told = [each for each in seen if not np.isnan(each.mark)]
    marks = [each.mark for each in told if now - each.observed_at <= _FRESH]
    if marks:
        return Price(float(np.median(marks)))
    newest = max(told, key=lambda each: each.observed_at, default=None)
    return history.snapshot.mark if newest is None else newest.mark
