"""Levels, what price does with them, and what is known of alerts."""

from collections.abc import Iterable, Sequence

import numpy as np

from liqbot.alerting.grading import Outcome, Pending
from liqbot.alerting.outcome import Kind, Level, Reach, Reaction
from liqbot.market.series import Candles
from liqbot.market.units import HOUR_MS, Price, Side, Usd, floats, integers
from tests.builders import FIVE_MINUTES_MS, START_MS

HOURS_4 = 48  # candles


def a_level(
    side: Side = Side.LONG,
    *,
    near: float = 0.01,
    width: float = 0.005,
    mark: float = 100.0,
    at_ms: int = START_MS,
    reach: Reach = Reach.NEAR,
) -> Level:
    """Return a level whose edges are `near` and `near + width` away, log price."""
    edges = [mark * np.exp(-side.sign * way) for way in (near, near + width)]
    return Level(
        side=side,
        low=Price(min(edges)),
        high=Price(max(edges)),
        mark=Price(mark),
        at_ms=at_ms,
        reach=reach,
    )


def towards(
    level: Level, ways: Iterable[float | tuple[float, float]], *, bars: int = HOURS_4
) -> Candles:
    """Return candles that go so far towards a level: (deepest, closing), or both in one.

    Ways are in shares of the way to the near edge; after the last, price stands still.
    """
    pairs = [each if isinstance(each, tuple) else (each, each) for each in ways]
    pairs += [(pairs[-1][1],) * 2] * (bars - len(pairs))
    deepest, closing = np.array(pairs).T * level.near * level.side.sign
    return candles_of(level.mark * np.exp(-deepest), level.mark * np.exp(-closing), level.at_ms)


def candles_of(
    extremes: Sequence[float] | np.ndarray[tuple[int], np.dtype[np.float64]],
    closes: Sequence[float] | np.ndarray[tuple[int], np.dtype[np.float64]],
    start_ms: int = START_MS,
) -> Candles:
    """Return 5 m candles that open where they close, with one wick."""
    extreme, close = floats(extremes), floats(closes)
    unknown = floats(np.full(close.size, np.nan))
    return Candles(
        interval_ms=FIVE_MINUTES_MS,
        opened_ms=integers(start_ms + FIVE_MINUTES_MS * np.arange(close.size)),
        open=close,
        high=floats(np.maximum(extreme, close)),
        low=floats(np.minimum(extreme, close)),
        close=close,
        volume=unknown,
        taker_buy_volume=unknown,
    )


def a_pending(level: Level | None = None, *, name: str = "a", **told: object) -> Pending:
    """Return what has to be graded; name any field to set it."""
    values: dict[str, object] = {
        "id": name,
        "rule": "cluster_approach",
        "base": "BTC",
        "level": level or a_level(),
        "expected_usd": Usd(40e6),
        "grade": "A",
        "tiers": ((25.0, 10e6), (50.0, 30e6)),
        "simulated": False,
    }
    return Pending(**(values | told))  # type: ignore[arg-type]  # by name


def an_outcome(
    kind: Kind = Kind.REJECTED,
    *,
    hours: float = 0.0,
    mirror: Kind = Kind.IGNORED,
    moments: tuple[Kind, ...] = (Kind.IGNORED,),
    fired_usd: float | None = None,
    **told: object,
) -> Outcome:
    """Return what came of an alert that was told so many hours after START_MS."""
    level = a_level(at_ms=START_MS + round(hours * HOUR_MS))
    return Outcome(
        pending=a_pending(**({"name": f"{kind} {hours}", "level": level} | told)),  # type: ignore[arg-type]
        reaction=Reaction(kind),
        fired_usd=None if fired_usd is None else Usd(fired_usd),
        mirror=mirror,
        moments=moments,
    )
