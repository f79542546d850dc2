"""Values for tests, of which only what matters is spelled out."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Liquidation, Tape
from liqbot.market.units import MINUTE_MS, Price, Quantity, Side, floats, integers, moment_of

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"  # may be absent
START_MS = 1_767_225_600_000  # 2026-01-01 00:00 UTC
FIVE_MINUTES_MS = 5 * MINUTE_MS


def some_candles(
    closes: Iterable[float] = (100.0, 101.0, 99.0),
    *,
    start_ms: int = START_MS,
    interval_ms: int = FIVE_MINUTES_MS,
    reach: float = 0.0,
    volume: ArrayLike = 10.0,
    taker_buy_volume: ArrayLike = np.nan,
) -> Candles:
    """Return candles that open where the last one closed; wicks go `reach` (a fraction) beyond.

    A NaN close makes an unknown candle; the one after it opens at its own close.
    """
    close = np.array(list(closes), dtype=np.float64)
    before = np.concatenate((close[:1], close[:-1]))
    open_ = np.where(np.isnan(before) | np.isnan(close), close, before)
    return Candles(
        interval_ms=interval_ms,
        opened_ms=integers(start_ms + interval_ms * np.arange(close.size)),
        open=floats(open_),
        high=floats(np.maximum(open_, close) * (1 + reach)),
        low=floats(np.minimum(open_, close) * (1 - reach)),
        close=floats(close),
        volume=floats(np.broadcast_to(np.asarray(volume, np.float64), close.shape)),
        taker_buy_volume=floats(
            np.broadcast_to(np.asarray(taker_buy_volume, np.float64), close.shape)
        ),
    )


def some_open_interest(
    quantities: Iterable[float] = (1000.0, 1010.0, 1005.0, 1020.0),
    *,
    start_ms: int = START_MS,
    interval_ms: int = FIVE_MINUTES_MS,
) -> OpenInterest:
    """Return samples, the first at `start_ms`; candles need one more of them than rows."""
    quantity = floats(list(quantities))
    return OpenInterest(
        at_ms=integers(start_ms + interval_ms * np.arange(quantity.size)), quantity=quantity
    )


def some_funding(rates: Iterable[float] = (), *, start_ms: int = START_MS) -> Funding:
    """Return hourly funding rates."""
    rate = floats(list(rates))
    return Funding(at_ms=integers(start_ms + 60 * MINUTE_MS * np.arange(rate.size)), rate=rate)


def a_liquidation(
    side: Side = Side.LONG, *, at_ms: int = START_MS, price: float = 100.0, quantity: float = 1.0
) -> Liquidation:
    """Return one forced order."""
    return Liquidation(at_ms=at_ms, side=side, price=Price(price), quantity=Quantity(quantity))


def an_observation(
    candles: Candles | None = None,
    *,
    venue: str = "binance",
    base: str = "BTC",
    quote: str = "USDT",
    **seen: object,
) -> Observation:
    """Return an observation at the end of its candles; name any field to set it."""
    candles = some_candles() if candles is None else candles
    values: dict[str, Any] = {
        "instrument": Instrument(venue, base, quote),
        "observed_at": moment_of(int(candles.closed_ms[-1]) if len(candles) else START_MS),
        "mark": Price(float(candles.close[-1]) if len(candles) else np.nan),
        "candles": candles,
        "mark_candles": None,
        "open_interest": some_open_interest(
            1000.0 + np.arange(len(candles) + 1), interval_ms=candles.interval_ms
        ),
        "funding": some_funding(),
        "tape": Tape.of(()),
        "book": None,
        "gaps": (),
        "repairs": (),
        "simulated": False,
    }
    values.update(seen)
    return Observation(**values)


def same(one: object, other: object) -> bool:
    """Tell whether two values are equal, arrays to the last bit and NaN like NaN."""
    return _plain(one) == _plain(other)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, np.ndarray):
        bits = np.where(np.isnan(value), np.nan, value) if value.dtype.kind == "f" else value
        return value.dtype.str, value.shape, bits.astype(value.dtype).tobytes()
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return type(value), [_plain(each) for each in value]
    return repr(value) if isinstance(value, float) else value
