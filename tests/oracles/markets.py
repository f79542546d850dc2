"""Small random markets, drawn to hit what is rare in real ones."""

from dataclasses import dataclass, fields, replace

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from liqbot.heatmap import kernels
from liqbot.heatmap.bars import Bars
from liqbot.heatmap.engine import Positions, Terms, grid_for, guessed, nobody, terms_of
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.model import Model
from liqbot.market.units import DAY_MS, HOUR_MS, floats, integers
from tests.builders import FIVE_MINUTES_MS, START_MS

COMPILED = hasattr(kernels.advance, "signatures")  # not so under NUMBA_DISABLE_JIT
EXAMPLES = settings(max_examples=60 if COMPILED else 20)

VENUES = ("binance", "bybit", "okx", "hyperliquid", "dydx")  # the last two grant little leverage
LEVERAGES = (3.0, 5.0, 10.0, 25.0, 50.0, 100.0)


@dataclass(frozen=True)
class Market:
    """What the venues told of one market, the model that it is seen by, and on which grid."""

    base: str
    bars: Bars
    model: Model
    grid: PriceGrid
    seeded: bool

    @property
    def terms(self) -> Terms:
        bars = self.bars
        return terms_of(self.model, self.base, bars.venues, self.grid, bars.interval_ms)

    @property
    def start(self) -> Positions:
        """What stands before the first bar."""
        return guessed(self.terms, self.bars) if self.seeded else nobody(self.terms)

    @property
    def usd(self) -> float:
        """The most that was told of at once, at the highest price: what rounding is a part of."""
        told = [self.bars.volume, abs(self.bars.change), self.bars.before]
        return float(np.nan_to_num(told).max() * self.grid.centres[-1])

    def retold(self, **columns: object) -> "Market":
        """Return the market with other columns of bars."""
        return replace(self, bars=replace(self.bars, **columns))  # type: ignore[arg-type]

    def only(self, v: int) -> "Market":
        """Return one venue's part of the market."""
        names = {each.name for each in fields(Bars)} - {"venues", "interval_ms", "opened_ms"}
        part = {name: floats(getattr(self.bars, name)[v : v + 1]) for name in names}
        return self.retold(venues=(self.bars.venues[v],), **part)

    def until(self, bars: int) -> "Market":
        """Return what was known after some bars, on the grid that one would choose then."""
        part = self.bars.rows(0, bars)
        return replace(self, bars=part, grid=grid_for(part, self.grid.width))


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Draw a model of up to three tiers, some of which may weigh nothing or fade at once."""
    tiers = draw(st.lists(st.sampled_from(LEVERAGES), min_size=1, max_size=3, unique=True))

    def each(numbers: st.SearchStrategy[float]) -> tuple[float, ...]:
        return tuple(draw(numbers) for _ in tiers)

    weights = st.sampled_from([0.01, 0.2, 0.0]) | st.floats(0.001, 0.3)
    return Model(
        tiers=tuple(sorted(tiers)),
        long_weights=each(weights),
        short_weights=each(weights),
        half_life_h=each(st.sampled_from([0.002, 0.1, 2.0, 24.0, 1000.0])),
        turnover=draw(st.sampled_from([0.3, 0.3, 2.0, 0.0])),
        spread=draw(st.floats(0.1, 0.5)),
        tilt=draw(st.sampled_from([0.0, -0.4]) | st.floats(-1, 1)),
    )


@st.composite
def markets(draw: st.DrawFn, *, ample: bool = False) -> Market:
    """Draw a market; with `ample`, on the grid that its prices ask for."""
    width = 0.01 if ample else draw(st.sampled_from([0.002, 0.01]))
    grid = PriceGrid(draw(st.integers(-300, 900)), width, draw(st.integers(60, 200)))
    venues = tuple(draw(st.lists(st.sampled_from(VENUES), min_size=1, max_size=2, unique=True)))
    count = draw(st.integers(1, 7))
    drawn = [_venue(draw, grid, count) for _ in venues]
    columns = {name: floats([one[name] for one in drawn]) for name in drawn[0]}
    interval_ms = draw(st.sampled_from([FIVE_MINUTES_MS, 4 * HOUR_MS, DAY_MS]))
    opened_ms = integers(START_MS + interval_ms * np.arange(count))
    bars = Bars(venues=venues, interval_ms=interval_ms, opened_ms=opened_ms, **columns)
    if ample and not np.isnan(bars.low).all():
        grid = grid_for(bars, width)
    base = draw(st.sampled_from(["BTC", "DOGE"]))
    return Market(base, bars, draw(models()), grid, draw(st.booleans()))


def _venue(draw: st.DrawFn, grid: PriceGrid, count: int) -> dict[str, list[float]]:
    """Draw one venue's columns: a price that walks, jumps and vanishes, and open interest."""
    close, quantity = grid.bins // 2, draw(st.sampled_from([1000.0, 1000.0, 80.0, 0.0, np.nan]))
    columns: dict[str, list[float]] = {}
    for _ in range(count):
        known = not draw(_RARELY)
        close += draw(st.integers(-150, 150) if draw(_RARELY) else st.integers(-4, 4))
        row = _prices(draw, grid, close) if known else dict.fromkeys(_PRICES, np.nan)
        row["volume"] = draw(_VOLUMES) if known else np.nan
        row["before"] = quantity
        if known:
            quantity = draw(_CHANGES) * quantity + draw(st.sampled_from([0.0, 0.0, 7.0]))
        row["change"] = float(np.nan_to_num(quantity - row["before"]))
        if np.isnan(quantity) and draw(_RARELY):
            quantity = 500.0
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    return columns


_PRICES = ("low", "high", "close", "trigger_low", "trigger_high")
_RARELY = st.sampled_from([False] * 7 + [True])
_VOLUMES = st.sampled_from([np.nan, 40.0, 0.0]) | st.floats(0.01, 500)
_CHANGES = st.sampled_from([1.0, 0.0, 1e-6]) | st.floats(0.3, 1.7) | st.floats(0.9, 1.2)


def _prices(draw: st.DrawFn, grid: PriceGrid, close: int) -> dict[str, float]:
    """Draw a bar around a bin: flat, small or higher than one deposit may span.

    Ends keep away from the edges of bins, and heights from whole bins, where the last digit of a
    logarithm decides.
    """
    heights = st.integers(0, 40) if draw(_RARELY) else st.integers(0, 3)
    below, above = draw(heights), draw(heights)
    low = close - below + draw(st.floats(0.05, 0.45))
    high = close + above + draw(st.floats(0.55, 0.95))
    if draw(_RARELY):
        high = low
    marks = draw(st.just((0, 0)) | st.tuples(st.integers(-2, 2), st.integers(-2, 2)))
    trigger_low, trigger_high = low + marks[0], high + marks[1]
    bins = {
        "low": low,
        "high": high,
        "close": low + (high - low) * draw(st.sampled_from([0.0, 0.4, 1.0])),
        "trigger_low": min(trigger_low, trigger_high),
        "trigger_high": max(trigger_low, trigger_high),
    }
    return {name: float(np.exp((grid.first + at) * grid.step)) for name, at in bins.items()}
