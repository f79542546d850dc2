"""Bybit v5 on the wire."""

import json
import re
from collections.abc import Callable

from liqbot.market.units import MINUTE_MS
from tests.fakes.asking import (
    Ask,
    Line,
    Refusal,
    Route,
    Unlisted,
    Wire,
    decline,
    page,
    plain,
    stamps,
    told,
)
from tests.fakes.faults import Json
from tests.fakes.listing import Listing, Order
from tests.fakes.wire.bybit_symbols import instruments, wrapped

_INTERVALS = {"1": 1, "3": 3, "5": 5, "15": 15, "30": 30, "60": 60, "120": 120, "240": 240}
_INTERVALS |= {"360": 360, "720": 720, "D": 1440}
_PERIODS = {"5min": 5, "15min": 15, "30min": 30, "1h": 60, "4h": 240, "1d": 1440}
_SYMBOLS_A_PAGE = 15  # of risk limits


def _listing(ask: Ask) -> Listing:
    ask.one_of("category", ("linear",))
    symbol = ask.text("symbol")
    if not symbol.endswith("USDT"):
        raise Unlisted(symbol)
    return ask.listing(symbol.removesuffix("USDT"))


def _time(ask: Ask) -> Json:
    now_ms = ask.now_ms
    result = {"timeSecond": str(now_ms // 1000), "timeNano": str(now_ms * 1_000_000)}
    return wrapped(ask, result)


def _candles(*, mark: bool) -> Callable[[Ask], Json]:
    def answer(ask: Ask) -> Json:
        listing = _listing(ask)
        step_ms = _INTERVALS[ask.one_of("interval", _INTERVALS)] * MINUTE_MS
        limit, start_ms = ask.limit("limit", 200, 1000), ask.integer("start", -1)
        oldest = start_ms >= 0 and "end" not in ask.words
        end_ms = min(ask.integer("end", ask.now_ms), ask.now_ms - 1)
        first, last = page(max(start_ms, 0), end_ms, step_ms, limit, oldest=oldest)
        rows = listing.candles(step_ms, first, last + 1, ask.now_ms, mark=mark)
        decimals = listing.decimals + mark
        told_rows = [
            [str(opened), *(told(price, decimals) for price in prices)]
            + ([] if mark else [plain(volume), told(volume * prices[3], 4)])
            for opened, volume, *prices in zip(
                *(
                    each.tolist()
                    for each in (
                        rows.opened_ms,
                        rows.volume,
                        rows.open,
                        rows.high,
                        rows.low,
                        rows.close,
                    )
                ),
                strict=True,
            )
        ]
        symbol = f"{listing.base}USDT"
        return wrapped(ask, {"category": "linear", "symbol": symbol, "list": told_rows[::-1]})

    return answer


def _open_interest(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    step_ms = _PERIODS[ask.one_of("intervalTime", _PERIODS)] * MINUTE_MS
    limit = ask.limit("limit", 50, 200)
    start_ms, end_ms = ask.integer("startTime", 0), ask.integer("endTime", now_ms)
    if ask.text("cursor", ""):
        end_ms = ask.integer("cursor", now_ms)
    since_ms = max(start_ms, ask.world.begin_ms + 1)
    first, last = page(since_ms, min(end_ms, now_ms), step_ms, limit)
    at_ms = stamps(first, last, step_ms)
    rows = [
        {"openInterest": told(quantity, 8), "timestamp": str(at)}
        for at, quantity in zip(at_ms.tolist(), listing.open_interest(at_ms).tolist(), strict=True)
    ]
    more = str(first - 1) if first - step_ms >= since_ms else ""
    result = {
        "symbol": f"{listing.base}USDT",
        "category": "linear",
        "list": rows[::-1],
        "nextPageCursor": more,
    }
    return wrapped(ask, result)


def _tickers(ask: Ask) -> Json:
    ask.one_of("category", ("linear",))
    listings = [_listing(ask)] if "symbol" in ask.words else ask.listings()
    rows = [_ticker(each, ask.now_ms) for each in listings]
    return wrapped(ask, {"category": "linear", "list": rows})


def _ticker(listing: Listing, now_ms: int) -> dict[str, Json]:
    next_ms, rate = listing.funding_now(now_ms)
    amount = listing.open_interest_now(now_ms)
    last, mark = told(listing.last(now_ms), listing.decimals), listing.mark(now_ms)
    return {
        "symbol": f"{listing.base}USDT",
        "lastPrice": last,
        "indexPrice": told(mark, listing.decimals + 1),
        "markPrice": told(mark, listing.decimals + 1),
        "prevPrice24h": last,
        "price24hPcnt": "0",
        "highPrice24h": last,
        "lowPrice24h": last,
        "prevPrice1h": last,
        "openInterest": plain(amount),
        "openInterestValue": told(amount * mark, 2),
        "turnover24h": "1",
        "volume24h": "1",
        "fundingRate": plain(rate),
        "nextFundingTime": str(next_ms),
        "fundingIntervalHour": "8",
        "bid1Price": last,
        "bid1Size": plain(listing.lot),
        "ask1Price": told(float(last) + 10.0**-listing.decimals, listing.decimals),
        "ask1Size": plain(listing.lot),
        "deliveryTime": "0",
    }


def _funding_history(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    limit = ask.limit("limit", 200, 200)
    if "startTime" in ask.words and "endTime" not in ask.words:
        ask.violate("startTime comes without endTime")
        decline(_error(ask, 10001, "params error: endTime is required"), 200)
    start_ms, end_ms = ask.integer("startTime", 0), ask.integer("endTime", now_ms)
    at_ms, rates = listing.funding(start_ms, min(end_ms, now_ms))
    rows = [
        {
            "symbol": f"{listing.base}USDT",
            "fundingRate": plain(rate),
            "fundingRateTimestamp": str(at),
        }
        for at, rate in zip(at_ms.tolist()[-limit:], rates.tolist()[-limit:], strict=True)
    ]
    return wrapped(ask, {"category": "linear", "list": rows[::-1]})


def _book(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    bids, asks = (
        [[told(p, listing.decimals), plain(q)] for p, q in side]
        for side in listing.book(now_ms, ask.limit("limit", 25, 500))
    )
    result = {
        "s": f"{listing.base}USDT",
        "b": bids,
        "a": asks,
        "ts": now_ms,
        "u": now_ms,
        "seq": now_ms,
        "cts": now_ms - 3,
    }
    return wrapped(ask, result)


def _risk_limits(ask: Ask) -> Json:
    ask.one_of("category", ("linear",))
    listings, more = [_listing(ask)] if "symbol" in ask.words else ask.listings(), ""
    if "symbol" not in ask.words:
        begin = int(ask.text("cursor", "first=0").partition("=")[2])
        end = begin + _SYMBOLS_A_PAGE
        more = f"first={end}" if end < len(listings) else ""
        listings = listings[begin:end]
    rows = [
        {
            "id": place + 1,
            "symbol": f"{listing.base}USDT",
            "riskLimitValue": plain(bracket.cap),
            "maintenanceMargin": plain(bracket.rate),
            "initialMargin": plain(1 / bracket.max_leverage),
            "isLowestRisk": int(place == 0),
            "maxLeverage": told(bracket.max_leverage, 2),
            "mmDeduction": "",
        }
        for listing in listings
        for place, bracket in enumerate(listing.brackets())
    ]
    return wrapped(ask, {"category": "linear", "list": rows, "nextPageCursor": more})


def _error(ask: Ask, code: int, text: str) -> dict[str, Json]:
    return {"retCode": code, "retMsg": text, "result": {}, "retExtInfo": {}, "time": ask.now_ms}


def _unknown(ask: Ask) -> Refusal:
    return Refusal(_error(ask, 10001, "params error: Symbol Invalid"), 200)


def _hear(line: Line, text: str, violate: Callable[[str], None]) -> list[str]:
    said = json.loads(text)
    reply = {"success": True, "ret_msg": "", "conn_id": "c0ffee", "op": said["op"]}
    reply["req_id"] = said.get("req_id", "")
    if said["op"] == "ping":
        return [json.dumps(reply | {"ret_msg": "pong"})]
    for topic in said["args"]:
        if not re.fullmatch(r"allLiquidation\.[A-Z0-9]+USDT", topic):
            violate(f"subscribed to {topic}")
            failed = {"success": False, "ret_msg": f"error:handler not found,topic:{topic}"}
            return [json.dumps(reply | failed)]
    topics = set(said["args"])
    line.topics = line.topics | topics if said["op"] == "subscribe" else line.topics - topics
    return [json.dumps(reply)]


def _tell(line: Line, listing: Listing, orders: list[Order], now_ms: int) -> list[str]:
    symbol = f"{listing.base}USDT"
    topic = f"allLiquidation.{symbol}"
    if topic not in line.topics:
        return []
    data = [
        {
            "T": order.at_ms,
            "s": symbol,
            "S": "Buy" if order.long else "Sell",
            "v": plain(order.quantity),
            "p": told(order.price, listing.decimals),
        }
        for order in orders
    ]
    return [json.dumps({"topic": topic, "type": "snapshot", "ts": now_ms, "data": data})]


def _headers(used: int, now_ms: int) -> dict[str, str]:
    return {
        "X-Bapi-Limit": "600",
        "X-Bapi-Limit-Status": str(max(0, 600 - used)),
        "X-Bapi-Limit-Reset-Timestamp": str(now_ms + 5000),
        "Timenow": str(now_ms),
    }


WIRE = Wire(
    name="bybit",
    hosts=("api.bybit.com", "stream.bybit.com"),
    routes=(
        Route("GET", "/v5/market/time", "time", _time),
        Route("GET", "/v5/market/instruments-info", "instruments", instruments),
        Route("GET", "/v5/market/kline", "candles", _candles(mark=False)),
        Route("GET", "/v5/market/mark-price-kline", "mark_candles", _candles(mark=True)),
        Route("GET", "/v5/market/open-interest", "open_interest_history", _open_interest),
        Route("GET", "/v5/market/tickers", "funding", _tickers),
        Route("GET", "/v5/market/funding/history", "funding_history", _funding_history),
        Route("GET", "/v5/market/orderbook", "book", _book),
        Route("GET", "/v5/market/risk-limit", "brackets", _risk_limits),
    ),
    unknown=_unknown,
    limited={"retCode": 10006, "retMsg": "Too many visits!", "result": {}, "retExtInfo": {}},
    budget=600,
    window_s=5,
    headers=_headers,
    lines=(r"/v5/public/linear",),
    hear=_hear,
    tell=_tell,
)
