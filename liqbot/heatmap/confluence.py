"""What else one looks at beside the map: open interest, funding, flow, book, trend and volume."""

from dataclasses import dataclass

import numpy as np

from liqbot.heatmap.history import History
from liqbot.heatmap.quality import fresh_books
from liqbot.market.mending import SNAP_MS
from liqbot.market.units import DAY_MS, F8, HOUR_MS, I8, ms_of

_DEPTH = 0.01  # fraction of mid within which bids are weighed against asks
_FEWEST = 30  # funding rates, for one of them to be high or low
_OVERDUE = 2.5  # intervals after which a rate is out of date
_HOURS_USUAL = 8.0  # of an interval, where none is known
_HOURS = 6  # of volume known, the fewest for a usual hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Confluence:
    """What speaks with or against a cluster; None = unknown."""

    interest_hour: float | None  # change of open interest over an hour, fraction
    interest_day: float | None  # over 24 h
    funding: float | None  # newest rate, fraction per funding interval
    funding_rank: float | None  # its place among 30 days of settled ones, 0 … 1, ties in the middle
    funding_hours: float | None  # of a funding interval
    taker_flow: float | None  # taker buys less sells over an hour ÷ volume, −1 … 1
    book: float | None  # bids less asks within 1 % of mid ÷ both, −1 … 1
    trend: float | None  # change of price over 24 h, fraction
    volume: float | None  # of the last hour ÷ the usual hour of the last day


def confluence_of(history: History) -> Confluence:
    """Read what a history tells beside the map."""
    interest, candles = history.open_interest, history.candles
    at_ms, closed_ms = history.snapshot.at_ms, candles.closed_ms
    bar_ms = candles.interval_ms
    funding, rank, hours = _funding(history)
    return Confluence(
        interest_hour=change(interest.at_ms, interest.quantity, at_ms, HOUR_MS),
        interest_day=change(interest.at_ms, interest.quantity, at_ms, DAY_MS, bar_ms),
        funding=funding,
        funding_rank=rank,
        funding_hours=hours,
        taker_flow=_taker_flow(history),
        book=_book(history),
        trend=change(closed_ms, candles.close, at_ms, DAY_MS, bar_ms),
        volume=_volume(history),
    )


def change(at_ms: I8, values: F8, now_ms: int, span_ms: int, bar_ms: int = 0) -> float | None:
    """Return by which fraction a series changed over a span up to now; None if unknown.

    Both ends may be a tenth of the span late. Where nothing is known by its beginning, what is a
    bar after it counts: the first of a day's bars ends when the day is a bar old.
    """
    now = _newest(at_ms, values, now_ms, span_ms // 10)
    before = _newest(at_ms, values, now_ms - span_ms, span_ms // 10)
    if before is None:
        before = _newest(at_ms, values, now_ms - span_ms + bar_ms, bar_ms)
    return now / before - 1 if now is not None and before else None


def _newest(at_ms: I8, values: F8, by_ms: int, late_ms: int) -> float | None:
    """Return the newest value known by a moment and no older than so much before it."""
    first, last = np.searchsorted(at_ms, (by_ms - late_ms, by_ms + 1))
    known = values[first:last][~np.isnan(values[first:last])]
    return float(known[-1]) if known.size else None


def _funding(history: History) -> tuple[float | None, float | None, float | None]:
    """Return the newest rate, unless overdue, its place among those settled, and their interval.

    Those on the hour are settled; between them, polls tell what the next one is expected to be.
    """
    known = ~np.isnan(history.funding.rate)
    rates, at_ms = history.funding.rate[known], history.funding.at_ms[known]
    is_settled = (at_ms + SNAP_MS) % HOUR_MS <= 2 * SNAP_MS
    steps = np.diff(at_ms[is_settled])
    hours = round(float(np.median(steps)) / HOUR_MS, 1) if steps.size else None
    late_ms = _OVERDUE * (hours or _HOURS_USUAL) * HOUR_MS
    if not rates.size or ms_of(history.at) - at_ms[-1] > late_ms:
        return None, None, hours
    newest, settled = rates[-1], rates[is_settled]
    if settled.size < _FEWEST:
        return float(newest), None, hours
    rank = float((settled < newest).mean() + (settled == newest).mean() / 2)
    return float(newest), rank, hours


def _taker_flow(history: History) -> float | None:
    candles = history.candles
    row = slice(max(len(candles) - HOUR_MS // candles.interval_ms, 0), None)
    bought, volume = candles.taker_buy_volume[row], candles.volume[row]
    known = ~np.isnan(bought) & (volume > 0)
    total = volume[known].sum()
    return float((2 * bought[known].sum() - total) / total) if total > 0 else None


def _book(history: History) -> float | None:
    sides = [book.depth(_DEPTH) for book in fresh_books(history).values()]
    bids, asks = (sum(each) for each in zip(*sides, strict=True)) if sides else (0.0, 0.0)
    return (bids - asks) / (bids + asks) if bids + asks > 0 else None


def _volume(history: History) -> float | None:
    candles = history.candles
    an_hour = max(HOUR_MS // candles.interval_ms, 1)
    day = candles.volume[-24 * an_hour :]
    hour = day[-an_hour:]
    known, usual = hour[~np.isnan(hour)], day[~np.isnan(day)]
    if not known.size or usual.size < _HOURS * an_hour or not usual.sum() > 0:
        return None
    return float(known.mean() / usual.mean())
