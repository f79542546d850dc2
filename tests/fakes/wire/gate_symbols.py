"""What Gate lists."""

from liqbot.market.units import moment_of
from tests.fakes.asking import Ask, Route, plain, told
from tests.fakes.faults import Json
from tests.fakes.listing import Listing

_USUAL: dict[str, Json] = {
    "ref_discount_rate": "0",
    "order_price_deviate": "0.2",
    "maintenance_rate": "0.005",
    "mark_type": "index",
    "short_users": 2559,
    "long_users": 5706,
    "create_time": 1_573_557_408,
    "config_change_time": 1_682_318_841,
    "maker_fee_rate": "-0.0001",
    "taker_fee_rate": "0.00075",
    "enable_decimal": False,
}


def size_of(listing: Listing, quantity: float) -> int:
    """Return base units as whole contracts."""
    return round(quantity / listing.contract)


def contracts_of(ask: Ask) -> Json:
    """Return the contracts that settle in a currency; one of them is being delisted."""
    settle, now_ms = ask.one_of("settle", ("usdt", "btc")), ask.now_ms
    pattern = contract(ask.world.listing("gate", "BTC"), now_ms)
    if settle == "btc":
        return [pattern | {"name": "BTC_USD", "type": "inverse", "quanto_multiplier": "0"}]
    gone = pattern | {"name": "GONE_USDT", "in_delisting": True, "status": "delisted"}
    return [*(contract(each, now_ms) for each in ask.listings()), gone]


def contract(listing: Listing, now_ms: int) -> dict[str, Json]:
    """Return one contract, with its mark, funding and open interest of now."""
    next_ms, rate = listing.funding_now(now_ms)
    mark = told(listing.mark(now_ms), listing.decimals + 1)
    tick = told(10.0**-listing.decimals, listing.decimals)
    return _USUAL | {
        "name": f"{listing.base}_USDT",
        "type": "direct",
        "status": "trading",
        "quanto_multiplier": plain(listing.contract),
        "last_price": told(listing.last(now_ms), listing.decimals),
        "mark_price": mark,
        "index_price": mark,
        "funding_rate": told(rate, 8),
        "funding_rate_indicative": told(rate, 8),
        "mark_price_round": tick,
        "funding_offset": 0,
        "in_delisting": False,
        "risk_limit_base": "1000000",
        "risk_limit_step": "1000000",
        "risk_limit_max": "50000000",
        "interest_rate": "0.0003",
        "order_price_round": tick,
        "order_size_min": 1,
        "order_size_max": 1_000_000,
        "leverage_min": "1",
        "leverage_max": "100",
        "funding_next_apply": next_ms // 1000,
        "funding_interval": listing.funding_hours * 3600,
        "position_size": size_of(listing, listing.open_interest_now(now_ms)),
        "trade_size": 1,
    }


def _dated(ask: Ask) -> Json:
    ask.one_of("settle", ("usdt",))
    until_ms = ask.world.quarter_ms
    row = contract(ask.world.listing("gate", "BTC"), ask.now_ms)
    name = f"BTC_USDT_{moment_of(until_ms):%Y%m%d}"
    return [row | {"name": name, "expire_time": until_ms // 1000, "cycle": "QUARTERLY"}]


def _spot(_: Ask) -> Json:
    return [
        {
            "id": "BTC_USDT",
            "base": "BTC",
            "quote": "USDT",
            "fee": "0.2",
            "min_quote_amount": "3",
            "amount_precision": 6,
            "precision": 1,
            "trade_status": "tradable",
            "sell_start": 0,
            "buy_start": 0,
        }
    ]


def _currencies(_: Ask) -> Json:
    row = {"delisted": False, "trade_disabled": False, "chains": [], "name": "Tether"}
    return [{"currency": name, **row} for name in ("BTC", "USDT")]


def _nothing(_: Ask) -> Json:
    return []


def _time(ask: Ask) -> Json:
    return {"server_time": ask.now_ms}


BESIDES = (
    Route("GET", "/api/v4/spot/time", "time", _time),
    Route("GET", "/api/v4/spot/currencies", "instruments", _currencies),
    Route("GET", "/api/v4/spot/currency_pairs", "instruments", _spot),
    Route("GET", "/api/v4/margin/currency_pairs", "instruments", _nothing),
    Route("GET", "/api/v4/options/underlyings", "instruments", _nothing),
    Route("GET", "/api/v4/delivery/{settle}/contracts", "instruments", _dated),
)
