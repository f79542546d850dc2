"""Binance USD-M futures on the wire."""

import json
import re
from collections.abc import Callable, Mapping

from liqbot.market.series import Candles
from liqbot.market.units import DAY_MS
from tests.fakes.asking import (
    Ask,
    Line,
    Refusal,
    Route,
    Unlisted,
    Wire,
    decline,
    length_ms,
    page,
    plain,
    stamps,
    told,
)
from tests.fakes.faults import Json
from tests.fakes.listing import Listing, Order
from tests.fakes.wire.binance_symbols import instruments

_INTERVALS = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d")
_PERIODS = ("5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d")
_DEPTHS = (5, 10, 20, 50, 100, 500, 1000)


def _invalid(name: str) -> dict[str, Json]:
    return {"code": -1130, "msg": f"Data sent for parameter '{name}' is not valid."}


def _listing(ask: Ask) -> Listing:
    symbol = ask.text("symbol")
    if not symbol.endswith("USDT"):
        raise Unlisted(symbol)
    return ask.listing(symbol.removesuffix("USDT"))


def _time(ask: Ask) -> Json:
    return {"serverTime": ask.now_ms}


def _page(ask: Ask, step_ms: int) -> tuple[int, int]:
    """Return the first and last candle: the oldest of a span with a start, else the newest."""
    limit = ask.limit("limit", 500, 1500)
    end_ms, start_ms = ask.integer("endTime", ask.now_ms), ask.integer("startTime", -1)
    return page(max(start_ms, 0), min(end_ms, ask.now_ms - 1), step_ms, limit, oldest=start_ms >= 0)


def _candles(*, mark: bool) -> Callable[[Ask], Json]:
    def answer(ask: Ask) -> Json:
        listing = _listing(ask)
        step_ms = length_ms(ask.one_of("interval", _INTERVALS))
        if ask.integer("limit", 500) > 1500:
            ask.violate("limit is beyond 1500")
            decline(_invalid("limit"))
        first, last = _page(ask, step_ms)
        rows = listing.candles(step_ms, first, last + 1, ask.now_ms, mark=mark)
        return _rows(rows, listing.decimals + mark, mark=mark)

    return answer


def _rows(rows: Candles, decimals: int, *, mark: bool) -> list[list[Json]]:
    closing = rows.opened_ms + rows.interval_ms - 1
    columns = (
        rows.opened_ms,
        rows.open,
        rows.high,
        rows.low,
        rows.close,
        rows.volume,
        rows.taker_buy_volume,
        closing,
    )
    return [
        [
            opened,
            *(told(price, decimals) for price in (open_, high, low, close)),
            "0" if mark else plain(volume),
            closes,
            "0" if mark else told(volume * close, 4),
            60 if mark else 1000,
            "0" if mark else plain(buys),
            "0" if mark else told(buys * close, 4),
            "0",
        ]
        for opened, open_, high, low, close, volume, buys, closes in zip(
            *(each.tolist() for each in columns), strict=True
        )
    ]


def _open_interest(ask: Ask) -> Json:
    listing = _listing(ask)
    amount = plain(listing.open_interest_now(ask.now_ms))
    return {"symbol": ask.text("symbol"), "openInterest": amount, "time": ask.now_ms}


def _open_interest_history(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    step_ms = length_ms(ask.one_of("period", _PERIODS))
    if ask.integer("limit", 30) > 500:
        ask.violate("limit is beyond 500")
        decline(_invalid("limit"))
    limit = ask.limit("limit", 30, 500)
    start_ms, end_ms = ask.integer("startTime", 0), ask.integer("endTime", now_ms)
    if "startTime" in ask.words and start_ms < now_ms - 30 * DAY_MS:
        ask.violate("startTime is more than 30 days ago")
        decline(_invalid("startTime"))
    since_ms = max(start_ms, ask.world.begin_ms + 1, now_ms - 30 * DAY_MS)
    at_ms = stamps(*page(since_ms, min(end_ms, now_ms), step_ms, limit), step_ms)
    columns = (at_ms, listing.open_interest(at_ms), listing.marks(at_ms))
    return [
        {
            "symbol": ask.text("symbol"),
            "sumOpenInterest": told(quantity, 8),
            "sumOpenInterestValue": told(quantity * mark, 8),
            "CMCCirculatingSupply": "19000000.00000000",
            "timestamp": at,
        }
        for at, quantity, mark in zip(*(each.tolist() for each in columns), strict=True)
    ]


def _premium(ask: Ask) -> Json:
    if "symbol" in ask.words:
        return _premium_of(_listing(ask), ask.now_ms)
    return [_premium_of(each, ask.now_ms) for each in ask.listings()]


def _premium_of(listing: Listing, now_ms: int) -> dict[str, Json]:
    next_ms, rate = listing.funding_now(now_ms)
    mark = told(listing.mark(now_ms), 8)
    return {
        "symbol": f"{listing.base}USDT",
        "markPrice": mark,
        "indexPrice": mark,
        "estimatedSettlePrice": mark,
        "lastFundingRate": told(rate, 8),
        "interestRate": "0.00010000",
        "nextFundingTime": next_ms,
        "time": now_ms,
    }


def _funding_history(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    limit = ask.limit("limit", 100, 1000)
    start_ms, end_ms = ask.integer("startTime", -1), ask.integer("endTime", now_ms)
    at_ms, rates = listing.funding(max(start_ms, 0), min(end_ms, now_ms))
    rows = slice(None, limit) if start_ms >= 0 else slice(-limit, None)
    return [
        {
            "symbol": f"{listing.base}USDT",
            "fundingTime": at,
            "fundingRate": told(rate, 8),
            "markPrice": told(listing.mark(at), 8) if at > ask.world.begin_ms else "",
        }
        for at, rate in zip(at_ms.tolist()[rows], rates.tolist()[rows], strict=True)
    ]


def _book(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    limit = ask.integer("limit", 500)
    if limit not in _DEPTHS:
        ask.violate(f"limit={limit} is none of {_DEPTHS}")
        decline({"code": -4021, "msg": f"{limit} is not valid depth limit."})
    bids, asks = (
        [[told(p, listing.decimals), plain(q)] for p, q in side]
        for side in listing.book(now_ms, limit)
    )
    return {"lastUpdateId": now_ms, "E": now_ms, "T": now_ms - 4, "bids": bids, "asks": asks}


def _unknown(ask: Ask) -> Refusal:
    return Refusal({"code": -1121, "msg": "Invalid symbol."})


def _weight_of_candles(words: Mapping[str, Json]) -> int:
    limit = int(words.get("limit", 500))
    return 1 if limit < 100 else 2 if limit < 500 else 5 if limit <= 1000 else 10


def _weight_of_book(words: Mapping[str, Json]) -> int:
    limit = int(words.get("limit", 500))
    return 2 if limit <= 50 else 5 if limit == 100 else 10 if limit == 500 else 20


def _hear(line: Line, text: str, violate: Callable[[str], None]) -> list[str]:
    said = json.loads(text)
    for topic in said["params"]:
        if not re.fullmatch(r"!forceOrder@arr|[a-z0-9]+usdt@forceOrder", topic):
            violate(f"subscribed to {topic}")
    if said["method"] == "SUBSCRIBE":
        line.topics |= set(said["params"])
    else:
        line.topics -= set(said["params"])
    return [json.dumps({"result": None, "id": said["id"]})]


def _tell(line: Line, listing: Listing, orders: list[Order], now_ms: int) -> list[str]:
    topics = {"!forceOrder@arr", f"{listing.base.lower()}usdt@forceOrder"}
    forced = [_forced(listing, each) for each in orders if line.topics & topics]
    return [json.dumps({"e": "forceOrder", "E": now_ms, "o": each}) for each in forced]


def _forced(listing: Listing, order: Order) -> dict[str, Json]:
    price, quantity = told(order.price, listing.decimals), plain(order.quantity)
    return {
        "s": f"{listing.base}USDT",
        "S": "SELL" if order.long else "BUY",
        "o": "LIMIT",
        "f": "IOC",
        "q": quantity,
        "p": price,
        "ap": price,
        "X": "FILLED",
        "l": quantity,
        "z": quantity,
        "T": order.at_ms,
    }


WIRE = Wire(
    name="binance",
    hosts=("fapi.binance.com", "fstream.binance.com"),
    routes=(
        Route("GET", "/fapi/v1/time", "time", _time),
        Route("GET", "/fapi/v1/exchangeInfo", "instruments", instruments),
        Route("GET", "/fapi/v1/klines", "candles", _candles(mark=False), _weight_of_candles),
        Route(
            "GET",
            "/fapi/v1/markPriceKlines",
            "mark_candles",
            _candles(mark=True),
            _weight_of_candles,
        ),
        Route("GET", "/fapi/v1/openInterest", "open_interest", _open_interest),
        Route(
            "GET", "/futures/data/openInterestHist", "open_interest_history", _open_interest_history
        ),
        Route(
            "GET",
            "/fapi/v1/premiumIndex",
            "funding",
            _premium,
            lambda w: 1 if "symbol" in w else 10,
        ),
        Route("GET", "/fapi/v1/fundingRate", "funding_history", _funding_history),
        Route("GET", "/fapi/v1/depth", "book", _book, _weight_of_book),
    ),
    unknown=_unknown,
    limited={
        "code": -1003,
        "msg": "Too many requests; current limit is 2400 request weight per 1 MINUTE.",
    },
    budget=2400,
    headers=lambda used, _: {"X-MBX-USED-WEIGHT-1M": str(used)},
    lines=(r"(/market)?/ws/\d+",),
    hear=_hear,
    tell=_tell,
)
