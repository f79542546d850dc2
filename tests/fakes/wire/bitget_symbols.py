"""What Bitget lists."""

from liqbot.market.units import moment_of
from tests.fakes.asking import Ask, Route, plain, told
from tests.fakes.faults import Json
from tests.fakes.listing import Listing

_TYPES = ("USDT-FUTURES", "COIN-FUTURES", "USDC-FUTURES")
_DEMO = ("SUSDT-FUTURES", "SCOIN-FUTURES", "SUSDC-FUTURES")


def wrapped(ask: Ask, data: Json) -> Json:
    """Return data as every answer of Bitget comes."""
    return {"code": "00000", "msg": "success", "requestTime": ask.now_ms, "data": data}


def instruments(ask: Ask) -> Json:
    """Return the contracts of a type; those of SUSDT are traded with play money."""
    kind = ask.one_of("productType", (*_TYPES, *_DEMO))
    pattern, until_ms = ask.world.listing("bitget", "BTC"), ask.world.quarter_ms
    coin = {"quoteCoin": "USD", "supportMarginCoins": ["BTC", "ETH"]}
    if kind == "USDT-FUTURES":
        rows = [_row(each, f"{each.base}USDT", each.base) for each in ask.listings()]
        rows.append(_row(pattern, "GONEUSDT", "GONE", symbolStatus="off"))
    elif kind == "COIN-FUTURES":
        dated = {"symbolType": "delivery", "deliveryTime": str(until_ms)}
        name = f"BTCUSD{moment_of(until_ms):%y%m%d}"
        rows = [_row(pattern, "BTCUSD", "BTC", **coin), _row(pattern, name, "BTC", **coin, **dated)]
    elif kind == "SUSDT-FUTURES":
        demo = {"quoteCoin": "SUSDT", "supportMarginCoins": ["SUSDT"]}
        rows = [_row(pattern, "SBTCSUSDT", "SBTC", **demo)]
    else:
        rows = []
    return wrapped(ask, rows)


def _row(listing: Listing, symbol: str, base: str, **extra: Json) -> dict[str, Json]:
    lot = plain(listing.lot)
    return {
        "symbol": symbol,
        "baseCoin": base,
        "quoteCoin": "USDT",
        "buyLimitPriceRatio": "0.05",
        "sellLimitPriceRatio": "0.05",
        "feeRateUpRatio": "0.005",
        "makerFeeRate": "0.0002",
        "takerFeeRate": "0.0006",
        "openCostUpRatio": "0.01",
        "supportMarginCoins": ["USDT"],
        "minTradeNum": lot,
        "priceEndStep": "1",
        "volumePlace": str(len(lot.partition(".")[2])),
        "pricePlace": str(listing.decimals),
        "sizeMultiplier": lot,
        "symbolType": "perpetual",
        "minTradeUSDT": "5",
        "maxSymbolOrderNum": "200",
        "maxProductOrderNum": "1000",
        "maxPositionNum": "150",
        "symbolStatus": "normal",
        "offTime": "-1",
        "limitOpenTime": "-1",
        "deliveryTime": "",
        "deliveryStartTime": "",
        "launchTime": "",
        "fundInterval": str(listing.funding_hours),
        "minLever": "1",
        "maxLever": "125",
        "posLimit": "0.05",
        "maintainTime": "",
        **extra,
    }


def _spot(ask: Ask) -> Json:
    row = {
        "symbol": "BTCUSDT",
        "baseCoin": "BTC",
        "quoteCoin": "USDT",
        "minTradeAmount": "0",
        "maxTradeAmount": "10000000000",
        "takerFeeRate": "0.002",
        "makerFeeRate": "0.002",
        "pricePrecision": "2",
        "quantityPrecision": "6",
        "quotePrecision": "8",
        "status": "online",
        "minTradeUSDT": "1",
        "tick": told(0.01, 2),
    }
    return wrapped(ask, [row])


def _margins(ask: Ask) -> Json:
    row = {"symbol": "BTCUSDT", "baseCoin": "BTC", "quoteCoin": "USDT", "isBorrowable": True}
    return wrapped(ask, [row])


def _coins(ask: Ask) -> Json:
    rows = [
        {"coinId": str(n), "coin": coin, "transfer": "true", "chains": []}
        for n, coin in enumerate(("BTC", "USDT"))
    ]
    return wrapped(ask, rows)


BESIDES = (
    Route("GET", "/api/v2/spot/public/symbols", "instruments", _spot),
    Route("GET", "/api/v2/spot/public/coins", "instruments", _coins),
    Route("GET", "/api/v2/margin/currencies", "instruments", _margins),
)
