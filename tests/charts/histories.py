"""Histories to draw: made up, small, and different in what matters to a picture."""

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liqbot.heatmap.clusters import Asymmetry, Cluster
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Heatmap, MassLedger, Snapshot
from liqbot.heatmap.history import History
from liqbot.heatmap.lookback import Lookback
from liqbot.heatmap.measured import Measured, measured
from liqbot.heatmap.model import Model
from liqbot.heatmap.tracks import Tracking
from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import F8, Price, Side, Usd, floats, integers, moment_of
from tests.builders import some_candles, some_funding, some_open_interest
from tests.fakes.positions import a_position

TIERS = (3.0, 5.0, 10.0, 20.0, 25.0, 50.0, 75.0, 100.0, 125.0)
VENUES = ("binance", "bybit", "okx")
START_MS = 1_767_571_200_000  # Monday 2026-01-05 00:00 UTC
FIVE_MINUTES_MS = 300_000
_HUMPS = {  # distance from the price → share of the heaviest
    Side.LONG: ((-0.012, 0.3), (-0.028, 0.9), (-0.041, 0.5), (-0.09, 1.0)),
    Side.SHORT: ((0.015, 0.4), (0.033, 1.0), (0.046, 0.6), (0.1, 1.0)),
}


def a_cluster(
    side: Side = Side.SHORT,
    low: float = 66_500.0,
    high: float = 67_100.0,
    *,
    mark: float = 65_000.0,
    usd: float = 142e6,
    **changes: object,
) -> Cluster:
    """Return a cluster; name any field to set it."""
    near = high if side is Side.LONG else low
    values: dict[str, Any] = {
        "id": f"{side.value}-{low:g}",
        "side": side,
        "low": Price(low),
        "high": Price(high),
        "peak": Price((low + high) / 2),
        "usd": Usd(usd),
        "expected_usd": Usd(0.75 * usd),
        "distance": near / mark - 1,
        "zone": None,
        "tiers": {10.0: Usd(0.5 * usd), 25.0: Usd(0.3 * usd), 100.0: Usd(0.2 * usd)},
        "venues": {"binance": Usd(0.5 * usd), "bybit": Usd(0.3 * usd), "okx": Usd(0.2 * usd)},
        "persistence": 0.8,
        "grade": "B",
    }
    values.update(changes)
    return Cluster(**values)


def named_clusters(mark: float, usd: float = 142e6) -> tuple[Cluster, ...]:
    """Return zones A and B, both C, one without a name and one far away, by side, then distance."""

    def one(side: Side, near: float, far: float, share: float, zone: str | None) -> Cluster:
        low, high = sorted((mark * (1 + near), mark * (1 + far)))
        persistence = 0.1 if zone == "C" else 0.9
        return a_cluster(
            side, low, high, mark=mark, usd=usd * share, zone=zone, persistence=persistence
        )

    return (
        one(Side.LONG, -0.009, -0.015, 0.3, "B"),
        one(Side.LONG, -0.025, -0.031, 0.9, "C"),
        one(Side.LONG, -0.039, -0.043, 0.4, None),
        one(Side.LONG, -0.15, -0.17, 3.1, None),
        one(Side.SHORT, 0.012, 0.018, 0.35, "A"),
        one(Side.SHORT, 0.03, 0.036, 1.0, "C"),
    )


def closes(price: float, bars: int) -> list[float]:
    """Return a walk that ends at a price and repeats itself in no range."""
    t = np.arange(bars)
    shape = 0.012 * np.sin(t / 37.0) + 0.006 * np.sin(t / 9.1) + 0.004 * np.sin(t / 143.0)
    return [float(each) for each in price * np.exp(shape - shape[-1])]


NOTHING = Tracking(tracks=(), events=(), ids={})


def a_history(
    *,
    base: str = "BTC",
    price: float = 65_000.0,
    bars: int = 600,
    usd: float = 142e6,
    venues: Sequence[str] = VENUES,
    clusters: Sequence[Cluster] | None = None,
    interval_ms: int = FIVE_MINUTES_MS,
    **changes: object,
) -> History:
    """Return a history whose last bar closes at a price; name any field to set it."""
    candles = some_candles(
        closes(price, bars), start_ms=START_MS, interval_ms=interval_ms, reach=0.001
    )
    heatmap = _heatmap(candles, price, usd / 10)
    history = History(
        base=base,
        venues=tuple(venues),
        leading=next(iter(venues), ""),
        at=moment_of(START_MS + interval_ms * bars),
        data_age_s=12.0,
        coverage=1.0,
        warm=True,
        simulated=False,
        model=Model(),
        candles=candles,
        open_interest=some_open_interest(np.full(bars, 1000.0), start_ms=START_MS + interval_ms),
        interest=floats(np.full((len(venues), bars), 1000.0 / max(len(venues), 1))),
        funding=some_funding(),
        tape=Tape.of(()),
        books={},
        heatmap=heatmap,
        snapshot=_newest(heatmap, price, tuple(venues)),
        clusters=tuple(named_clusters(price, usd) if clusters is None else clusters),
        asymmetry=Asymmetry(long_usd=Usd(2.4 * usd), short_usd=Usd(usd), ratio=2.4, reach=0.05),
        lookback=Lookback(now=NOTHING, settled=NOTHING, settled_ms=START_MS),
        daily_usd=Usd(usd),
        ledger=_ledger(len(venues)),
    )
    return _changed(history, changes)


def _ledger(venues: int) -> MassLedger:
    nothing = floats(np.zeros((venues, 2, len(TIERS))))
    return MassLedger(**{field.name: nothing for field in fields(MassLedger)})


def an_empty_history(**changes: object) -> History:
    """Return a history in which nothing stands anywhere."""
    history = a_history(usd=0.0, clusters=())
    both = Asymmetry(long_usd=Usd(0.0), short_usd=Usd(0.0), ratio=1.0, reach=0.05)
    return _changed(history, {"asymmetry": both, **changes})


def _changed(history: History, changes: dict[str, Any]) -> History:
    """Change fields; `tracking` stands for a look-back that ends in it."""
    if "tracking" in changes:
        changes["lookback"] = replace(history.lookback, now=changes.pop("tracking"))
    return replace(history, **changes)


def with_a_gap(history: History, first: int, last: int) -> History:
    """Return the history with the prices of bars first … last − 1 unknown."""
    columns: dict[str, Any] = {}
    for name in ("open", "high", "low", "close"):
        values = np.array(getattr(history.candles, name))
        values[first:last] = np.nan
        columns[name] = floats(values)
    return replace(history, candles=replace(history.candles, **columns))


def some_measured(
    price: float = 65_000.0,
    *,
    near: float = 0.0,
    holders: int = 11,
    interest: float = 10_000.0,
) -> Measured:
    """Return a dozen positions around a price, two of them out of view; `near`: all so near."""
    away = (-0.2, -0.06, -0.038, -0.034, -0.021, -0.0125, -0.012, 0.009, 0.017, 0.0172, 0.03, 0.044)
    worth = (9e6, 5e6, 3e5, 1e6, 9e6, 2e6, 4e5, 6e5, 3e6, 1e6, 12e6, 2e5)
    told = [
        a_position(price * (1 + (math.copysign(near, each) if near else each)), mark=price, usd=usd)
        for each, usd in zip(away, worth, strict=True)
    ]
    age_s = 140.0 if holders else math.inf
    held = told if holders else ()
    return measured(held, Price(price), interest, holders=holders, listed=12, age_s=age_s)


def shortened(history: History, bars: int) -> History:
    """Return what was known `bars` bars before: the same past, cut off."""
    count = len(history.candles) - bars
    ended_ms = int(history.candles.opened_ms[count - 1]) + history.heatmap.interval_ms
    names = ("opened_ms", "open", "high", "low", "close", "volume", "taker_buy_volume")
    rows: dict[str, Any] = {name: getattr(history.candles, name)[:count] for name in names}
    heatmap = replace(
        history.heatmap,
        opened_ms=integers(history.heatmap.opened_ms[:count]),
        usd=history.heatmap.usd[:, :count],
        swept_usd=floats(history.heatmap.swept_usd[:, :count]),
    )
    return replace(
        history, candles=replace(history.candles, **rows), heatmap=heatmap, at=moment_of(ended_ms)
    )


def _heatmap(candles: Candles, price: float, usd: float) -> Heatmap:
    grid = PriceGrid.between(price * 0.8, price * 1.25)
    return Heatmap(
        grid=grid,
        interval_ms=candles.interval_ms,
        opened_ms=candles.opened_ms,
        usd=_standing(grid, np.asarray(candles.close), price, usd),
        swept_usd=floats(np.zeros((2, len(candles)))),
    )


def _newest(heatmap: Heatmap, price: float, venues: tuple[str, ...]) -> Snapshot:
    total = heatmap.usd[:, -1].astype(np.float64)
    return Snapshot(
        at_ms=int(heatmap.opened_ms[-1]) + heatmap.interval_ms,
        mark=Price(price),
        grid=heatmap.grid,
        venues=venues,
        tiers=TIERS,
        usd=_by_venue_and_tier(total, len(venues)),
    )


def _standing(grid: PriceGrid, close: F8, price: float, usd: float) -> NDArray[np.float32]:
    """Return (side, bar, bin) Usd: humps that were built over time and that price clears."""
    centres = np.asarray(grid.centres)
    built = np.linspace(0.4, 1.0, close.size)[:, None]
    standing = np.zeros((2, close.size, centres.size), dtype=np.float32)
    for side, humps in _HUMPS.items():
        away, share = np.array(humps).T
        hump = share @ np.exp(-0.5 * ((centres / price - 1 - away[:, None]) / 0.004) ** 2)
        row = usd * (hump + 0.05)[None, :] * built
        ahead = centres[None, :] < close[:, None] * 0.998
        if side is Side.SHORT:
            ahead = centres[None, :] > close[:, None] * 1.002
        standing[side.index] = np.where(ahead, row, 0.0)
    return standing


def _by_venue_and_tier(total: F8, venues: int) -> F8:
    """Spread (side, bin) Usd over (venue, side, tier, bin)."""
    share = np.linspace(3.0, 1.0, max(venues, 1))[:venues]
    tiers = np.linspace(2.0, 1.0, len(TIERS))
    parts = share[:, None] * tiers[None, :] / max(share.sum() * tiers.sum(), 1e-9)
    return floats(parts[:, None, :, None] * total[None, :, None, :])
