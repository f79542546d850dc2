"""Bybit v5, linear perpetuals."""

from collections.abc import Sequence
from typing import Any

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.opening import exchange
from liqbot.exchanges._ccxt.pages import CANDLE_MS, by_id, columns_of, number, ohlcv
from liqbot.exchanges._ccxt.venue import Market, Past, Present, Venue, Wire
from liqbot.exchanges._pacing import Budget
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.mending import Columns
from liqbot.market.tape import Liquidation
from liqbot.market.units import HOUR_MS, Price, Quantity, Side


async def _candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    told = await line.api.publicGetV5MarketKline(_span(market, from_ms, to_ms))
    return ohlcv(told["result"]["list"], volume=5)


async def _mark_candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    told = await line.api.publicGetV5MarketMarkPriceKline(_span(market, from_ms, to_ms))
    return ohlcv(told["result"]["list"])


async def _open_interest(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    asked = {**_market(market), "intervalTime": "5min", "limit": 200}
    told = await line.api.publicGetV5MarketOpenInterest(
        {**asked, "startTime": from_ms, "endTime": to_ms}
    )
    rows = [(row["timestamp"], row["openInterest"]) for row in told["result"]["list"]]
    return columns_of(rows, ("at_ms", "quantity"))


async def _funding(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    asked = {**_market(market), "startTime": from_ms, "endTime": to_ms, "limit": 200}
    told = await line.api.publicGetV5MarketFundingHistory(asked)
    rows = [(row["fundingRateTimestamp"], row["fundingRate"]) for row in told["result"]["list"]]
    return columns_of(rows, ("at_ms", "rate"))


async def _present(line: Line, market: Market) -> Present:
    at_ms, rows = await line.shared("tickers", lambda: _tickers(line))
    ticker = rows[market["id"]]
    return Present(
        at_ms=at_ms,
        mark=number(ticker["markPrice"]),
        open_interest=number(ticker["openInterest"]),
        funding_rate=number(ticker["fundingRate"]),
    )


async def _tickers(line: Line) -> dict[str, Any]:
    told = await line.ask(line.api.publicGetV5MarketTickers({"category": "linear"}))
    return by_id(told["result"]["list"], "symbol")


async def _brackets(line: Line, market: Market) -> MarginSchedule:
    told = await line.ask(line.api.publicGetV5MarketRiskLimit(_market(market)))
    rows = sorted(
        (number(row["riskLimitValue"]), _fraction(row), number(row["maxLeverage"]))
        for row in told["result"]["list"]
    )
    return schedule_from(rows, f"Bybit v5 risk-limit at {line.clock.now():%Y-%m-%d %H:%M} UTC")


def _fraction(row: dict[str, Any]) -> float:
    # Told as a fraction now and in percent once: initial margin is 1 ÷ leverage, or 100 ÷ it.
    unit = 1 if number(row["initialMargin"]) * number(row["maxLeverage"]) < 10 else 100
    return number(row["maintenanceMargin"]) / unit


async def _subscribe(api: Any, symbols: Sequence[str]) -> None:  # noqa: ANN401 - ccxt has no types
    url = await api.get_url_by_market_type(symbols[0], False, "watchLiquidations")  # noqa: FBT003
    hashes = [f"liquidations::{symbol}" for symbol in symbols]
    topics = [f"allLiquidation.{api.market(symbol)['id']}" for symbol in symbols]
    await api.watch_topics(url, hashes, topics)


def _read(message: Any) -> list[tuple[str, Liquidation]]:  # noqa: ANN401 - a JSON tree
    return [(order["s"], _liquidation(order)) for order in message["data"]]


def _liquidation(order: dict[str, Any]) -> Liquidation:
    # The side is that of the position, not of the order: "Buy" means a long was liquidated.
    return Liquidation(
        at_ms=int(order["T"]),
        side={"Buy": Side.LONG, "Sell": Side.SHORT}[order["S"]],
        price=Price(float(order["p"])),  # of bankruptcy
        quantity=Quantity(float(order["v"])),
    )


def _market(market: Market) -> dict[str, object]:
    return {"category": "linear", "symbol": market["id"]}


def _span(market: Market, from_ms: int, to_ms: int) -> dict[str, object]:
    return {**_market(market), "interval": "5", "start": from_ms, "end": to_ms, "limit": 1000}


EXCHANGE = exchange(
    Venue(
        name="bybit",
        summary="Bybit linear perpetuals",
        ccxt_id="bybit",
        options={"fetchMarkets": {"types": ["linear"]}},
        # 600 requests in 5 s to one address; a third of that, at the 5 that ccxt counts for each.
        budget=Budget(weight=1000, window_s=5),
        candles=Past(page=_candles, rows=1000, step_ms=CANDLE_MS),
        mark_candles=Past(page=_mark_candles, rows=1000, step_ms=CANDLE_MS),
        open_interest=Past(page=_open_interest, rows=200, step_ms=CANDLE_MS),
        funding=Past(page=_funding, rows=200, step_ms=HOUR_MS),
        present=_present,
        brackets=_brackets,
        book_depth=500,
        wire=Wire(subscribe=_subscribe, read=_read),
        completeness=1.0,  # allLiquidation: all orders, as the venue's documentation says
    )
)
