"""What of an answer is believed: nothing that cannot be, and nothing that nobody else saw.

Rules, for one answer about one instrument:

* From the future: what is stamped later than the venue's clock shows; candles not closed by it.
* Prices: `agreement` judges candles. The mark has to agree with the newest candle believed, else
  with the other venues' marks. Where it agrees with neither, the whole answer goes: who is wrong
  about the price is wrong about the rest.
* A crash may reach the marks before any candle has closed: a move of up to a factor of two is
  believed when another venue says the same, believed or not.
* Open interest that repeats itself while trades flow tells nothing: only the first of equal
  samples is kept, after an hour it counts as frozen. One that is suddenly three times as much, or
  a third, waits for an hour.
* Forced orders are filled away from the mark, yet not at half of it or twice.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, TypeVar

import numpy as np

from liqbot.market.agreement import AGREED, agrees, doubts, hull
from liqbot.market.book import OrderBook
from liqbot.market.mending import Mask
from liqbot.market.observation import Gap, Observation
from liqbot.market.repetition import jumped, repeated, retold
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import I8, MINUTE_MS, Price, ms_of
from liqbot.market.witness import Witness

_AHEAD_MS = 5_000  # by which a stamp may be later than now: clocks are measured roughly
_SKEWED_S = 300.0  # a clock that is further off is no clock
_RECENT_MS = 10 * MINUTE_MS  # a forced order's price is compared with the price of now
_FACTOR = 2.0  # how far from the mark forced orders are filled
_STEEPEST = 0.2  # funding rate, fraction per interval; the venues cap it far below

_Series = TypeVar("_Series", Candles, OpenInterest, Funding, Tape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What is believed of an answer."""

    observation: Observation  # without what is not
    dropped: Mapping[str, int]  # rows, marks and books, by reason; "mended": what was repaired
    gaps: tuple[Gap, ...]  # that dropping left

    @property
    def is_held(self) -> bool:
        """Whether another venue's word may still confirm it."""
        return "unconfirmed" in self.dropped

    @property
    def is_refused(self) -> bool:
        """Whether nothing that was told of the price is believed."""
        told = self.observation
        doubts = self.dropped.keys() - {"mended", "future"}
        return bool(doubts) and math.isnan(told.mark) and not _tells(told.candles)


def believed(
    seen: Observation,
    so_far: Observation | None,
    others: Sequence[Observation],
    at: datetime,
    skew_s: float,
    *,
    claims: Sequence[Observation] = (),
    is_alone: bool = True,
) -> Belief:
    """Return what is believed of an answer that came at a moment.

    `so_far` and `others` are what is believed of the instrument and of the same base elsewhere;
    `claims` what others said last, believed or not. `skew_s`: their clock ahead of ours, NaN
    where unknown. Where `is_alone` is false others are expected to tell soon, and a first answer
    that nobody confirms has to wait for them.
    """
    sieve = _Sieve()
    sieve.dropped["mended"] += len(seen.repairs)
    told = _present(sieve, seen, ms_of(at), skew_s)
    others = [each for each in others if len(each.candles) or not np.isnan(each.mark)]
    witness = Witness(so_far, others, claims, at, is_trusted=is_alone)
    own = Candles.none(told.candles.interval_ms) if so_far is None else so_far.candles
    elsewhere = [each.candles for each in others or claims]
    found = doubts(told.candles, own, elsewhere, is_trusted=is_alone)
    candles = sieve.sifted(told.candles, found, "candles")
    witness.learn(candles)
    is_lost = _tells(told.candles) and not _tells(candles)
    doubt = witness.doubt(told.mark) or ("price" if is_lost and np.isnan(told.mark) else "")
    if doubt:
        rest = (len(candles), len(told.open_interest), len(told.funding), len(told.tape))
        sieve.dropped[doubt] += sum(rest) + (told.book is not None) + (not np.isnan(told.mark))
        return sieve.belief(nothing_of(told))
    price = witness.price if np.isnan(told.mark) else told.mark
    kept = replace(
        told,
        candles=candles,
        mark_candles=_marks(sieve, told.mark_candles, (own, candles), elsewhere),
        open_interest=_open_interest(sieve, told.open_interest, so_far, (own, candles)),
        funding=sieve.sifted(told.funding, {"funding": np.abs(told.funding.rate) > _STEEPEST}),
        tape=_tape(sieve, told.tape, own, price, ms_of(at)),
        book=_book(sieve, told.book, price),
    )
    return sieve.belief(kept)


def nothing_of(seen: Observation) -> Observation:
    """Return an observation of the same instrument and moment that tells nothing."""
    marks = seen.mark_candles
    return replace(
        seen,
        mark=Price(np.nan),
        candles=seen.candles.until(0),
        mark_candles=marks and marks.until(0),
        open_interest=seen.open_interest.until(0),
        funding=seen.funding.until(0),
        tape=seen.tape.until(0),
        book=None,
        gaps=(),
        repairs=(),
    )


class _Sieve:
    """Lets through what is not doubted, and counts the rest."""

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()
        self._gaps: list[Gap] = []

    def belief(self, observation: Observation) -> Belief:
        dropped = {reason: count for reason, count in self.dropped.items() if count}
        return Belief(observation=observation, dropped=dropped, gaps=tuple(self._gaps))

    def sifted(self, series: _Series, doubts: Mapping[str, Mask], what: str = "") -> _Series:
        """Return a series without doubtful rows, (n,) by reason; they are a gap in `what`."""
        bad = np.zeros(len(series), np.bool_)
        for reason, doubtful in doubts.items():
            self.dropped[reason] += int((doubtful & ~bad).sum())
            bad |= doubtful
        if not bad.any():
            return series
        if what:
            rows = np.flatnonzero(bad)
            begins, ends = _span(series)
            for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
                from_ms, to_ms = int(begins[run[0]]), int(ends[run[-1]])
                self._gaps.append(Gap(what=what, from_ms=from_ms, to_ms=to_ms))
        return _kept(series, ~bad)


def _kept(series: _Series, rows: Mask) -> _Series:
    columns: dict[str, Any] = {}
    for field in fields(series):
        column = getattr(series, field.name)
        if isinstance(column, np.ndarray):
            columns[field.name] = column[rows]
            columns[field.name].flags.writeable = False
    return replace(series, **columns)


def _span(series: Candles | OpenInterest | Funding | Tape) -> tuple[I8, I8]:
    if isinstance(series, Candles):
        return series.opened_ms, series.closed_ms
    return series.at_ms, series.at_ms


def _tells(candles: Candles) -> bool:
    return not np.isnan(candles.close).all()


def _present(sieve: _Sieve, seen: Observation, at_ms: int, skew_s: float) -> Observation:
    """Return what is not from the future, by the venue's own clock as far as that is known."""
    is_known = abs(skew_s) <= _SKEWED_S
    theirs = at_ms + (int(skew_s * 1000) if is_known else 0)
    latest = max(theirs, at_ms) + _AHEAD_MS
    marks, book = seen.mark_candles, seen.book
    if book is not None and book.at_ms > latest:
        sieve.dropped["future"] += 1
        book = None
    return replace(
        seen,
        candles=sieve.sifted(seen.candles, {"future": seen.candles.closed_ms > theirs}),
        mark_candles=marks and sieve.sifted(marks, {"future": marks.closed_ms > theirs}),
        open_interest=sieve.sifted(
            seen.open_interest, {"future": seen.open_interest.at_ms > latest}
        ),
        funding=sieve.sifted(seen.funding, {"future": seen.funding.at_ms > latest}),
        tape=sieve.sifted(seen.tape, {"future": seen.tape.at_ms > latest}),
        book=book,
    )


def _marks(
    sieve: _Sieve, marks: Candles | None, own: tuple[Candles, ...], elsewhere: Sequence[Candles]
) -> Candles | None:
    """Return mark candles that agree with what was traded meanwhile, here or else elsewhere."""
    if marks is None or not len(marks):
        return marks
    low, high = hull(marks, own)
    lows, highs = hull(marks, elsewhere)
    low, high = (np.where(np.isnan(one), other, one) for one, other in ((low, lows), (high, highs)))
    off = (marks.low < low * (1 - AGREED)) | (marks.high > high * (1 + AGREED))
    return sieve.sifted(marks, {"price": off})


def _open_interest(
    sieve: _Sieve,
    told: OpenInterest,
    so_far: Observation | None,
    candles: tuple[Candles, ...],
) -> OpenInterest:
    known = told.until(0) if so_far is None else so_far.open_interest
    told = sieve.sifted(told, {"impossible": told.quantity <= 0})
    again, changed = retold(told, known)
    told = _kept(sieve.sifted(told, {"retold": changed}), ~again[~changed])
    told = sieve.sifted(told, {"jump": jumped(told, known)}, "open_interest")
    stuck, frozen = repeated(told, known, candles)
    told = sieve.sifted(told, {"frozen": frozen}, "open_interest")
    return _kept(told, ~stuck[~frozen])


def _tape(sieve: _Sieve, told: Tape, own: Candles, price: float, at_ms: int) -> Tape:
    """Return forced orders filled near the price of their time, where that is known."""
    then = np.full(len(told), price)
    known = np.flatnonzero(~np.isnan(own.close))
    row = np.searchsorted(own.closed_ms[known], told.at_ms, side="right") - 1
    old = (row >= 0) & (told.at_ms < at_ms - _RECENT_MS)
    then[old] = own.close[known][row[old]]
    far = np.abs(np.log(told.price / then)) > np.log(_FACTOR)
    return sieve.sifted(told, {"price": far})


def _book(sieve: _Sieve, book: OrderBook | None, price: float) -> OrderBook | None:
    """Return a book with two sides around the price."""
    if book is None:
        return None
    empty = np.isnan(book.mid)
    off = not np.isnan(price) and not agrees(book.mid, price)
    if empty or off:
        sieve.dropped["book"] += 1
        return None
    return book
