"""Gate v4 futures on the wire: seconds, and quantities in whole contracts."""

from liqbot.market.units import MINUTE_MS
from tests.fakes.asking import Ask, Refusal, Route, Unlisted, Wire, decline, page, stamps, told
from tests.fakes.faults import Json
from tests.fakes.listing import Listing, Order
from tests.fakes.wire.gate_symbols import BESIDES, contract, contracts_of, size_of

_INTERVALS = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240, "8h": 480, "1d": 1440}
_STATS = {"5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240, "1d": 1440}
_POINTS = 2000
_TAPE_S = 3600  # the longest span that is told at once


def _listing(ask: Ask, name: str) -> Listing:
    ask.one_of("settle", ("usdt",))
    if not name.endswith("_USDT"):
        raise Unlisted(name)
    return ask.listing(name.removesuffix("_USDT"))


def _wrong(text: str) -> dict[str, str]:
    return {"label": "INVALID_PARAM_VALUE", "message": text}


def _candles(ask: Ask) -> Json:
    name, now_ms = ask.text("contract"), ask.now_ms
    mark = name.startswith("mark_")
    listing = _listing(ask, name.removeprefix("mark_"))
    step_ms = _INTERVALS[ask.one_of("interval", _INTERVALS, "5m")] * MINUTE_MS
    if "limit" in ask.words and "from" in ask.words:
        ask.violate("limit comes with from")
        decline(_wrong("limit cannot be used with from/to"))
    limit = ask.limit("limit", 100, _POINTS)
    to_ms = min(ask.integer("to", now_ms // 1000) * 1000, now_ms - 1)
    since_ms = ask.integer("from", 0) * 1000
    first, last = page(since_ms, to_ms, step_ms, _POINTS if "from" in ask.words else limit)
    if "from" in ask.words and first > -(-since_ms // step_ms) * step_ms:
        ask.violate(f"more than {_POINTS} candles")
        decline(_wrong("Candlestick range too broad. Maximum 2000 data points"))
    rows = listing.candles(step_ms, first, last + 1, now_ms, mark=mark)
    columns = (rows.opened_ms, rows.volume, rows.open, rows.high, rows.low, rows.close)
    return [
        {
            "t": opened // 1000,
            "o": told(open_, listing.decimals + mark),
            "h": told(high, listing.decimals + mark),
            "l": told(low, listing.decimals + mark),
            "c": told(close, listing.decimals + mark),
        }
        | ({} if mark else {"v": size_of(listing, volume), "sum": told(volume * close, 4)})
        for opened, volume, open_, high, low, close in zip(
            *(each.tolist() for each in columns), strict=True
        )
    ]


def _stats(ask: Ask) -> Json:
    listing, now_ms = _listing(ask, ask.text("contract")), ask.now_ms
    step_ms = _STATS[ask.one_of("interval", _STATS, "5m")] * MINUTE_MS
    limit, from_s = ask.limit("limit", 30, 100), ask.integer("from", -1)
    since_ms = max(from_s * 1000, ask.world.begin_ms + 1)
    first, last = page(since_ms, now_ms, step_ms, limit, oldest=from_s >= 0)
    at_ms = stamps(first, last, step_ms)
    amounts = listing.open_interest(at_ms).tolist()
    return [
        _stats_of(listing, at, amount, listing.tape(at - 1, min(at + step_ms - 1, now_ms)))
        for at, amount in zip(at_ms.tolist(), amounts, strict=True)
    ]


def _stats_of(listing: Listing, at_ms: int, amount: float, orders: list[Order]) -> dict[str, Json]:
    mark = listing.mark(at_ms)
    row: dict[str, Json] = {
        "time": at_ms // 1000,
        "lsr_taker": 1.02,
        "lsr_account": 1.4,
        "top_lsr_account": 1.1,
        "top_lsr_size": 1.2,
        "mark_price": mark,
        "open_interest": size_of(listing, amount),
        "open_interest_usd": round(amount * mark, 4),
    }
    for side, long in (("long", True), ("short", False)):
        mine = [each for each in orders if each.long == long]
        quantity = sum(each.quantity for each in mine)
        row[f"{side}_liq_size"] = size_of(listing, quantity)
        row[f"{side}_liq_amount"] = round(quantity, 9)
        row[f"{side}_liq_usd"] = round(sum(each.quantity * each.price for each in mine), 4)
    return row


def _contracts(ask: Ask) -> Json:
    return contracts_of(ask)


def _contract(ask: Ask) -> Json:
    return contract(_listing(ask, ask.text("contract")), ask.now_ms)


def _funding_history(ask: Ask) -> Json:
    listing, now_ms = _listing(ask, ask.text("contract")), ask.now_ms
    limit = ask.limit("limit", 100, 1000)
    from_ms, to_ms = ask.integer("from", 0) * 1000, ask.integer("to", now_ms // 1000) * 1000
    at_ms, rates = listing.funding(from_ms, min(to_ms, now_ms))
    rows = [
        {"t": at // 1000, "r": told(rate, 8)}
        for at, rate in zip(at_ms.tolist()[-limit:], rates.tolist()[-limit:], strict=True)
    ]
    return rows[::-1]


def _book(ask: Ask) -> Json:
    listing, now_ms = _listing(ask, ask.text("contract")), ask.now_ms
    with_id = ask.text("with_id", "false")
    bids, asks = (
        [{"p": told(p, listing.decimals), "s": size_of(listing, q)} for p, q in side]
        for side in listing.book(now_ms, ask.limit("limit", 10, 300))
    )
    book = {"current": now_ms / 1000, "update": (now_ms - 5) / 1000, "asks": asks, "bids": bids}
    return book | ({"id": now_ms} if with_id.lower() == "true" else {})


def _tiers(ask: Ask) -> Json:
    if "contract" in ask.words:
        listings = [_listing(ask, ask.text("contract"))]
    else:
        ask.one_of("settle", ("usdt",))
        offset, limit = ask.integer("offset", 0), ask.limit("limit", 100, 100)
        listings = ask.listings()[offset : offset + limit]
    return [
        {
            "tier": place + 1,
            "risk_limit": told(bracket.cap, 0),
            "initial_rate": str(1 / bracket.max_leverage),
            "maintenance_rate": str(bracket.rate),
            "leverage_max": str(bracket.max_leverage),
            "contract": f"{listing.base}_USDT",
            "deduction": "0",
        }
        for listing in listings
        for place, bracket in enumerate(listing.brackets())
    ]


def _tape(ask: Ask) -> Json:
    now_s = ask.now_ms // 1000
    listings = [_listing(ask, ask.text("contract"))] if "contract" in ask.words else ask.listings()
    ask.one_of("settle", ("usdt",))
    limit, to_s = ask.limit("limit", 100, 1000), ask.integer("to", now_s)
    from_s = ask.integer("from", to_s - _TAPE_S)
    if from_s > 10 * now_s:
        ask.violate(f"from={from_s} is in milliseconds")
    if to_s - from_s > _TAPE_S:
        ask.violate(f"more than {_TAPE_S} s of forced orders")
        decline(_wrong("time range cannot exceed 3600 seconds"))
    orders = [
        (order, listing)
        for listing in listings
        for order in listing.tape(from_s * 1000 - 1, min((to_s + 1) * 1000 - 1, ask.now_ms))
    ]
    orders.sort(key=lambda each: each[0].at_ms, reverse=True)
    return [
        {
            "time": order.at_ms // 1000,
            "contract": f"{listing.base}_USDT",
            "size": size_of(listing, order.quantity) * (1 if order.long else -1),
            "order_size": size_of(listing, order.quantity) * (-1 if order.long else 1),
            "order_price": told(order.price, listing.decimals),
            "fill_price": told(order.price, listing.decimals),
            "left": 0,
        }
        for order, listing in orders[:limit]
    ]


def _unknown(_: Ask) -> Refusal:
    return Refusal({"label": "CONTRACT_NOT_FOUND", "message": "contract not found"})


_FUTURES = "/api/v4/futures/{settle}"

WIRE = Wire(
    name="gate",
    hosts=("api.gateio.ws",),
    routes=(
        *BESIDES,
        Route("GET", f"{_FUTURES}/contracts", "instruments", _contracts),
        Route("GET", f"{_FUTURES}/contracts/{{contract}}", "funding", _contract),
        Route("GET", f"{_FUTURES}/candlesticks", "candles", _candles),
        Route("GET", f"{_FUTURES}/contract_stats", "open_interest_history", _stats),
        Route("GET", f"{_FUTURES}/funding_rate", "funding_history", _funding_history),
        Route("GET", f"{_FUTURES}/order_book", "book", _book),
        Route("GET", f"{_FUTURES}/risk_limit_tiers", "brackets", _tiers),
        Route("GET", f"{_FUTURES}/liq_orders", "tape", _tape),
    ),
    unknown=_unknown,
    limited={"label": "TOO_MANY_REQUESTS", "message": "Request Rate limit Exceeded"},
    budget=200,
    window_s=10,
    headers=lambda used, now_ms: {
        "X-Gate-RateLimit-Requests-Remain": str(max(0, 200 - used)),
        "X-Gate-RateLimit-Limit": "200",
        "X-Gate-RateLimit-Reset-Timestamp": str(now_ms // 1000 + 10),
    },
)
