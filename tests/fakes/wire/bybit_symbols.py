"""What Bybit lists."""

from collections.abc import Iterator

from liqbot.market.units import moment_of
from tests.fakes.asking import Ask, plain, told
from tests.fakes.faults import Json
from tests.fakes.listing import Listing

_PAGE = 500


def wrapped(ask: Ask, result: Json) -> Json:
    """Return a result as every answer of Bybit comes."""
    return {
        "retCode": 0,
        "retMsg": "OK",
        "result": result,
        "retExtInfo": {},
        "time": ask.now_ms,
    }


def instruments(ask: Ask) -> Json:
    """Return what a category lists: contracts that trade, and one that does not yet."""
    category = ask.one_of("category", ("linear", "inverse", "spot", "option"))
    status = ask.one_of("status", ("Trading", "PreLaunch", "Delivering", "Closed"), "Trading")
    base = ask.text("baseCoin", "BTC")
    limit, begin = ask.limit("limit", _PAGE, 1000), ask.integer("cursor", 0)
    rows = [each for each in _listed(ask, category, base) if each["status"] == status]
    more = str(begin + limit) if begin + limit < len(rows) else ""
    page = rows[begin : begin + limit]
    result = {"category": category, "list": page}
    return wrapped(ask, result if category == "spot" else result | {"nextPageCursor": more})


def _listed(ask: Ask, category: str, base: str) -> Iterator[dict[str, Json]]:
    pattern = ask.world.listing("bybit", "BTC")
    until = moment_of(ask.world.quarter_ms)
    if category == "linear":
        yield from (_symbol(each, f"{each.base}USDT", each.base) for each in ask.listings())
        yield _symbol(
            pattern,
            f"BTCUSDT-{until:%d%b%y}".upper(),
            "BTC",
            contractType="LinearFutures",
            deliveryTime=str(ask.world.quarter_ms),
        )
        yield _symbol(pattern, "SOONUSDT", "SOON", status="PreLaunch")
    elif category == "inverse":
        extra = {"contractType": "InversePerpetual", "quoteCoin": "USD", "settleCoin": "BTC"}
        yield _symbol(pattern, "BTCUSD", "BTC", **extra)
    elif category == "spot":
        yield _spot(pattern)
    else:
        name = f"{base}-{until:%d%b%y}-90000-C-USDT".upper()
        extra = {"optionsType": "Call", "deliveryTime": str(ask.world.quarter_ms)}
        yield _symbol(pattern, name, base, **extra)


def _symbol(listing: Listing, symbol: str, base: str, **extra: str) -> dict[str, Json]:
    tick, lot = told(10.0**-listing.decimals, listing.decimals), plain(listing.lot)
    return {
        "symbol": symbol,
        "contractType": "LinearPerpetual",
        "status": "Trading",
        "baseCoin": base,
        "quoteCoin": "USDT",
        "launchTime": "1584230400000",
        "deliveryTime": "0",
        "deliveryFeeRate": "",
        "priceScale": str(listing.decimals),
        "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
        "priceFilter": {"minPrice": tick, "maxPrice": "1999999.80", "tickSize": tick},
        "lotSizeFilter": {
            "maxOrderQty": "1190.000",
            "minOrderQty": lot,
            "qtyStep": lot,
            "postOnlyMaxOrderQty": "1190.000",
            "maxMktOrderQty": "500.000",
            "minNotionalValue": "5",
        },
        "unifiedMarginTrade": True,
        "fundingInterval": 480,
        "settleCoin": "USDT",
        "copyTrading": "both",
        "isPreListing": False,
        **extra,
    }


def _spot(listing: Listing) -> dict[str, Json]:
    return {
        "symbol": "BTCUSDT",
        "baseCoin": "BTC",
        "quoteCoin": "USDT",
        "innovation": "0",
        "status": "Trading",
        "marginTrading": "utaOnly",
        "lotSizeFilter": {
            "basePrecision": "0.000001",
            "quotePrecision": "0.0000001",
            "minOrderQty": "0.000011",
            "maxOrderQty": "83",
            "minOrderAmt": "5",
            "maxOrderAmt": "8000000",
        },
        "priceFilter": {"tickSize": told(10.0**-listing.decimals, listing.decimals)},
        "riskParameters": {"priceLimitRatioX": "0.005", "priceLimitRatioY": "0.01"},
    }
