"""An archive that forgets all when the test ends."""

import math
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from liqbot.errors import StorageError
from liqbot.market.instrument import Instrument
from liqbot.market.joining import joined
from liqbot.market.observation import Observation, gaps_in
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, MINUTE_MS, Price, moment_of, ms_of

if TYPE_CHECKING:
    from liqbot.market.book import OrderBook

BAR_MS = 5 * MINUTE_MS
DAYS, BOOK_DAYS = 100, 7  # how long all, and books, are kept
FOREVER_MS = 10**14


class FakeArchive:
    """Does what the port says by joining observations, and thins nothing."""

    def __init__(self) -> None:
        self._seen: dict[Instrument, Observation] = {}
        self._books: dict[Instrument, list[OrderBook]] = defaultdict(list)

    async def keep(self, observation: Observation) -> None:
        instrument, simulated = observation.instrument, observation.simulated
        for each in (observation.candles, observation.mark_candles):
            if each is not None and len(each) and each.interval_ms != BAR_MS:
                raise StorageError("only candles of 5 m are kept")
        for kept, seen in self._seen.items():
            if kept.base == instrument.base and seen.simulated != simulated:
                raise StorageError(f"{instrument.base} is simulated and real")
        before = self._seen.get(instrument, _nothing(instrument))
        self._seen[instrument] = joined(before, observation)
        if observation.book is not None:
            self._books[instrument].append(observation.book)

    async def read(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        seen = _between(self._seen.get(instrument, _nothing(instrument)), from_ms, to_ms)
        books = [book for book in self._books[instrument] if from_ms <= book.at_ms <= to_ms]
        return replace(
            seen,
            observed_at=moment_of(to_ms),
            mark=_newest_price(seen),
            mark_candles=seen.mark_candles or None,
            book=max(books, key=lambda book: book.at_ms, default=None),
            gaps=gaps_in(seen.candles, seen.open_interest, from_ms, to_ms),
        )

    async def span(self, instrument: Instrument) -> tuple[int, int] | None:
        candles = self._seen.get(instrument, _nothing(instrument)).candles
        known = [i for i, close in enumerate(candles.close) if not math.isnan(close)]
        if not known:
            return None
        return int(candles.opened_ms[known[0]]), int(candles.closed_ms[known[-1]])

    async def known(self) -> tuple[Instrument, ...]:
        kept = [each for each, seen in self._seen.items() if _rows(seen) or self._books[each]]
        return tuple(sorted(kept, key=lambda each: (each.venue, each.base, each.quote)))

    async def prune(self, at: datetime) -> int:
        count = 0
        for instrument, seen in self._seen.items():
            young = _between(seen, ms_of(at) - DAYS * DAY_MS, FOREVER_MS)
            books = self._books[instrument]
            fresh = [book for book in books if book.at_ms >= ms_of(at) - BOOK_DAYS * DAY_MS]
            count += _rows(seen) - _rows(young) + len(books) - len(fresh)
            self._seen[instrument], self._books[instrument] = young, fresh
        return count


def _nothing(instrument: Instrument) -> Observation:
    return Observation(
        instrument=instrument,
        observed_at=moment_of(0),
        mark=Price(math.nan),
        candles=Candles.none(BAR_MS),
        mark_candles=None,
        open_interest=OpenInterest.mended({"at_ms": []})[0],
        funding=Funding.mended({"at_ms": []})[0],
        tape=Tape.of(()),
        book=None,
        gaps=(),
        repairs=(),
        simulated=False,
    )


def _between(seen: Observation, from_ms: int, to_ms: int) -> Observation:
    marks = seen.mark_candles
    return replace(
        seen,
        candles=seen.candles.since(from_ms).until(to_ms),
        mark_candles=None if marks is None else marks.since(from_ms).until(to_ms),
        open_interest=seen.open_interest.since(from_ms).until(to_ms),
        funding=seen.funding.since(from_ms).until(to_ms),
        tape=seen.tape.since(from_ms).until(to_ms),
    )


def _rows(seen: Observation) -> int:
    series = (seen.candles, seen.mark_candles, seen.open_interest, seen.funding, seen.tape)
    return sum(0 if each is None else len(each) for each in series)


def _newest_price(seen: Observation) -> Price:
    told = [
        (int(at), rank, float(price))
        for rank, series in enumerate((seen.candles, seen.mark_candles))
        if series is not None
        for at, price in zip(series.closed_ms, series.close, strict=True)
        if not math.isnan(price)
    ]
    return Price(max(told, default=(0, 0, math.nan))[2])
