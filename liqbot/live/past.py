"""Markets as they were known at a moment of the past, worked out of what is kept of them."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import numpy as np

from liqbot.clock import Clock
from liqbot.errors import Busy, OutOfRange
from liqbot.heatmap.history import History, recall
from liqbot.heatmap.model import ModelArchive
from liqbot.live.flights import Flights
from liqbot.live.markets import LiveMarkets
from liqbot.live.recovery import Span, pieces
from liqbot.market.archive import MarginArchive
from liqbot.market.instrument import Instrument, MarketQuery, choose
from liqbot.market.joining import joined, trimmed
from liqbot.market.margin import MarginSchedule
from liqbot.market.observation import Observation
from liqbot.market.units import DAY_MS, HOUR_MS, moment_of, ms_of

_PIECE_MS = 2 * DAY_MS  # read at once: what takes 15 ms holds nobody up
_BLIND_MS = HOUR_MS  # of which nothing is kept, and there is no map, as there was none then
_SETTLED = timedelta(minutes=10)  # after which nothing more comes of a moment …
_CACHED_BYTES = 64 * 1024 * 1024
_STEPS = 20  # … but for the past that comes in

_MS = timedelta(milliseconds=1)


class Kept(Protocol):
    """What has to be kept of markets."""

    async def read(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        """Return what is kept of an instrument, stamped from … to (Unix ms); raise StorageError."""
        ...

    async def span(self, instrument: Instrument) -> tuple[int, int] | None:
        """Return from when to when candles are kept of an instrument (Unix ms), if any are.

        Raise StorageError.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Asked:
    instruments: tuple[Instrument, ...]
    window_ms: int
    at_ms: int
    age_ms: int | None
    filled: int  # how much of the past had come in


class LivePast:
    """Works out maps of the past, one at a time, as the bot would have shown them then.

    What it goes by begins as far before their midnight as the live maps' memory, so that columns
    are the same; models and brackets are those of then.
    """

    def __init__(
        self,
        clock: Clock,
        markets: LiveMarkets,
        kept: Kept,
        *,
        margins: MarginArchive,
        models: ModelArchive,
        past: timedelta = timedelta(days=30),
        bin_width: float = 0.001,
    ) -> None:
        self._clock, self._markets, self._kept = clock, markets, kept
        self._margins, self._models = margins, models
        self._past_ms, self._bin_width = past // _MS, bin_width
        self._flights: Flights[_Asked, History] = Flights()
        self._cached: OrderedDict[_Asked, History] = OrderedDict()

    async def history(
        self, query: MarketQuery, window: timedelta, at: datetime, age: timedelta | None = None
    ) -> History:
        """Return a market's history up to a moment, of what was known by then.

        Raise UnknownName, OutOfRange where nothing is kept of that time, Busy while another one
        is asked for, and StorageError.
        """
        asked = _Asked(
            instruments=choose(query, self._markets.known()),
            window_ms=window // _MS,
            at_ms=ms_of(at),
            age_ms=None if age is None else age // _MS,
            filled=int(self._markets.back_filling * _STEPS),
        )
        if asked in self._cached:
            self._cached.move_to_end(asked)
            return self._cached[asked]
        if self._flights and asked not in self._flights:
            raise Busy("Another map of the past is being worked out. Try again in a few seconds.")
        history = await self._flights.share(asked, lambda: self._recalled(asked))
        if self._clock.now() - at >= _SETTLED:
            self._cached[asked] = history
        while len(self._cached) > 1 and self._size > _CACHED_BYTES:
            self._cached.popitem(last=False)
        return history

    async def _recalled(self, asked: _Asked) -> History:
        base, at = asked.instruments[0].base, moment_of(asked.at_ms)
        seen = [each for name in asked.instruments if (each := await self._read(name, asked.at_ms))]
        if not any(_closed_ms(each) > asked.at_ms - _BLIND_MS for each in seen):
            raise await self._beyond(asked)
        model = await self._models.newest_model(base, at)
        history = await asyncio.to_thread(
            recall,
            base,
            seen,
            model or self._markets.models.usual,
            asked.window_ms,
            age_ms=asked.age_ms,
            bin_width=self._bin_width,
            brackets=await self._brackets(asked.instruments, at),
        )
        return replace(history, is_past=True)

    async def _read(self, instrument: Instrument, at_ms: int) -> Observation | None:
        """Return what was believed of an instrument by a moment; None where no price was."""
        span = Span(at_ms // DAY_MS * DAY_MS - self._past_ms, at_ms)
        told = [await self._kept.read(instrument, *each) for each in pieces([span], _PIECE_MS)]
        return await asyncio.to_thread(_whole, told, span.from_ms)

    async def _brackets(
        self, instruments: Sequence[Instrument], at: datetime
    ) -> Mapping[str, MarginSchedule]:
        told = {each.venue: await self._margins.brackets(each, at) for each in instruments}
        return {venue: each for venue, each in told.items() if each is not None}

    async def _beyond(self, asked: _Asked) -> OutOfRange:
        """Return what is said of a moment of which nothing is kept: how far back one can ask."""
        base = asked.instruments[0].base
        spans = [span for each in asked.instruments if (span := await self._kept.span(each))]
        if not spans:
            return OutOfRange(f"Nothing is kept of {base} yet.")
        first_ms, last_ms = min(first for first, _ in spans), max(last for _, last in spans)
        return OutOfRange(
            f"Nothing is kept of {base} at {_written(asked.at_ms)} UTC. What is kept reaches from"
            f" {_written(first_ms)} to {_written(last_ms)} UTC."
        )

    @property
    def _size(self) -> int:
        return sum(each.heatmap.usd.nbytes for each in self._cached.values())


def _whole(told: Sequence[Observation], since_ms: int) -> Observation | None:
    """Join what was read, the newest first, as dense as live maps have it; None without a price."""
    newest, *older = told
    for each in older:
        newest = joined(each, newest)
    return trimmed(newest, since_ms) if _closed_ms(newest) else None


def _closed_ms(seen: Observation) -> int:
    known = np.flatnonzero(~np.isnan(seen.candles.close))
    return int(seen.candles.closed_ms[known[-1]]) if known.size else 0


def _written(at_ms: int) -> str:
    return f"{moment_of(at_ms).astimezone(UTC):%Y-%m-%d %H:%M}"
