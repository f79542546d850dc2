"""Hyperliquid on the wire: one address, and the question in the body."""

from collections.abc import Mapping

from liqbot.market.units import HOUR_MS, MINUTE_MS
from tests.fakes.asking import Ask, Refusal, Route, Wire, page, plain, told
from tests.fakes.faults import Json
from tests.fakes.listing import Listing

_INTERVALS = {"1m": 1, "3m": 3, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240}
_INTERVALS |= {"8h": 480, "12h": 720, "1d": 1440}
_CANDLES, _FUNDINGS, _LEVELS = 5000, 500, 20


def _status(ask: Ask) -> Json:
    ask.text("type")
    return {"time": ask.now_ms, "specialStatuses": None}


def _markets(ask: Ask) -> Json:
    ask.text("type")
    if ask.text("dex", ""):
        ask.violate(f"dex={ask.words['dex']} is none")
    universe, contexts = [], []
    for each in ask.world.listings("hyperliquid"):
        universe.append(_meta(each, each.base, delisted=ask.is_delisted(each.base)))
        contexts.append(_context(each, ask.now_ms))
    for each in ask.listings():
        contexts[ask.world.bases.index(each.base)] = _context(each, ask.now_ms)
    pattern = ask.world.listing("hyperliquid", "BTC")
    universe.append(_meta(pattern, "GONE", delisted=True))
    contexts.append(_context(pattern, ask.now_ms) | {"openInterest": "0.0", "midPx": None})
    return [{"universe": universe, "marginTables": [], "collateralToken": 0}, contexts]


def _meta(listing: Listing, name: str, *, delisted: bool) -> dict[str, Json]:
    digits = len(plain(listing.lot).partition(".")[2])
    row = {"szDecimals": digits, "name": name, "maxLeverage": 40, "marginTableId": 56}
    return row | ({"isDelisted": True} if delisted else {})


def _context(listing: Listing, now_ms: int) -> dict[str, Json]:
    _, rate = listing.funding_now(now_ms)
    mark = told(listing.mark(now_ms), listing.decimals + 1)
    last = told(listing.last(now_ms), listing.decimals)
    return {
        "funding": plain(rate),
        "openInterest": plain(listing.open_interest_now(now_ms)),
        "prevDayPx": last,
        "dayNtlVlm": "1.0",
        "premium": "0.0",
        "oraclePx": mark,
        "markPx": mark,
        "midPx": last,
        "impactPxs": [last, last],
        "dayBaseVlm": "1.0",
    }


def _candles(ask: Ask) -> Json:
    ask.text("type")
    ask.text("req")
    request = Ask(
        venue=ask.venue,
        endpoint=ask.endpoint,
        world=ask.world,
        faults=ask.faults,
        words=ask.words["req"],
        violations=ask.violations,
    )
    coin, interval = request.text("coin"), request.one_of("interval", _INTERVALS)
    listing, now_ms = ask.listing(coin), ask.now_ms
    step_ms = _INTERVALS[interval] * MINUTE_MS
    since_ms = max(request.integer("startTime", 0), now_ms - _CANDLES * step_ms)
    end_ms = min(request.integer("endTime", now_ms), now_ms - 1)
    first, last = page(since_ms, end_ms, step_ms, _CANDLES)
    for word in sorted(request.unread()):
        ask.violate(f"{word} means nothing there")
    rows = listing.candles(step_ms, first, last + 1, now_ms)
    columns = (rows.opened_ms, rows.volume, rows.open, rows.high, rows.low, rows.close)
    return [
        {
            "t": opened,
            "T": opened + step_ms - 1,
            "s": coin,
            "i": interval,
            "o": told(open_, listing.decimals),
            "c": told(close, listing.decimals),
            "h": told(high, listing.decimals),
            "l": told(low, listing.decimals),
            "v": plain(volume),
            "n": 100,
        }
        for opened, volume, open_, high, low, close in zip(
            *(each.tolist() for each in columns), strict=True
        )
    ]


def _funding_history(ask: Ask) -> Json:
    ask.text("type")
    coin = ask.text("coin")
    listing, now_ms = ask.listing(coin), ask.now_ms
    start_ms, end_ms = ask.integer("startTime", 0), ask.integer("endTime", now_ms)
    since_ms, until_ms = page(start_ms, min(end_ms, now_ms), HOUR_MS, _FUNDINGS, oldest=True)
    at_ms, rates = listing.funding(since_ms, until_ms)
    return [
        {"coin": coin, "fundingRate": plain(rate), "premium": "0.0", "time": at}
        for at, rate in zip(at_ms.tolist(), rates.tolist(), strict=True)
    ]


def _book(ask: Ask) -> Json:
    ask.text("type")
    coin = ask.text("coin")
    listing, now_ms = ask.listing(coin), ask.now_ms
    levels = [
        [{"px": told(p, listing.decimals), "sz": plain(q), "n": 3} for p, q in side]
        for side in listing.book(now_ms, _LEVELS)
    ]
    return {"coin": coin, "time": now_ms, "levels": levels}


_SPOT = {
    "universe": [{"tokens": [1, 0], "name": "PURR/USDC", "index": 0, "isCanonical": True}],
    "tokens": [
        {
            "name": name,
            "szDecimals": digits,
            "weiDecimals": 8,
            "index": place,
            "tokenId": f"0x{place:032x}",
            "isCanonical": True,
            "evmContract": None,
            "fullName": None,
        }
        for place, (name, digits) in enumerate({"USDC": 8, "PURR": 0}.items())
    ],
}


def _spot(ask: Ask) -> Json:
    ask.text("type")
    return _SPOT


def _spot_markets(ask: Ask) -> Json:
    ask.text("type")
    context = {"prevDayPx": "0.2", "dayNtlVlm": "1.0", "markPx": "0.2", "midPx": "0.2"}
    return [_SPOT, [context | {"circulatingSupply": "6e8", "coin": "PURR/USDC"}]]


def _dexes(ask: Ask) -> Json:
    ask.text("type")
    return [None]


def _unknown(_: Ask) -> Refusal:
    return Refusal(None, 500)


def _heavy(_: Mapping[str, Json]) -> int:
    return 20


def _weight_of_candles(words: Mapping[str, Json]) -> int:
    request = words["req"]
    step_ms = _INTERVALS.get(request["interval"], 1) * MINUTE_MS
    rows = (int(request["endTime"]) - int(request["startTime"])) // step_ms
    return int(20 + min(rows, _CANDLES) // 60)


WIRE = Wire(
    name="hyperliquid",
    hosts=("api.hyperliquid.xyz",),
    routes=(
        Route("POST", "/info/exchangeStatus", "time", _status, lambda _: 2),
        Route("POST", "/info/metaAndAssetCtxs", "instruments", _markets, _heavy),
        Route("POST", "/info/candleSnapshot", "candles", _candles, _weight_of_candles),
        Route("POST", "/info/fundingHistory", "funding_history", _funding_history, _heavy),
        Route("POST", "/info/l2Book", "book", _book, lambda _: 2),
        Route("POST", "/info/spotMeta", "instruments", _spot, _heavy),
        Route("POST", "/info/spotMetaAndAssetCtxs", "instruments", _spot_markets, _heavy),
        Route("POST", "/info/perpDexs", "instruments", _dexes, _heavy),
    ),
    unknown=_unknown,
    limited=None,
    path=lambda path, words: f"{path}/{words.get('type')}",
)
