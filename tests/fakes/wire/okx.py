"""OKX v5 on the wire: rows newest first, quantities in contracts."""

import json
from collections.abc import Callable

from liqbot.market.units import DAY_MS, MINUTE_MS
from tests.fakes.asking import (
    Ask,
    Line,
    Refusal,
    Route,
    Unlisted,
    Wire,
    page,
    plain,
    stamps,
    told,
)
from tests.fakes.faults import Json
from tests.fakes.listing import Listing, Order
from tests.fakes.wire.okx_symbols import brackets, error, instruments, wrapped

BANKRUPTCY = 0.004  # how far beyond the price of a forced order OKX prints it, as a fraction
_BARS = {"1m": 1, "3m": 3, "5m": 5, "15m": 15, "30m": 30, "1H": 60, "2H": 120, "4H": 240}
_BARS |= {"6Hutc": 360, "12Hutc": 720, "1Dutc": 1440}
_PERIODS = {"5m": 5, "1H": 60, "1D": 1440}
_RECENT = 1440  # rows that are not history yet


def _listing(ask: Ask) -> Listing:
    name = ask.text("instId")
    if not name.endswith("-USDT-SWAP"):
        raise Unlisted(name)
    return ask.listing(name.removesuffix("-USDT-SWAP"))


def _time(ask: Ask) -> Json:
    return wrapped([{"ts": str(ask.now_ms)}])


def _candles(cap: int, *, mark: bool = False, history: bool = False) -> Callable[[Ask], Json]:
    def answer(ask: Ask) -> Json:
        listing, now_ms = _listing(ask), ask.now_ms
        step_ms = _BARS[ask.one_of("bar", _BARS, "1m")] * MINUTE_MS
        limit = ask.limit("limit", 100, cap)
        after, before = ask.integer("after", now_ms), ask.integer("before", -1)
        since_ms = before + 1 if history else max(before + 1, now_ms - _RECENT * step_ms)
        first, last = page(since_ms, min(after, now_ms) - 1, step_ms, limit)
        rows = listing.candles(step_ms, first, last + 1, now_ms, mark=mark)
        columns = (rows.opened_ms, rows.volume, rows.open, rows.high, rows.low, rows.close)
        told_rows = [
            [
                str(opened),
                *(told(price, listing.decimals + mark) for price in prices),
                *([] if mark else _volumes(listing, volume, prices[3])),
                "1" if opened + step_ms <= now_ms else "0",
            ]
            for opened, volume, *prices in zip(*(each.tolist() for each in columns), strict=True)
        ]
        return wrapped(told_rows[::-1])

    return answer


def _volumes(listing: Listing, volume: float, close: float) -> list[str]:
    return [_contracts(listing, volume), plain(volume), told(volume * close, 4)]


def _contracts(listing: Listing, quantity: float) -> str:
    return plain(round(quantity / listing.contract, 4))


def _open_interest(ask: Ask) -> Json:
    ask.one_of("instType", ("SWAP",))
    family, now_ms = ask.text("uly", ""), ask.now_ms
    listings = [_listing(ask)] if "instId" in ask.words else ask.listings()
    rows = []
    for listing in listings:
        amount = listing.open_interest_now(now_ms)
        row = {
            "instId": f"{listing.base}-USDT-SWAP",
            "instType": "SWAP",
            "oi": _contracts(listing, amount),
            "oiCcy": plain(amount),
            "oiUsd": told(amount * listing.mark(now_ms), 2),
            "ts": str(now_ms),
        }
        if family in {"", f"{listing.base}-USDT"}:
            rows.append(row)
    return wrapped(rows)


def _open_interest_history(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    step_ms = _PERIODS[ask.one_of("period", _PERIODS, "5m")] * MINUTE_MS
    limit = ask.limit("limit", 100, 100)
    begin_ms, end_ms = ask.integer("begin", 0), ask.integer("end", now_ms + 1)
    reach_ms = now_ms - _RECENT * step_ms
    since_ms = max(begin_ms, ask.world.begin_ms, reach_ms) + 1
    at_ms = stamps(*page(since_ms, min(end_ms - 1, now_ms), step_ms, limit), step_ms)
    columns = (at_ms, listing.open_interest(at_ms), listing.marks(at_ms))
    rows = [
        [
            str(at),
            _contracts(listing, amount),
            plain(amount),
            told(amount * mark, 2),
        ]
        for at, amount, mark in zip(*(each.tolist() for each in columns), strict=True)
    ]
    return wrapped(rows[::-1])


def _mark(ask: Ask) -> Json:
    ask.one_of("instType", ("SWAP",))
    rows = [
        {
            "instId": f"{listing.base}-USDT-SWAP",
            "instType": "SWAP",
            "markPx": told(listing.mark(ask.now_ms), listing.decimals + 1),
            "ts": str(ask.now_ms),
        }
        for listing in ask.listings()
    ]
    return wrapped(rows)


def _funding(ask: Ask) -> Json:
    everything = ask.text("instId") == "ANY"
    listings = ask.listings() if everything else [_listing(ask)]
    rows = []
    for listing in listings:
        next_ms, rate = listing.funding_now(ask.now_ms)
        row = {
            "formulaType": "withRate",
            "fundingRate": plain(rate),
            "fundingTime": str(next_ms),
            "instId": f"{listing.base}-USDT-SWAP",
            "instType": "SWAP",
            "interestRate": "0.0001",
            "maxFundingRate": "0.015",
            "method": "current_period",
            "minFundingRate": "-0.015",
            "nextFundingRate": "",
            "nextFundingTime": str(next_ms + listing.funding_hours * 60 * MINUTE_MS),
            "premium": "0",
            "settFundingRate": plain(rate),
            "settState": "settled",
            "ts": str(ask.now_ms),
        }
        rows.append(row)
    return wrapped(rows)


def _funding_history(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    limit = ask.limit("limit", 100, 100)
    after, before = ask.integer("after", now_ms + 1), ask.integer("before", -1)
    since_ms = max(before + 1, now_ms - 92 * DAY_MS)
    at_ms, rates = listing.funding(since_ms, min(after - 1, now_ms))
    rows = [
        {
            "formulaType": "withRate",
            "fundingRate": plain(rate),
            "fundingTime": str(at),
            "instId": f"{listing.base}-USDT-SWAP",
            "instType": "SWAP",
            "method": "current_period",
            "realizedRate": plain(rate),
        }
        for at, rate in zip(at_ms.tolist()[-limit:], rates.tolist()[-limit:], strict=True)
    ]
    return wrapped(rows[::-1])


def _book(default: int, cap: int) -> Callable[[Ask], Json]:
    def answer(ask: Ask) -> Json:
        listing, now_ms = _listing(ask), ask.now_ms
        full = cap > 400
        bids, asks = (
            [
                [told(p, listing.decimals), _contracts(listing, q), *([] if full else ["0"]), "3"]
                for p, q in side
            ]
            for side in listing.book(now_ms, ask.limit("sz", default, cap))
        )
        return wrapped([{"asks": asks, "bids": bids, "ts": str(now_ms), "seqId": now_ms}])

    return answer


def _unknown(_: Ask) -> Refusal:
    return Refusal(error("51001", "Instrument ID does not exist"), 200)


def _hear(line: Line, text: str, violate: Callable[[str], None]) -> list[str]:
    if text == "ping":
        return ["pong"]
    said = json.loads(text)
    replies = []
    for arg in said["args"]:
        if arg != {"channel": "liquidation-orders", "instType": "SWAP"}:
            violate(f"subscribed to {arg}")
            wrong = {"event": "error", "code": "60018", "msg": "Wrong URL or channel"}
            return [json.dumps(wrong | {"connId": "c0ffee"})]
        replies.append(json.dumps({"event": said["op"], "arg": arg, "connId": "c0ffee"}))
    line.topics = {"liquidation-orders"} if said["op"] == "subscribe" else set()
    return replies


def _tell(line: Line, listing: Listing, orders: list[Order], now_ms: int) -> list[str]:
    if not line.topics:
        return []
    details = [
        {
            "bkLoss": "0",
            "bkPx": told(
                order.price * (1 - BANKRUPTCY if order.long else 1 + BANKRUPTCY), listing.decimals
            ),
            "ccy": "",
            "posSide": "long" if order.long else "short",
            "side": "sell" if order.long else "buy",
            "sz": _contracts(listing, order.quantity),
            "ts": str(order.at_ms),
        }
        for order in orders
    ]
    family = f"{listing.base}-USDT"
    names = {"instFamily": family, "instId": f"{family}-SWAP", "instType": "SWAP", "uly": family}
    arg = {"channel": "liquidation-orders", "instType": "SWAP"}
    return [json.dumps({"arg": arg, "data": [{"details": details, **names}]})]


WIRE = Wire(
    name="okx",
    hosts=("www.okx.com", "ws.okx.com:443", "ws.okx.com:8443"),
    routes=(
        Route("GET", "/api/v5/public/time", "time", _time),
        Route("GET", "/api/v5/public/instruments", "instruments", instruments),
        Route("GET", "/api/v5/market/candles", "candles", _candles(300)),
        Route("GET", "/api/v5/market/history-candles", "candles", _candles(300, history=True)),
        Route("GET", "/api/v5/market/mark-price-candles", "mark_candles", _candles(100, mark=True)),
        Route(
            "GET",
            "/api/v5/market/history-mark-price-candles",
            "mark_candles",
            _candles(100, mark=True, history=True),
        ),
        Route("GET", "/api/v5/public/open-interest", "open_interest", _open_interest),
        Route(
            "GET",
            "/api/v5/rubik/stat/contracts/open-interest-history",
            "open_interest_history",
            _open_interest_history,
        ),
        Route("GET", "/api/v5/public/mark-price", "mark", _mark),
        Route("GET", "/api/v5/public/funding-rate", "funding", _funding),
        Route("GET", "/api/v5/public/funding-rate-history", "funding_history", _funding_history),
        Route("GET", "/api/v5/market/books", "book", _book(1, 400)),
        Route("GET", "/api/v5/market/books-full", "book", _book(1, 5000)),
        Route("GET", "/api/v5/public/position-tiers", "brackets", brackets),
    ),
    unknown=_unknown,
    limited=error("50011", "Too Many Requests"),
    lines=(r"/ws/v5/public",),
    hear=_hear,
    tell=_tell,
)
