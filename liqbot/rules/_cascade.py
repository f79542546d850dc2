"""Cascades: forced orders of one side that come faster than usual while price runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Interval

from liqbot.heatmap.tracks import Kind
from liqbot.market.units import HOUR_MS, MINUTE_MS, Side, ms_of
from liqbot.rules._finding import MORE, MOST
from liqbot.rules.rule import Blind, Criterion, Fact, Scene, Unit

_SWEPT_MS = 15 * MINUTE_MS  # for how long a cluster that is gone counts as having been there
_LONGEST_MS = HOUR_MS  # of a cascade, as far as it is told
_BEFORE_MS = 15 * MINUTE_MS  # for how long before the first order the highest OI is looked for
_ORDERS = 5  # the fewest that make a burst


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """From where on forced orders are a cascade."""

    min_pace: Annotated[
        float, Gt(0), "The heaviest minute of one side ÷ 95 % of its own minutes of 7 days."
    ] = 1.0
    min_move: Annotated[
        float, Gt(0), "Move of the price, in its own standard deviations over that time."
    ] = 3.0
    min_fall: Annotated[float, Interval(ge=0, lt=1), "Fall of open interest, as a fraction."] = (
        0.005
    )
    min_burst: Annotated[
        float, Gt(0), "The pace that needs no fall of open interest, if the tape is complete."
    ] = 3.0
    min_minute: Annotated[
        float, Interval(ge=0, lt=1e15), "Forced orders of one side in its heaviest minute, Usd."
    ] = 0.0
    min_completeness: Annotated[
        float, Interval(gt=0, le=1), "Share of forced orders told, from which a tape is complete."
    ] = 0.9
    near: Annotated[
        float, Ge(0), "How near a cluster has to be to where price went, as a fraction of it."
    ] = 0.01  # no map is right to better


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """Forced orders of one side, each within a minute of the next, and the price meanwhile."""

    side: Side
    from_ms: int  # Unix ms, of the first order
    to_ms: int  # of the last
    usd: float
    orders: int
    minute_usd: float  # the heaviest
    pace: float  # that ÷ the usual one
    low: float  # prices, from the close before the first order on
    high: float
    sigmas: float  # move in the side's direction ÷ what is usual in such a time
    fall: float | None  # of open interest, fraction
    clusters: int  # that it went through or next to


def blindness(scene: Scene) -> Blind | None:
    """Return why no cascade can be told; None if it can."""
    if scene.blind:
        return scene.blind
    if not scene.tapes:
        return Blind("no venue's forced orders are heard")
    if np.isnan(scene.norms.minute_usd).all() or np.isnan(scene.norms.volatility):
        return Blind("too few days of forced orders are known to tell what is usual")
    return None


def cascades(scene: Scene, lines: Lines, within_ms: int) -> Iterator[Cascade]:
    """Yield the last cascade of each side, if its last order is no older than so much."""
    for side in Side:
        usual = float(scene.norms.minute_usd[side.index])
        if usual > 0 and (found := _newest(scene, side, usual, lines, within_ms)):
            yield found


def criteria(scene: Scene, cascade: Cascade, lines: Lines) -> list[Criterion]:
    """Return what makes it one: a fall of open interest or, on a complete tape, a burst.

    Nothing where open interest would have to tell and does not.
    """
    pace = Fact("heaviest minute to usual", min(cascade.pace, MOST), Unit.RATIO)
    move = Fact("move of the price", min(cascade.sigmas, MOST), Unit.SIGMA)
    far = Criterion("min_move", move, lines.min_move, MORE)
    minute = Fact("realised in the heaviest minute", cascade.minute_usd, Unit.USD)
    heavy = Criterion("min_minute", minute, lines.min_minute, MORE)
    forms = []
    if cascade.fall is not None:
        fall = Fact("fall of open interest", cascade.fall, Unit.FRACTION)
        fast = Criterion("min_pace", pace, lines.min_pace, MORE)
        forms.append([fast, far, Criterion("min_fall", fall, lines.min_fall, MORE), heavy])
    told = [share or 0.0 for share in scene.tapes.values()]
    if sum(told) / len(told) >= lines.min_completeness and cascade.orders >= _ORDERS:
        forms.append([Criterion("min_burst", pace, lines.min_burst, MORE), far, heavy])
    entered = (form for form in forms if all(each.entered for each in form))
    return next(entered, forms[-1] if forms else [])


def _newest(scene: Scene, side: Side, usual: float, lines: Lines, within_ms: int) -> Cascade | None:
    tape, now_ms = scene.history.tape, ms_of(scene.history.at)
    since_ms = now_ms - within_ms - _LONGEST_MS
    rows = slice(*np.searchsorted(tape.at_ms, (since_ms, now_ms + 1)))
    of_side = tape.side[rows] == side.index
    at_ms = tape.at_ms[rows][of_side]
    if not at_ms.size or at_ms[-1] < now_ms - within_ms:
        return None
    usd = (tape.price[rows] * tape.quantity[rows])[of_side]
    summed = np.concatenate(([0.0], usd.cumsum()))
    first_of_minute = np.searchsorted(at_ms, at_ms - MINUTE_MS, side="right")
    minute = summed[1:] - summed[first_of_minute]
    hot = np.flatnonzero(minute >= lines.min_pace * MORE * usual)
    if not hot.size or at_ms[hot[-1]] < now_ms - within_ms:
        return None
    apart = np.flatnonzero(np.diff(at_ms[hot]) > MINUTE_MS)
    begun = hot[apart[-1] + 1] if apart.size else hot[0]
    first, last = int(first_of_minute[begun]), int(hot[-1])
    from_ms, to_ms = int(at_ms[first]), int(at_ms[last])
    heaviest = float(minute[begun : last + 1].max())
    low, high, sigmas = _run(scene, side, from_ms, to_ms)
    return Cascade(
        side=side,
        from_ms=from_ms,
        to_ms=to_ms,
        usd=float(summed[last + 1] - summed[first]),
        orders=last - first + 1,
        minute_usd=heaviest,
        pace=heaviest / usual,
        low=low,
        high=high,
        sigmas=sigmas,
        fall=_fall(scene, from_ms),
        clusters=_clusters(scene, side, low * (1 - lines.near), high * (1 + lines.near)),
    )


def _run(scene: Scene, side: Side, from_ms: int, to_ms: int) -> tuple[float, float, float]:
    """Return the lowest and highest price meanwhile, and the move in standard deviations."""
    history, candles = scene.history, scene.history.candles
    closed, mark = candles.closed_ms, float(history.snapshot.mark)
    known = np.flatnonzero((closed <= from_ms) & ~np.isnan(candles.close))
    if not known.size:
        return mark, mark, 0.0
    before, before_ms = float(candles.close[known[-1]]), int(closed[known[-1]])
    during = (closed > from_ms) & (candles.opened_ms < to_ms)
    fresh = ms_of(history.at) - to_ms < candles.interval_ms
    now = [before, mark] if fresh else [before]
    low = float(np.nanmin([*candles.low[during], *now]))
    high = float(np.nanmax([*candles.high[during], *now]))
    minutes = max(to_ms - before_ms, candles.interval_ms) / MINUTE_MS
    away = np.log(before / low) if side is Side.LONG else np.log(high / before)
    usual = scene.norms.volatility * np.sqrt(minutes)
    return low, high, float(away / usual) if usual > 0 else 0.0


def _fall(scene: Scene, from_ms: int) -> float | None:
    interest = scene.history.open_interest
    first, start = np.searchsorted(interest.at_ms, (from_ms - _BEFORE_MS, from_ms + 1))
    before, after = interest.quantity[first:start], interest.quantity[start:]
    before, after = before[~np.isnan(before)], after[~np.isnan(after)]
    if not before.size or not after.size or not before.max() > 0:
        return None
    return float(1 - after.min() / before.max())


def _clusters(scene: Scene, side: Side, low: float, high: float) -> int:
    """Count the clusters of a side in a span of prices, also those that price has gone through.

    Since the last bar they are still followed, before it they were swept.
    """
    history = scene.history
    spans: dict[str, tuple[float, float]]
    spans = {each.id: (each.low, each.high) for each in history.clusters if each.side is side}
    for track in history.tracking.tracks:
        if track.side is side:
            spans[track.id] = track.band.low, track.band.high
    since_ms = history.snapshot.at_ms - _SWEPT_MS
    for each in history.tracking.events:
        if each.kind is Kind.SWEPT and each.at_ms >= since_ms and each.track[:1] == _initial(side):
            spans[each.track] = each.facts["low"], each.facts["high"]
    return sum(one <= high and other >= low for one, other in spans.values())


def _initial(side: Side) -> str:
    return side[0].upper()
