"""Two answers about one instrument as one: what is kept in memory, and how it is kept short."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from liqbot.market.book import OrderBook
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import F8, I8, floats, integers

_LATE_MS = 2_000  # a sample stamped so much after a candle's end still tells what was then
_COLUMNS = ("open", "high", "low", "close", "volume", "taker_buy_volume")


def joined(older: Observation, newer: Observation) -> Observation:
    """Return what two answers about one instrument tell together.

    A newer value that is known wins, an unknown one (NaN) never does: as when an archive keeps
    both. Equal forced orders are the same one, as many as the answer with most of them has. Gaps
    and repairs belong to one answer and are left out. Raise ValueError for two instruments, or
    candles of two lengths.
    """
    if older.instrument != newer.instrument:
        raise ValueError(f"{older.instrument} and {newer.instrument} are two markets")
    is_late = newer.observed_at < older.observed_at  # the past, asked for after the present
    first, last = (newer, older) if is_late else (older, newer)
    return Observation(
        instrument=newer.instrument,
        observed_at=last.observed_at,
        mark=first.mark if np.isnan(last.mark) else last.mark,
        candles=_joined_candles(older.candles, newer.candles),
        mark_candles=_joined_marks(older.mark_candles, newer.mark_candles),
        open_interest=_joined_open_interest(older.open_interest, newer.open_interest),
        funding=_joined_funding(older.funding, newer.funding),
        tape=joined_tapes(older.tape, newer.tape),
        book=_newest_book(older.book, newer.book),
        gaps=(),
        repairs=(),
        simulated=older.simulated or newer.simulated,
    )


def joined_tapes(one: Tape, other: Tape) -> Tape:
    """Return the orders of two tellings of one venue's tape, each order once.

    One engine closes many equal positions in a millisecond: of equal orders there are as many
    as the telling with more of them has. Where both tell of the same time, ties are sorted.
    """
    if not (len(one) and len(other)):
        return one if len(one) else other
    early, late = (one, other) if one.at_ms[0] <= other.at_ms[0] else (other, one)
    before = early.until(int(late.at_ms[0]) - 1)
    shared = early.since(int(late.at_ms[0]))
    if not len(shared):
        return Tape.merge((before, late))
    end_ms = int(min(shared.at_ms[-1], late.at_ms[-1]))
    rest = [each.since(end_ms + 1) for each in (shared, late)]
    return Tape.merge((before, _united(shared.until(end_ms), late.until(end_ms)), *rest))


def trimmed(observation: Observation, since_ms: int) -> Observation:
    """Return what was seen since a moment (Unix ms), no denser than a map needs it.

    A map looks at open interest where candles end: where it was sampled more often, the last
    known sample by each end is left.
    """
    marks = observation.mark_candles
    sampled = observation.open_interest.since(since_ms)
    return replace(
        observation,
        candles=observation.candles.since(since_ms),
        mark_candles=None if marks is None else marks.since(since_ms),
        open_interest=_thinned(sampled, observation.candles.interval_ms),
        funding=observation.funding.since(since_ms),
        tape=observation.tape.since(since_ms),
    )


def _thinned(sampled: OpenInterest, interval_ms: int) -> OpenInterest:
    known = np.flatnonzero(~np.isnan(sampled.quantity))
    candle = -(-(sampled.at_ms[known] - _LATE_MS) // interval_ms)
    last = np.append(candle[1:] > candle[:-1], np.ones(min(known.size, 1), np.bool_))
    if last.sum() == len(sampled):
        return sampled
    rows = known[last]
    return OpenInterest(
        at_ms=integers(sampled.at_ms[rows]), quantity=floats(sampled.quantity[rows])
    )


@dataclass(frozen=True, slots=True)
class _Splice:
    """Where the rows of two columns of stamps go in one."""

    at_ms: I8  # (n,) Unix ms, of either
    head: int  # rows of the older one that come first
    tail: int  # its first row that comes last
    older: NDArray[np.intp]  # places of its other rows, counted from the head
    newer: NDArray[np.intp]  # places of the newer one's rows, counted from the head

    @staticmethod
    def of(older_ms: I8, newer_ms: I8) -> "_Splice":
        """Lay out (m,) and (k,) stamps; only where they overlap is anything sorted."""
        first, last = (newer_ms[0], newer_ms[-1]) if newer_ms.size else (0, 0)
        head = int(np.searchsorted(older_ms, first))
        tail = max(int(np.searchsorted(older_ms, last, side="right")), head)
        between = older_ms[head:tail]
        middle = np.union1d(between, newer_ms)
        return _Splice(
            at_ms=integers(np.concatenate((older_ms[:head], middle, older_ms[tail:]))),
            head=head,
            tail=tail,
            older=np.searchsorted(middle, between),
            newer=np.searchsorted(middle, newer_ms),
        )

    def column(self, older: F8, newer: F8) -> F8:
        """Return a column in which known newer values stand in place of older ones, (n,)."""
        column = np.full(self.at_ms.size, np.nan)
        column[: self.head] = older[: self.head]
        column[self.at_ms.size - (older.size - self.tail) :] = older[self.tail :]
        column[self.head + self.older] = older[self.head : self.tail]
        known = ~np.isnan(newer)
        column[self.head + self.newer[known]] = newer[known]
        column.flags.writeable = False
        return column


def _joined_candles(older: Candles, newer: Candles) -> Candles:
    if not len(older) or not len(newer):
        return older if len(older) else newer
    if older.interval_ms != newer.interval_ms:
        raise ValueError(f"candles of {older.interval_ms} and {newer.interval_ms} ms do not join")
    splice = _Splice.of(older.opened_ms, newer.opened_ms)
    return Candles(
        interval_ms=newer.interval_ms,
        opened_ms=splice.at_ms,
        **{name: splice.column(getattr(older, name), getattr(newer, name)) for name in _COLUMNS},
    )


def _joined_marks(older: Candles | None, newer: Candles | None) -> Candles | None:
    if older is None or newer is None:
        return newer if older is None else older
    return _joined_candles(older, newer)


def _joined_open_interest(older: OpenInterest, newer: OpenInterest) -> OpenInterest:
    splice = _Splice.of(older.at_ms, newer.at_ms)
    return OpenInterest(at_ms=splice.at_ms, quantity=splice.column(older.quantity, newer.quantity))


def _joined_funding(older: Funding, newer: Funding) -> Funding:
    splice = _Splice.of(older.at_ms, newer.at_ms)
    return Funding(at_ms=splice.at_ms, rate=splice.column(older.rate, newer.rate))


def _newest_book(older: OrderBook | None, newer: OrderBook | None) -> OrderBook | None:
    if older is None or newer is None:
        return newer if older is None else older
    return older if older.at_ms > newer.at_ms else newer


def _united(one: Tape, other: Tape) -> Tape:
    """Return the orders of two tapes, equal ones as often as the tape with more has them."""
    every = np.concatenate([_numbered(each) for each in (one, other)], axis=1)
    every = every[:, np.lexsort(every[::-1])]
    fresh = np.any(np.diff(every, axis=1, prepend=np.nan) != 0, axis=0)
    return _tape(every[:, fresh])


def _numbered(tape: Tape) -> NDArray[np.float64]:
    """Return (5, n) stamp, side, price, quantity, and which it is among its equals."""
    rows = np.array([tape.at_ms, tape.side, tape.price, tape.quantity], dtype=np.float64)
    rows = rows[:, np.lexsort(rows[::-1])]
    place = np.arange(len(tape))
    fresh = np.any(np.diff(rows, axis=1, prepend=np.nan) != 0, axis=0)
    return np.vstack((rows, place - np.maximum.accumulate(np.where(fresh, place, 0))))


def _tape(rows: NDArray[np.float64]) -> Tape:
    side = rows[1].astype(np.int8)
    side.flags.writeable = False
    return Tape(
        at_ms=integers(rows[0].astype(np.int64)),
        side=side,
        price=floats(rows[2]),
        quantity=floats(rows[3]),
    )
