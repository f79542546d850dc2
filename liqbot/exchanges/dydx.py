"""dYdX v4 perpetuals, as the indexer tells of them."""

import math
from typing import Any

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.opening import exchange
from liqbot.exchanges._ccxt.pages import CANDLE_MS, columns_of, number, ohlcv
from liqbot.exchanges._ccxt.venue import Market, Past, Present, Venue
from liqbot.exchanges._pacing import Budget, Headers
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.mending import Columns
from liqbot.market.units import HOUR_MS, moment_of

_OHLCV = ("open", "high", "low", "close", "baseTokenVolume")


def _used(headers: Headers) -> float | None:
    limit, left = headers.get("ratelimit-limit", ""), headers.get("ratelimit-remaining", "")
    return 1 - int(left) / int(limit) if limit.isdigit() and left.isdigit() else None


async def _candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    rows = await _bars(line, market, from_ms, to_ms)
    told = ([_ms(line, row["startedAt"]), *(row[name] for name in _OHLCV)] for row in rows)
    return ohlcv(told, volume=5)


async def _open_interest(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    """Return what stood when each candle began, which only candles tell."""
    rows = await _bars(line, market, from_ms, to_ms)
    told = [(_ms(line, row["startedAt"]), row.get("startingOpenInterest")) for row in rows]
    return columns_of(told, ("at_ms", "quantity"))


async def _bars(line: Line, market: Market, from_ms: int, to_ms: int) -> Any:  # noqa: ANN401 - JSON rows
    rows = (to_ms - from_ms) // CANDLE_MS + 1
    span = {"fromISO": _iso(from_ms), "toISO": _iso(to_ms + 1), "limit": rows}
    asked = {"market": market["id"], "resolution": "5MINS", **span}
    return (await line.api.indexerGetCandlesPerpetualMarketsMarket(asked))["candles"]


async def _funding(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    # Only an end can be asked for: so many rows before it reach back to the beginning.
    rows = (to_ms - from_ms) // HOUR_MS + 1
    asked = {"market": market["id"], "effectiveBeforeOrAt": _iso(to_ms), "limit": rows}
    told = (await line.api.indexerGetHistoricalFundingMarket(asked))["historicalFunding"]
    paid = [(_ms(line, row["effectiveAt"]), row["rate"]) for row in told]
    return columns_of(paid, ("at_ms", "rate"))


async def _present(line: Line, market: Market) -> Present:
    at_ms, markets = await line.shared("perpetuals", lambda: _markets(line))
    told = markets[market["id"]]
    return Present(
        at_ms=at_ms,
        mark=number(told["oraclePrice"]),  # what positions are measured and liquidated by
        open_interest=number(told["openInterest"]),
        funding_rate=number(told["nextFundingRate"]),
    )


async def _brackets(line: Line, market: Market) -> MarginSchedule:
    _, markets = await line.shared("perpetuals", lambda: _markets(line))
    told = markets[market["id"]]
    most = 1 / number(told["initialMarginFraction"])
    row = (math.inf, number(told["maintenanceMarginFraction"]), most)
    return schedule_from([row], f"dYdX's margin fractions of {line.clock.now():%Y-%m-%d}")


async def _markets(line: Line) -> dict[str, Any]:
    markets: dict[str, Any] = (await line.ask(line.api.indexerGetPerpetualMarkets()))["markets"]
    return markets


def _iso(at_ms: int) -> str:
    return f"{moment_of(at_ms):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def _ms(line: Line, text: str) -> object:
    return line.api.parse8601(text)


EXCHANGE = exchange(
    Venue(
        name="dydx",
        summary="dYdX v4 perpetuals",
        ccxt_id="dydx",
        budget=Budget(weight=100, window_s=10, used=_used),
        candles=Past(page=_candles, rows=1000, step_ms=CANDLE_MS),
        open_interest=Past(page=_open_interest, rows=1000, step_ms=CANDLE_MS),
        funding=Past(page=_funding, rows=100, step_ms=HOUR_MS),
        present=_present,
        brackets=_brackets,
        quotes=("USDC",),
    )
)
