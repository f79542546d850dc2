"""What Binance lists."""

from liqbot.market.units import moment_of
from tests.fakes.asking import Ask, plain, told
from tests.fakes.faults import Json
from tests.fakes.listing import Listing

_FOREVER_MS = 4_133_404_800_000
_USUAL: dict[str, Json] = {
    "maintMarginPercent": "2.5000",
    "requiredMarginPercent": "5.0000",
    "baseAssetPrecision": 8,
    "quotePrecision": 8,
    "underlyingType": "COIN",
    "underlyingSubType": ["PoW"],
    "triggerProtect": "0.0500",
    "liquidationFee": "0.012500",
    "marketTakeBound": "0.05",
    "orderTypes": ["LIMIT", "MARKET", "STOP"],
    "timeInForce": ["GTC", "IOC", "FOK", "GTX"],
}


def instruments(ask: Ask) -> Json:
    """Return every contract: those that trade, one that is dated and one that is delisted."""
    perpetuals = [
        _symbol(
            f"{each.base}USDT",
            each.base,
            each,
            status="SETTLING" if ask.is_delisted(each.base) else "TRADING",
        )
        for each in ask.world.listings("binance")
    ]
    pattern, until_ms = ask.world.listing("binance", "BTC"), ask.world.quarter_ms
    dated_name = f"BTCUSDT_{moment_of(until_ms):%y%m%d}"
    dated = _symbol(dated_name, "BTC", pattern, kind="CURRENT_QUARTER", until_ms=until_ms)
    gone = _symbol("GONEUSDT", "GONE", pattern, status="SETTLING")
    return {
        "timezone": "UTC",
        "serverTime": ask.now_ms,
        "futuresType": "U_MARGINED",
        "rateLimits": [
            {
                "rateLimitType": "REQUEST_WEIGHT",
                "interval": "MINUTE",
                "intervalNum": 1,
                "limit": 2400,
            }
        ],
        "exchangeFilters": [],
        "assets": [{"asset": "USDT", "marginAvailable": True, "autoAssetExchange": "-10000"}],
        "symbols": [*perpetuals, dated, gone],
    }


def _symbol(
    symbol: str,
    base: str,
    listing: Listing,
    *,
    kind: str = "PERPETUAL",
    status: str = "TRADING",
    until_ms: int = _FOREVER_MS,
) -> dict[str, Json]:
    tick, lot = told(10.0**-listing.decimals, listing.decimals), plain(listing.lot)
    quantity_decimals = len(lot.partition(".")[2])
    return _USUAL | {
        "symbol": symbol,
        "pair": f"{base}USDT",
        "contractType": kind,
        "deliveryDate": until_ms,
        "onboardDate": 1_569_398_400_000,
        "status": status,
        "baseAsset": base,
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": listing.decimals,
        "quantityPrecision": quantity_decimals,
        "filters": [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": tick,
                "maxPrice": "4529764",
                "tickSize": tick,
            },
            {"filterType": "LOT_SIZE", "minQty": lot, "maxQty": "1000000", "stepSize": lot},
            {"filterType": "MIN_NOTIONAL", "notional": "5"},
        ],
    }
