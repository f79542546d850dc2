"""Deribit's linear perpetuals, which are settled in USDC."""

import math
from typing import Any

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.opening import exchange
from liqbot.exchanges._ccxt.pages import CANDLE_MS, by_id, columns_of, number, ohlcv
from liqbot.exchanges._ccxt.venue import Market, Past, Present, Venue
from liqbot.exchanges._pacing import Budget
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.mending import Columns
from liqbot.market.units import HOUR_MS

_LINEAR = {"currency": "USDC", "kind": "future"}
_OHLCV = ("ticks", "open", "high", "low", "close", "volume")


async def _candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    asked = {**_span(market, from_ms, to_ms), "resolution": "5"}
    told = (await line.api.publicGetGetTradingviewChartData(asked))["result"]
    return ohlcv(zip(*(told[name] for name in _OHLCV), strict=True), volume=5)


async def _funding(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    asked = _span(market, from_ms, to_ms)
    rows = (await line.api.publicGetGetFundingRateHistory(asked))["result"]
    return columns_of([(row["timestamp"], row["interest_1h"]) for row in rows], ("at_ms", "rate"))


async def _present(line: Line, market: Market) -> Present:
    at_ms, summaries = await line.shared("summaries", lambda: _summaries(line))
    told = summaries[market["id"]]
    return Present(
        at_ms=at_ms,
        mark=number(told["mark_price"]),
        open_interest=number(told["open_interest"]),
        funding_rate=number(told.get("funding_8h")) / 8,  # by the hour, as its history
    )


async def _brackets(line: Line, market: Market) -> MarginSchedule:
    """Return the bracket of the smallest positions; the margin of larger ones grows evenly.

    Half of the least initial margin has to remain (Deribit knowledge base, "Linear-Perpetual"); by
    how much it grows with size is in heatmap/venues.py.
    """
    most = number(market["info"]["max_leverage"])
    source = f"half of Deribit's initial margins of {line.clock.now():%Y-%m-%d}"
    return schedule_from([(math.inf, 0.5 / most, most)], source)


async def _summaries(line: Line) -> dict[str, Any]:
    told = await line.ask(line.api.publicGetGetBookSummaryByCurrency(dict(_LINEAR)))
    return by_id(told["result"], "instrument_name")


def _span(market: Market, from_ms: int, to_ms: int) -> dict[str, object]:
    return {"instrument_name": market["id"], "start_timestamp": from_ms, "end_timestamp": to_ms}


EXCHANGE = exchange(
    Venue(
        name="deribit",
        summary="Deribit linear perpetuals",
        ccxt_id="deribit",
        listing=_LINEAR,
        budget=Budget(weight=200, window_s=10),
        candles=Past(page=_candles, rows=1000, step_ms=CANDLE_MS),
        funding=Past(page=_funding, rows=720, step_ms=HOUR_MS),
        present=_present,
        brackets=_brackets,
        book_depth=100,
        book_in_base=True,
        quotes=("USDC",),
    )
)
