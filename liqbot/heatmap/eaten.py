"""The cluster that price is going through, and what is left of it."""

from dataclasses import dataclass

import numpy as np

from liqbot.heatmap.bands import Band, bands_of
from liqbot.heatmap.history import History
from liqbot.market.series import Candles
from liqbot.market.units import HOUR_MS, MINUTE_MS, Price, Side, Usd, ms_of

_LOOK_BACK_MS = HOUR_MS  # to how the map stood before price went into it
_BESIDE = 0.005  # of price, by which venues print other prices than the marks that triggered
_REMNANT = 0.01
_LATELY_MS = 15 * MINUTE_MS  # for how long after price has left a cluster it is still told


@dataclass(frozen=True, slots=True, kw_only=True)
class Eaten:
    """A cluster that price is going through."""

    side: Side
    low: Price  # edges as it stood before
    high: Price
    from_ms: int  # the opening of the bar in which price came to it, Unix ms
    before_usd: Usd  # expected, before price came
    left_usd: Usd  # expected, of what still stands
    fired_usd: Usd  # realised there since, as far as is told

    @property
    def is_gone(self) -> bool:
        """Whether next to nothing of it is left."""
        return self.left_usd < _REMNANT * self.before_usd


def eaten_of(history: History) -> Eaten | None:
    """Return the cluster that price was in last, if it was within a quarter of an hour.

    It is one of those that stood an hour before the newest bar; of several that price came to in
    the same bar, the one farthest on its way.
    """
    heatmap, length = history.heatmap, history.heatmap.interval_ms
    stood = np.flatnonzero(heatmap.opened_ms + length <= history.snapshot.at_ms - _LOOK_BACK_MS)
    if not stood.size:
        return None
    row = int(stood[-1])
    closes = history.candles.until(int(heatmap.opened_ms[row]) + length).close
    known = closes[~np.isnan(closes)]
    if not known.size:
        return None
    bands = bands_of(heatmap.usd[:, row], heatmap.grid, float(known[-1]))
    since = history.candles.since(int(heatmap.opened_ms[row]) + length)
    found = [each for band in bands if (each := _met(history, band, since)) is not None]
    return max(found, key=lambda each: (each.from_ms, -each.low * each.side.sign), default=None)


def _met(history: History, band: Band, since: Candles) -> Eaten | None:
    """Return what came of a band by now; None where price was not in it lately."""
    side, mark, now_ms = band.side, history.snapshot.mark, ms_of(history.at)
    ended_ms = int(since.closed_ms[-1]) if len(since) else history.snapshot.at_ms
    touching = (since.low <= band.high) & (since.high >= band.low)  # False where unknown
    begins, ends = since.opened_ms[touching], since.closed_ms[touching]
    if band.low <= mark <= band.high:  # and of the bar that has not closed yet
        begins, ends = np.append(begins, ended_ms), np.append(ends, now_ms)
    if not ends.size or ends[-1] < now_ms - _LATELY_MS:
        return None
    tape = history.tape.since(int(begins[0]))
    there = (tape.price >= band.low * (1 - _BESIDE)) & (tape.price <= band.high * (1 + _BESIDE))
    fired = there & (tape.side == side.index)
    ratio = history.model.realisation[side.index]
    return Eaten(
        side=side,
        low=band.low,
        high=band.high,
        from_ms=int(begins[0]),
        before_usd=Usd(band.usd * ratio),
        left_usd=Usd(_standing(history, band) * ratio),
        fired_usd=Usd(float(tape.usd[fired].sum())),
    )


def _standing(history: History, band: Band) -> float:
    """Return what stands in a band beyond the mark, raw Usd."""
    snapshot = history.snapshot
    first = max(band.span.first - snapshot.grid.first, 0)
    bins = slice(first, max(band.stop - snapshot.grid.first, first))
    centres = snapshot.grid.centres[bins]
    is_ahead = (centres - snapshot.mark) * band.side.sign < 0
    return float(snapshot.total[band.side.index, bins][is_ahead].sum())
