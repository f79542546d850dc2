"""Bitget v2 futures on the wire."""

from collections.abc import Callable

from liqbot.market.units import DAY_MS, MINUTE_MS
from tests.fakes.asking import Ask, Refusal, Route, Unlisted, Wire, decline, page, plain, told
from tests.fakes.faults import Json
from tests.fakes.listing import Listing
from tests.fakes.wire.bitget_symbols import BESIDES, instruments, wrapped

_INTERVALS = {"1m": 1, "3m": 3, "5m": 5, "15m": 15, "30m": 30, "1H": 60, "4H": 240}
_INTERVALS |= {"6Hutc": 360, "12Hutc": 720, "1Dutc": 1440}
_RECENT = {1: 30, 3: 30, 5: 30, 15: 30, 30: 30, 60: 60, 240: 240}  # days that are not history yet
_DEPTHS = {"1": 1, "5": 5, "15": 15, "50": 50, "100": 100, "max": 500}
_PAGE = 100


def _listing(ask: Ask) -> Listing:
    ask.one_of("productType", ("USDT-FUTURES",))
    symbol = ask.text("symbol")
    if not symbol.endswith("USDT"):
        raise Unlisted(symbol)
    return ask.listing(symbol.removesuffix("USDT"))


def _time(ask: Ask) -> Json:
    return wrapped(ask, {"serverTime": str(ask.now_ms)})


def _candles(cap: int, *, mark: bool = False, history: bool = False) -> Callable[[Ask], Json]:
    def answer(ask: Ask) -> Json:
        listing, now_ms = _listing(ask), ask.now_ms
        minutes = _INTERVALS[ask.one_of("granularity", _INTERVALS)]
        step_ms, limit = minutes * MINUTE_MS, ask.limit("limit", 100, cap)
        marked = mark or _kind(ask, history=history) == "mark"
        end_ms, start_ms = ask.integer("endTime", now_ms), ask.integer("startTime", -1)
        if start_ms >= 0 and end_ms - start_ms > 90 * DAY_MS:
            ask.violate("more than 90 days at once")
            decline(_error(ask, "40017", "The time range cannot exceed 90 days"))
        reach_ms = 0 if history else now_ms - _RECENT.get(minutes, 360) * DAY_MS
        since_ms = max(start_ms, reach_ms)
        first, last = page(since_ms, min(end_ms, now_ms) - 1, step_ms, limit)
        rows = listing.candles(step_ms, first, last + 1, now_ms, mark=marked)
        columns = (rows.opened_ms, rows.volume, rows.open, rows.high, rows.low, rows.close)
        told_rows = [
            [
                str(opened),
                *(told(price, listing.decimals + marked) for price in prices),
                "0" if marked else plain(volume),
                "0" if marked else told(volume * prices[3], 4),
            ]
            for opened, volume, *prices in zip(*(each.tolist() for each in columns), strict=True)
        ]
        return wrapped(ask, told_rows)

    return answer


def _kind(ask: Ask, *, history: bool) -> str:
    if history:
        return "market"
    return ask.one_of("kLineType", ("MARKET", "MARK", "market", "mark"), "market").lower()


def _open_interest(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    row = {"symbol": f"{listing.base}USDT", "size": plain(listing.open_interest_now(now_ms))}
    return wrapped(ask, {"openInterestList": [row], "ts": str(now_ms)})


def _funding(ask: Ask) -> Json:
    listing = _listing(ask)
    next_ms, rate = listing.funding_now(ask.now_ms)
    row = {
        "symbol": f"{listing.base}USDT",
        "fundingRate": plain(rate),
        "fundingRateInterval": str(listing.funding_hours),
        "nextUpdate": str(next_ms),
        "minFundingRate": "-0.003",
        "maxFundingRate": "0.003",
    }
    return wrapped(ask, [row])


def _tickers(ask: Ask) -> Json:
    ask.one_of("productType", ("USDT-FUTURES",))
    return wrapped(ask, [_ticker(each, ask.now_ms) for each in ask.listings()])


def _ticker(listing: Listing, now_ms: int) -> dict[str, Json]:
    _, rate = listing.funding_now(now_ms)
    last = told(listing.last(now_ms), listing.decimals)
    mark = told(listing.mark(now_ms), listing.decimals + 1)
    return {
        "symbol": f"{listing.base}USDT",
        "lastPr": last,
        "askPr": told(float(last) + 10.0**-listing.decimals, listing.decimals),
        "bidPr": last,
        "bidSz": "1",
        "askSz": "1",
        "high24h": last,
        "low24h": last,
        "ts": str(now_ms),
        "change24h": "0",
        "baseVolume": "1",
        "quoteVolume": "1",
        "usdtVolume": "1",
        "openUtc": last,
        "changeUtc24h": "0",
        "indexPrice": mark,
        "fundingRate": plain(rate),
        "holdingAmount": plain(listing.open_interest_now(now_ms)),
        "deliveryStartTime": None,
        "deliveryTime": None,
        "deliveryStatus": "",
        "open24h": last,
        "markPrice": mark,
    }


def _funding_history(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    size, number = ask.limit("pageSize", 20, _PAGE), ask.integer("pageNo", 1)
    at_ms, rates = listing.funding(0, now_ms)
    rows = [
        {"symbol": f"{listing.base}USDT", "fundingRate": plain(rate), "fundingTime": str(at)}
        for at, rate in zip(at_ms.tolist(), rates.tolist(), strict=True)
    ]
    return wrapped(ask, rows[::-1][(number - 1) * size : number * size])


def _book(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    levels = _DEPTHS[ask.one_of("limit", _DEPTHS, "100")]
    bids, asks = (
        [[round(p, listing.decimals), q] for p, q in side] for side in listing.book(now_ms, levels)
    )
    book = {
        "asks": asks,
        "bids": bids,
        "ts": str(now_ms),
        "scale": told(10.0**-listing.decimals, listing.decimals),
        "precision": "scale0",
        "isMaxPrecision": "NO",
    }
    return wrapped(ask, book)


def _tiers(ask: Ask) -> Json:
    listing = _listing(ask)
    rows = [
        {
            "symbol": f"{listing.base}USDT",
            "level": str(place + 1),
            "startUnit": plain(bracket.floor),
            "endUnit": plain(bracket.cap),
            "leverage": str(bracket.max_leverage),
            "keepMarginRate": plain(bracket.rate),
        }
        for place, bracket in enumerate(listing.brackets())
    ]
    return wrapped(ask, rows)


def _error(ask: Ask, code: str, text: str) -> dict[str, Json]:
    return {"code": code, "msg": text, "requestTime": ask.now_ms, "data": None}


def _unknown(ask: Ask) -> Refusal:
    return Refusal(_error(ask, "40034", f"Parameter {ask.words.get('symbol')} does not exist"))


_MARKET = "/api/v2/mix/market"

WIRE = Wire(
    name="bitget",
    hosts=("api.bitget.com",),
    routes=(
        *BESIDES,
        Route("GET", "/api/v2/public/time", "time", _time),
        Route("GET", f"{_MARKET}/contracts", "instruments", instruments),
        Route("GET", f"{_MARKET}/candles", "candles", _candles(1000)),
        Route("GET", f"{_MARKET}/history-candles", "candles", _candles(200, history=True)),
        Route(
            "GET",
            f"{_MARKET}/history-mark-candles",
            "mark_candles",
            _candles(200, mark=True, history=True),
        ),
        Route("GET", f"{_MARKET}/open-interest", "open_interest", _open_interest),
        Route("GET", f"{_MARKET}/current-fund-rate", "funding", _funding),
        Route("GET", f"{_MARKET}/tickers", "tickers", _tickers),
        Route("GET", f"{_MARKET}/history-fund-rate", "funding_history", _funding_history),
        Route("GET", f"{_MARKET}/merge-depth", "book", _book),
        Route("GET", f"{_MARKET}/query-position-lever", "brackets", _tiers),
    ),
    unknown=_unknown,
    limited={"code": "429", "msg": "Too Many Requests", "requestTime": 0, "data": None},
    budget=20,
    window_s=1,
    headers=lambda used, _: {"X-MBX-Used-Remain-Limit": str(max(0, 20 - used))},
)
