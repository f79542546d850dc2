"""All that was seen of one instrument on one venue."""

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from liqbot.market.book import OrderBook
from liqbot.market.instrument import Instrument
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import F8, I8, Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A span of time for which something that should be there is not."""

    what: str  # "candles", "open_interest" …
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """All that was seen of one instrument on one venue up to one moment."""

    instrument: Instrument
    observed_at: datetime  # aware, UTC; the pipeline's only "now"
    mark: Price  # NaN where nothing told it
    candles: Candles  # closed ones only, last price
    mark_candles: Candles | None  # as long as the candles, or longer where only such are known
    open_interest: OpenInterest
    funding: Funding
    tape: Tape
    book: OrderBook | None
    gaps: tuple[Gap, ...]
    repairs: tuple[str, ...]  # what was mended on entry, in words
    simulated: bool

    @property
    def newest_ms(self) -> int | None:
        """The time of the newest known datum, Unix ms; None when there is none."""
        opened_ms = _newest(self.candles.opened_ms, self.candles.close)
        newest = [
            None if opened_ms is None else opened_ms + self.candles.interval_ms,
            _newest(self.open_interest.at_ms, self.open_interest.quantity),
            _newest(self.funding.at_ms, self.funding.rate),
            int(self.tape.at_ms[-1]) if self.tape.at_ms.size else None,
            self.book.at_ms if self.book else None,
        ]
        return max((each for each in newest if each is not None), default=None)

    def age_s(self, at: datetime) -> float:
        """Return the seconds from the newest datum to an aware moment; inf when there is none."""
        newest = self.newest_ms
        return math.inf if newest is None else at.timestamp() - newest / 1000


def _newest(at_ms: I8, told: F8) -> int | None:
    """Return when the last known value was told; None where none is. Seldom is it not the last."""
    return next((int(at_ms[i]) for i in range(told.size - 1, -1, -1) if told[i] == told[i]), None)


def gaps_in(
    candles: Candles, open_interest: OpenInterest, from_ms: int, to_ms: int
) -> tuple[Gap, ...]:
    """Return the spans within from_ms … to_ms that known candles or open interest leave open.

    What has a rhythm of its own (open interest told hourly) is missed only when it breaks that:
    the median step, though never less than a candle.
    """
    opened = candles.opened_ms[~np.isnan(candles.close)]
    sampled = open_interest.at_ms[~np.isnan(open_interest.quantity)]
    length = candles.interval_ms
    rhythm = max(length, int(np.median(np.diff(sampled)))) if sampled.size > 1 else length
    gaps: list[Gap] = []
    for what, begins, ends, longest in (
        ("candles", opened, opened + length, length - 1),
        ("open_interest", sampled, sampled, rhythm * 3 // 2),
    ):
        left, right = np.append(from_ms, ends), np.append(begins, to_ms)
        gaps += (
            Gap(what=what, from_ms=int(left[row]), to_ms=int(right[row]))
            for row in np.flatnonzero(right - left > longest)
        )
    return tuple(gaps)
