"""Deribit v2 on the wire: linear perpetuals among inverse ones; funding by the hour."""

from liqbot.market.units import HOUR_MS, MINUTE_MS, moment_of
from tests.fakes.asking import Ask, Refusal, Route, Unlisted, Wire, page
from tests.fakes.faults import Json
from tests.fakes.listing import Listing

_RESOLUTIONS = {"1": 1, "3": 3, "5": 5, "10": 10, "15": 15, "30": 30, "60": 60, "120": 120}
_RESOLUTIONS |= {"180": 180, "360": 360, "720": 720, "1D": 1440}
_CANDLES, _FUNDINGS = 5000, 744
_DEPTHS = ("1", "5", "10", "20", "50", "100", "1000", "10000")
_FOREVER_MS = 32_503_708_800_000


def _wrapped(ask: Ask, result: Json) -> Json:
    now_us = ask.now_ms * 1000
    times = {"usIn": now_us, "usOut": now_us + 163, "usDiff": 163}
    return {"jsonrpc": "2.0", "result": result, **times, "testnet": False}


def _listing(ask: Ask) -> Listing:
    name = ask.text("instrument_name")
    if not name.endswith("_USDC-PERPETUAL"):
        raise Unlisted(name)
    return ask.listing(name.removesuffix("_USDC-PERPETUAL"))


def _name(listing: Listing) -> str:
    return f"{listing.base}_USDC-PERPETUAL"


def _time(ask: Ask) -> Json:
    return _wrapped(ask, ask.now_ms)


def _currencies(ask: Ask) -> Json:
    row = {"fee_precision": 4, "min_confirmations": 1, "coin_type": "CURRENCY"}
    return _wrapped(ask, [{"currency": name, **row} for name in ("BTC", "USDC")])


def _instruments(ask: Ask) -> Json:
    pattern, until = ask.world.listing("deribit", "BTC"), moment_of(ask.world.quarter_ms)
    inverse = {"counter_currency": "USD", "quote_currency": "USD", "settlement_currency": "BTC"}
    dated = {"settlement_period": "month", "expiration_timestamp": ask.world.quarter_ms}
    currency, kind = ask.text("currency", "any"), ask.text("kind", "any")
    rows = [
        *(_instrument(each, _name(each), each.base) for each in ask.listings()),
        _instrument(pattern, "BTC-PERPETUAL", "BTC", contract_size=10.0, **inverse),
        _instrument(pattern, f"BTC_USDC-{until.day}{until:%b%y}".upper(), "BTC", **dated),
        _instrument(pattern, "BTC_USDC", "BTC", kind="spot", settlement_period=None),
        _instrument(pattern, "GONE_USDC-PERPETUAL", "GONE", is_active=False, state="closed"),
    ]
    wanted = [
        row
        for row in rows
        if currency in {"any", row["settlement_currency"]} and kind in {"any", row["kind"]}
    ]
    return _wrapped(ask, wanted)


def _instrument(listing: Listing, name: str, base: str, **extra: Json) -> dict[str, Json]:
    return {
        "tick_size": 10.0**-listing.decimals,
        "taker_commission": 0.0005,
        "settlement_period": "perpetual",
        "settlement_currency": "USDC",
        "rfq": False,
        "quote_currency": "USDC",
        "price_index": f"{base.lower()}_usdc",
        "min_trade_amount": listing.lot,
        "max_liquidation_commission": 0.0075,
        "max_leverage": 50,
        "maker_commission": 0.0,
        "kind": "future",
        "is_active": True,
        "instrument_name": name,
        "instrument_id": 215753,
        "instrument_type": "linear",
        "expiration_timestamp": _FOREVER_MS,
        "creation_timestamp": 1651149400000,
        "counter_currency": "USDC",
        "contract_size": listing.lot,
        "block_trade_commission": 0.0001,
        "base_currency": base,
        "state": "open",
        **extra,
    }


def _candles(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    step_ms = _RESOLUTIONS[ask.one_of("resolution", _RESOLUTIONS)] * MINUTE_MS
    start_ms, end_ms = ask.integer("start_timestamp", 0), ask.integer("end_timestamp", now_ms)
    first, last = page(start_ms, min(end_ms, now_ms - 1), step_ms, _CANDLES)
    rows = listing.candles(step_ms, first, last + 1, now_ms)
    chart = {
        "ticks": rows.opened_ms.tolist(),
        "open": rows.open.tolist(),
        "high": rows.high.tolist(),
        "low": rows.low.tolist(),
        "close": rows.close.tolist(),
        "volume": rows.volume.tolist(),
        "cost": (rows.volume * rows.close).round(4).tolist(),
        "status": "ok" if len(rows) else "no_data",
    }
    return _wrapped(ask, chart)


def _summary(ask: Ask) -> Json:
    return _wrapped(ask, [_summary_of(_listing(ask), ask.now_ms)])


def _summaries(ask: Ask) -> Json:
    ask.one_of("currency", ("USDC",))
    ask.one_of("kind", ("future",), "future")
    return _wrapped(ask, [_summary_of(each, ask.now_ms) for each in ask.listings()])


def _summary_of(listing: Listing, now_ms: int) -> dict[str, Json]:
    _, rate = listing.funding_now(now_ms)
    return {
        "volume_usd": 1.0,
        "volume_notional": 1.0,
        "volume": 1.0,
        "quote_currency": "USDC",
        "price_change": 0.0,
        "open_interest": listing.open_interest_now(now_ms),
        "mid_price": listing.last(now_ms),
        "mark_price": listing.mark(now_ms),
        "low": listing.last(now_ms),
        "last": listing.last(now_ms),
        "instrument_name": _name(listing),
        "high": listing.last(now_ms),
        "funding_8h": rate * 8,
        "current_funding": rate * 8,
        "creation_timestamp": now_ms,
        "bid_price": listing.last(now_ms),
        "base_currency": listing.base,
        "ask_price": listing.last(now_ms),
    }


def _funding(ask: Ask) -> Json:
    listing = _listing(ask)
    begin_ms, end_ms = ask.integer("start_timestamp", 0), ask.integer("end_timestamp", ask.now_ms)
    _, rate = listing.funding_now(min(end_ms, ask.now_ms))
    return _wrapped(ask, rate * (end_ms - begin_ms) / HOUR_MS)


def _funding_history(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    begin_ms, end_ms = ask.integer("start_timestamp", 0), ask.integer("end_timestamp", now_ms)
    first, last = page(begin_ms, min(end_ms, now_ms), HOUR_MS, _FUNDINGS)
    at_ms, rates = listing.funding(first, last)
    rows = [
        {
            "timestamp": at,
            "index_price": listing.mark(max(at, ask.world.begin_ms + 1)),
            "prev_index_price": listing.mark(max(at - HOUR_MS, ask.world.begin_ms + 1)),
            "interest_8h": round(rate * 8, 9),
            "interest_1h": rate,
        }
        for at, rate in zip(at_ms.tolist(), rates.tolist(), strict=True)
    ]
    return _wrapped(ask, rows)


def _book(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    _, rate = listing.funding_now(now_ms)
    bids, asks = listing.book(now_ms, min(1000, int(ask.one_of("depth", _DEPTHS, "5"))))
    book = {
        "timestamp": now_ms,
        "state": "open",
        "instrument_name": _name(listing),
        "change_id": now_ms,
        "bids": bids,
        "asks": asks,
        "best_bid_price": bids[0][0],
        "best_bid_amount": bids[0][1],
        "best_ask_price": asks[0][0],
        "best_ask_amount": asks[0][1],
        "last_price": listing.last(now_ms),
        "mark_price": listing.mark(now_ms),
        "index_price": listing.mark(now_ms),
        "open_interest": listing.open_interest_now(now_ms),
        "funding_8h": rate * 8,
        "current_funding": rate * 8,
    }
    return _wrapped(ask, book)


def _error(code: int, message: str) -> dict[str, Json]:
    return {"jsonrpc": "2.0", "error": {"code": code, "message": message}, "testnet": False}


def _unknown(_: Ask) -> Refusal:
    wrong = _error(-32602, "Invalid params")
    wrong["error"]["data"] = {"reason": "instrument not found", "param": "instrument_name"}
    return Refusal(wrong)


_PUBLIC = "/api/v2/public"

WIRE = Wire(
    name="deribit",
    hosts=("www.deribit.com",),
    routes=(
        Route("GET", f"{_PUBLIC}/get_time", "time", _time),
        Route("GET", f"{_PUBLIC}/get_currencies", "instruments", _currencies),
        Route("GET", f"{_PUBLIC}/get_instruments", "instruments", _instruments),
        Route("GET", f"{_PUBLIC}/get_tradingview_chart_data", "candles", _candles),
        Route("GET", f"{_PUBLIC}/get_book_summary_by_instrument", "open_interest", _summary),
        Route("GET", f"{_PUBLIC}/get_book_summary_by_currency", "tickers", _summaries),
        Route("GET", f"{_PUBLIC}/get_funding_rate_value", "funding", _funding),
        Route("GET", f"{_PUBLIC}/get_funding_rate_history", "funding_history", _funding_history),
        Route("GET", f"{_PUBLIC}/get_order_book", "book", _book),
    ),
    unknown=_unknown,
    limited=_error(10028, "too_many_requests"),
)
