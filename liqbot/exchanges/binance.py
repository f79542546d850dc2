"""Binance USD-M futures."""

from collections.abc import Sequence
from typing import Any

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.opening import exchange
from liqbot.exchanges._ccxt.pages import CANDLE_MS, by_id, columns_of, number, ohlcv
from liqbot.exchanges._ccxt.venue import Market, Past, Present, Venue, Wire
from liqbot.exchanges._pacing import Budget, Headers
from liqbot.market.mending import Columns
from liqbot.market.tape import Liquidation
from liqbot.market.units import HOUR_MS, Price, Quantity, Side

_WEIGHT_PER_MINUTE = 2400  # exchangeInfo, rateLimits, REQUEST_WEIGHT


def _used(headers: Headers) -> float | None:
    used = headers.get("x-mbx-used-weight-1m")
    return float(used) / _WEIGHT_PER_MINUTE if used and used.isdigit() else None


async def _candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    rows = await line.api.fapiPublicGetKlines(_span(market, from_ms, to_ms))
    return ohlcv(rows, volume=5, taker=9)


async def _mark_candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    rows = await line.api.fapiPublicGetMarkPriceKlines(_span(market, from_ms, to_ms))
    return ohlcv(rows)


async def _open_interest(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    asked = {"symbol": market["id"], "period": "5m", "startTime": from_ms, "endTime": to_ms}
    rows = await line.api.fapiDataGetOpenInterestHist({**asked, "limit": 500})
    told = [(row["timestamp"], row["sumOpenInterest"]) for row in rows]
    return columns_of(told, ("at_ms", "quantity"))


async def _funding(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    asked = {"symbol": market["id"], "startTime": from_ms, "endTime": to_ms, "limit": 1000}
    rows = await line.api.fapiPublicGetFundingRate(asked)
    return columns_of([(row["fundingTime"], row["fundingRate"]) for row in rows], ("at_ms", "rate"))


async def _present(line: Line, market: Market) -> Present:
    _, rows = await line.shared("premium", lambda: _premiums(line))
    told = await line.ask(line.api.fapiPublicGetOpenInterest({"symbol": market["id"]}))
    return Present(
        at_ms=line.now_ms,
        mark=number(rows[market["id"]]["markPrice"]),
        open_interest=number(told["openInterest"]),
        funding_rate=number(rows[market["id"]]["lastFundingRate"]),
    )


async def _premiums(line: Line) -> dict[str, Any]:
    return by_id(await line.ask(line.api.fapiPublicGetPremiumIndex()), "symbol")


async def _subscribe(api: Any, _: Sequence[str]) -> None:  # noqa: ANN401 - ccxt has no types
    await api.watch_liquidations_for_symbols([])  # all markets in one stream


def _read(message: Any) -> list[tuple[str, Liquidation]]:  # noqa: ANN401 - a JSON tree
    order = message["o"]
    side = {"SELL": Side.LONG, "BUY": Side.SHORT}[order["S"]]  # the order that closes it
    liquidation = Liquidation(
        at_ms=int(order["T"]),
        side=side,
        price=Price(float(order["ap"])),
        quantity=Quantity(float(order["z"])),
    )
    return [(order["s"], liquidation)]


def _span(market: Market, from_ms: int, to_ms: int) -> dict[str, object]:
    rows = (to_ms - from_ms) // CANDLE_MS + 1  # few weigh less
    span = {"startTime": from_ms, "endTime": to_ms, "limit": rows}
    return {"symbol": market["id"], "interval": "5m", **span}


EXCHANGE = exchange(
    Venue(
        name="binance",
        summary="Binance USD-M futures",
        ccxt_id="binanceusdm",
        options={"fetchMarkets": {"types": ["linear"]}},
        budget=Budget(weight=_WEIGHT_PER_MINUTE, window_s=60, used=_used),
        candles=Past(page=_candles, rows=1000, step_ms=CANDLE_MS),
        mark_candles=Past(page=_mark_candles, rows=1000, step_ms=CANDLE_MS),
        # It refuses what begins more than 30 days ago, by when the question arrives.
        open_interest=Past(page=_open_interest, rows=500, step_ms=CANDLE_MS, days=29.99),
        funding=Past(page=_funding, rows=1000, step_ms=HOUR_MS),
        present=_present,
        book_depth=500,
        wire=Wire(subscribe=_subscribe, read=_read),
        # At most one order per market and second is told, the largest: a floor. The share itself
        # is not published, and depends on how many fall in a second.
        completeness=None,
    )
)
