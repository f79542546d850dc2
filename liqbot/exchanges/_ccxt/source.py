"""MarketSource on a line."""

import math
from collections.abc import Awaitable, Mapping
from datetime import datetime

import numpy as np

from liqbot.errors import SourceError
from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.pages import CANDLE_MS, columns
from liqbot.exchanges._ccxt.settings import CcxtSettings
from liqbot.exchanges._ccxt.venue import Market, Present
from liqbot.market.book import OrderBook
from liqbot.market.condition import Condition
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule
from liqbot.market.mending import SNAP_MS, Columns
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import HOUR_MS, MINUTE_MS, Price

_SETTLED_MS = 2_000  # after its close a candle may still change, and clocks are known to a second
_LATE_MS = 3 * CANDLE_MS  # open interest of a moment is told up to so much later


class CcxtSource:
    """A venue as it can be asked.

    Between two closes of a candle only what holds now is asked for, in bulk where the venue has
    it: a poll costs one or two requests, and a few more once in five minutes.
    """

    def __init__(self, line: Line, settings: CcxtSettings) -> None:
        self._line = line
        self._settings = settings
        self._interest_ms: dict[Instrument, int] = {}  # the newest sample that was told
        self._funding_ms: dict[Instrument, int] = {}  # up to when it was asked for
        self._books: dict[Instrument, int] = {}  # when last looked at

    @property
    def venue(self) -> str:
        """The venue of its instruments: "binance"."""
        return self._line.venue.name

    @property
    def condition(self) -> Condition:
        """How asking went so far."""
        return self._line.pace.condition

    async def instruments(self) -> tuple[Instrument, ...]:
        """Return the linear perpetuals that trade there, sorted by base and quote."""
        quotes = self._line.venue.quotes
        found = (
            Instrument(self.venue, market["base"], market["quote"])
            for market in (await self._line.markets()).values()
            if market["swap"] and market["linear"] and market["active"] is not False
            if market["quote"] in quotes and market["settle"] == market["quote"]
        )
        return tuple(sorted(found, key=lambda each: (each.base, each.quote)))

    async def observe(self, instrument: Instrument, since_ms: int) -> Observation:
        """Return what is new since a moment (Unix ms): closed 5 m candles, open interest, funding.

        Comes with the mark, open interest, funding and, now and then, the book of now.
        """
        return await self._told(instrument, self._observed(instrument, since_ms))

    async def recall(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        """Return the past that the venue still tells, from … to (Unix ms): no mark, no book."""
        return await self._told(instrument, self._recalled(instrument, from_ms, to_ms))

    async def brackets(self, instrument: Instrument) -> MarginSchedule | None:
        """Return the maintenance-margin brackets, or None where only account holders are told."""
        told = self._line.venue.brackets
        if told is None:
            return None
        return await self._line.ask(told(self._line, await self._line.market(instrument)))

    async def _told(self, instrument: Instrument, asking: Awaitable[Observation]) -> Observation:
        """Await what is told of a market; where it is not, it may be because trading ended."""
        try:
            return await self._line.ask(asking)
        except SourceError as error:
            if error.kind in {"unreadable", "unavailable"}:
                await self._line.market(instrument, doubted=True)
            raise

    async def _observed(self, instrument: Instrument, since_ms: int) -> Observation:
        line, venue = self._line, self._line.venue
        market = await line.market(instrument)
        present = await venue.present(line, market)
        closed_ms = _floor(line.their_ms - _SETTLED_MS, CANDLE_MS)
        hour_ms = _floor(line.their_ms - MINUTE_MS, HOUR_MS)
        since_ms = _floor(since_ms, CANDLE_MS)
        candles = await columns(venue.candles, line, market, since_ms, closed_ms - CANDLE_MS)
        marks = await columns(venue.mark_candles, line, market, since_ms, closed_ms - CANDLE_MS)
        interest = funding = None
        if _due(self._interest_ms, instrument, closed_ms):
            early_ms = since_ms - _LATE_MS
            interest = await columns(venue.open_interest, line, market, early_ms, closed_ms)
            self._interest_ms[instrument] = _newest(interest)
        if _due(self._funding_ms, instrument, hour_ms):
            funding = await columns(venue.funding, line, market, since_ms, hour_ms)
            self._funding_ms[instrument] = hour_ms
        return _observation(
            instrument,
            at=line.clock.now(),
            candles=candles,
            marks=marks,
            interest=_with(interest, "quantity", present.at_ms, self._standing(present)),
            funding=_with(funding, "rate", present.at_ms, _forthcoming(present)),
            mark=present.mark,
            book=await self._book(instrument, market),
        )

    def _standing(self, present: Present) -> float:
        """Return open interest of now, unless it would be taken for that of a candle's end.

        Where the past tells that, archives would differ by when a bot happened to poll.
        """
        off_ms = (present.at_ms + SNAP_MS) % CANDLE_MS
        is_told = self._line.venue.open_interest is not None and off_ms <= 2 * SNAP_MS
        return math.nan if is_told else present.open_interest

    async def _recalled(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        line, venue = self._line, self._line.venue
        market = await line.market(instrument)
        to_ms = min(to_ms, line.their_ms - _SETTLED_MS)
        opened_ms = to_ms - CANDLE_MS
        return _observation(
            instrument,
            at=line.clock.now(),
            candles=await columns(venue.candles, line, market, from_ms, opened_ms),
            marks=await columns(venue.mark_candles, line, market, from_ms, opened_ms),
            interest=await columns(venue.open_interest, line, market, from_ms, to_ms),
            funding=await columns(venue.funding, line, market, from_ms, to_ms),
        )

    async def _book(self, instrument: Instrument, market: Market) -> OrderBook | None:
        """Return the book where the last look at it is long enough ago."""
        line, venue = self._line, self._line.venue
        due_ms = int(self._settings.book_every_s * 1000)
        if line.now_ms - self._books.get(instrument, -due_ms) < due_ms:
            return None
        told = await line.ask(
            line.api.fetch_order_book(market["symbol"], venue.book_depth, dict(venue.book_params))
        )
        at_ms = line.now_ms
        size = 1.0 if venue.book_in_base else float(market["contractSize"])
        sides = ([(row[0], row[1] * size) for row in told[side]] for side in ("bids", "asks"))
        book = OrderBook.of(at_ms, *sides)
        self._books[instrument] = at_ms
        return book


def _observation(
    instrument: Instrument,
    *,
    at: datetime,
    candles: Columns | None,
    marks: Columns | None,
    interest: Columns | None,
    funding: Columns | None,
    mark: float = math.nan,
    book: OrderBook | None = None,
) -> Observation:
    """Mend columns and put them together; raise ValueError for what cannot be mended."""
    bars, repairs = Candles.mended(CANDLE_MS, candles or {"opened_ms": []})
    mark_bars, more = Candles.mended(CANDLE_MS, marks or {"opened_ms": []})
    open_interest, even_more = OpenInterest.mended(interest or {"at_ms": []})
    rates, most = Funding.mended(funding or {"at_ms": []})
    return Observation(
        instrument=instrument,
        observed_at=at,
        mark=Price(mark if mark > 0 else math.nan),
        candles=bars,
        mark_candles=mark_bars if marks is not None else None,
        open_interest=open_interest,
        funding=rates,
        tape=Tape.of(()),
        book=book,
        gaps=(),
        repairs=(*repairs, *more, *even_more, *most),
        simulated=False,
    )


def _with(past: Columns | None, name: str, at_ms: int, value: float) -> Columns | None:
    """Return columns with the value of now, unless that is unknown or the past told it already."""
    newest = _newest(past)
    if math.isnan(value) or at_ms - newest <= SNAP_MS:
        return past
    if past is None:
        return {"at_ms": [at_ms], name: [value]}
    return {"at_ms": np.append(past["at_ms"], at_ms), name: np.append(past[name], value)}


def _forthcoming(present: Present) -> float:
    """Return the rate of now, unless it would be taken for one that was settled on the hour."""
    off_ms = (present.at_ms + SNAP_MS) % HOUR_MS
    return math.nan if off_ms <= 2 * SNAP_MS else present.funding_rate


def _due(told_ms: Mapping[Instrument, int], instrument: Instrument, until_ms: int) -> bool:
    return told_ms.get(instrument, -1) < until_ms


def _newest(past: Columns | None) -> int:
    return -1 if past is None else int(np.max(past["at_ms"], initial=-1))


def _floor(at_ms: int, step_ms: int) -> int:
    return at_ms - at_ms % step_ms
