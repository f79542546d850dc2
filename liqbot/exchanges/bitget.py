"""Bitget USDT- and USDC-margined futures."""

from typing import Any

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.opening import exchange
from liqbot.exchanges._ccxt.pages import CANDLE_MS, by_id, columns_of, number, ohlcv
from liqbot.exchanges._ccxt.venue import Market, Past, Present, Venue
from liqbot.exchanges._pacing import Budget
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.mending import Columns
from liqbot.market.units import HOUR_MS

_FUNDING_ROWS, _FUNDING_PAGES = 100, 8  # 33 days of rates paid every hour


async def _candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    return ohlcv(await _bars(line, market, from_ms, to_ms, "market"), volume=5)


async def _mark_candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    return ohlcv(await _bars(line, market, from_ms, to_ms, "mark"))


async def _bars(line: Line, market: Market, from_ms: int, to_ms: int, kind: str) -> Any:  # noqa: ANN401 - JSON rows
    # Rows count back from the end, which may or may not belong to them: one more of each.
    rows = (to_ms - from_ms) // CANDLE_MS + 3
    span = {"startTime": from_ms, "endTime": to_ms + CANDLE_MS, "limit": rows}
    asked = {**_named(market), "granularity": "5m", "kLineType": kind, **span}
    return (await line.api.publicMixGetV2MixMarketCandles(asked))["data"]


async def _funding(line: Line, market: Market, from_ms: int, _to_ms: int) -> Columns:
    """Return the rates back to a moment, newest page first: no span can be asked for."""
    rows: list[tuple[int, str]] = []
    for page in range(1, _FUNDING_PAGES + 1):
        asked = {**_named(market), "pageSize": _FUNDING_ROWS, "pageNo": page}
        told = (await line.api.publicMixGetV2MixMarketHistoryFundRate(asked))["data"]
        rows += ((int(row["fundingTime"]), row["fundingRate"]) for row in told)
        if len(told) < _FUNDING_ROWS or min(rows)[0] <= from_ms:
            break
    return columns_of(rows, ("at_ms", "rate"))


async def _present(line: Line, market: Market) -> Present:
    product = _named(market)["productType"]
    at_ms, tickers = await line.shared(product, lambda: _tickers(line, product))
    told = tickers[market["id"]]
    return Present(
        at_ms=at_ms,
        mark=number(told["markPrice"]),
        open_interest=number(told["holdingAmount"]),
        funding_rate=number(told["fundingRate"]),
    )


async def _brackets(line: Line, market: Market) -> MarginSchedule:
    told = (await line.api.publicMixGetV2MixMarketQueryPositionLever(_named(market)))["data"]
    rows = [
        (number(row["endUnit"]), number(row["keepMarginRate"]), number(row["leverage"]))
        for row in told
    ]
    return schedule_from(sorted(rows), f"Bitget's position tiers of {line.clock.now():%Y-%m-%d}")


async def _tickers(line: Line, product: str) -> dict[str, Any]:
    told = await line.ask(line.api.publicMixGetV2MixMarketTickers({"productType": product}))
    return by_id(told["data"], "symbol")


def _named(market: Market) -> dict[str, str]:
    return {"symbol": market["id"], "productType": f"{market['settle']}-FUTURES"}


EXCHANGE = exchange(
    Venue(
        name="bitget",
        summary="Bitget USDT and USDC futures",
        ccxt_id="bitget",
        options={"fetchMarkets": {"types": ["swap"]}},
        budget=Budget(weight=30, window_s=1),
        candles=Past(page=_candles, rows=998, step_ms=CANDLE_MS, days=30),
        mark_candles=Past(page=_mark_candles, rows=998, step_ms=CANDLE_MS, days=30),
        funding=Past(page=_funding, rows=_FUNDING_ROWS * _FUNDING_PAGES, step_ms=HOUR_MS, days=33),
        present=_present,
        brackets=_brackets,
    )
)
