"""What is kept in the archive's benchmark, drawn from a seed."""

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.workload import Workload
from liqbot.heatmap.heatmap import Heatmap
from liqbot.market.book import OrderBook
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, Price, floats, moment_of

START_MS = 1_767_225_600_000  # 2026-01-01 00:00 UTC
BAR_MS = 5 * MINUTE_MS
BARS_A_DAY = DAY_MS // BAR_MS
ORDERS_A_DAY = 300  # forced orders of one instrument where the venue has a tape
_LEVELS = 200  # a side of a book as a venue tells it

KINDS = ("candles", "mark_candles", "open_interest", "funding", "tape")


@dataclass(frozen=True, kw_only=True)
class Market:
    """How much there is to keep."""

    markets: int = 20
    venues: int = 8
    tapes: int = 4  # venues that have one

    @property
    def instruments(self) -> list[Instrument]:
        """Every market on every venue."""
        bases = [f"M{number}" for number in range(self.markets)]
        return [Instrument(f"v{n}", base, "USDT") for base in bases for n in range(self.venues)]

    def has(self, kind: str, instrument: Instrument) -> bool:
        """Tell whether an instrument's venue tells of a kind."""
        return kind != "tape" or int(instrument.venue[1:]) < self.tapes


def told(instrument: Instrument, from_ms: int, bars: int, seed: int) -> Observation:
    """Return all that a venue tells of a span, but for the book."""
    chance = np.random.default_rng(seed)
    close = 50_000.0 * np.exp(np.cumsum(chance.normal(0, 0.001, bars)))
    stamps = from_ms + BAR_MS * np.arange(bars)
    prices = {"open": close, "high": close * 1.001, "low": close * 0.999, "close": close}
    volumes = {name: chance.lognormal(3, 1, bars) for name in ("volume", "taker_buy_volume")}
    hours = from_ms + HOUR_MS * np.arange(-(-bars // 12))
    orders = -(-ORDERS_A_DAY * bars // BARS_A_DAY)
    tape = {
        "at_ms": from_ms + chance.integers(0, bars * BAR_MS, orders),
        "side": chance.integers(0, 2, orders),
        "price": 50_000 * chance.lognormal(0, 0.01, orders),
        "quantity": chance.lognormal(0, 1, orders),
    }
    interest = {"at_ms": stamps + BAR_MS, "quantity": chance.lognormal(10, 0.1, bars)}
    return Observation(
        instrument=instrument,
        observed_at=moment_of(from_ms + bars * BAR_MS),
        mark=Price(50_000.0),
        candles=Candles.mended(BAR_MS, {"opened_ms": stamps, **prices, **volumes})[0],
        mark_candles=Candles.mended(BAR_MS, {"opened_ms": stamps, **prices})[0],
        open_interest=OpenInterest.mended(interest)[0],
        funding=Funding.mended({"at_ms": hours, "rate": chance.normal(0, 1e-4, hours.size)})[0],
        tape=Tape.mended(tape)[0],
        book=None,
        gaps=(),
        repairs=(),
        simulated=False,
    )


def only(kind: str, seen: Observation) -> Observation:
    """Return what an observation tells of one kind."""
    bare = replace(
        seen,
        candles=seen.candles.until(0),
        mark_candles=None,
        open_interest=seen.open_interest.until(0),
        funding=seen.funding.until(0),
        tape=seen.tape.until(0),
    )
    value = getattr(seen, kind)
    return replace(bare, **{kind: value})


def with_book(seen: Observation, at_ms: int, seed: int) -> Observation:
    """Return an observation with a book that reaches 2 % away on each side."""
    chance = np.random.default_rng(seed)
    away = np.cumsum(chance.uniform(0, 0.04 / _LEVELS, (2, _LEVELS)), axis=1)
    sizes = chance.lognormal(0, 1, (2, _LEVELS))
    book = OrderBook(
        at_ms=at_ms,
        bid_price=floats(50_000 * np.exp(-away[0])),
        bid_quantity=floats(sizes[0]),
        ask_price=floats(50_000 * np.exp(away[1])),
        ask_quantity=floats(sizes[1]),
    )
    return replace(seen, book=book)


def a_map() -> Heatmap:
    """Return a day of the engine's own columns on three venues, 800 bins."""
    work = Workload(bars=BARS_A_DAY)
    usd = work.run().usd
    return Heatmap(
        grid=work.grid,
        interval_ms=BAR_MS,
        opened_ms=work.line.opened_ms,
        usd=usd,
        swept_usd=floats(usd[:, :, 0]),
    )
