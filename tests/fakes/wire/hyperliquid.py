"""Hyperliquid on the wire: one address, and the question in the body."""

import re
from collections.abc import Mapping
from zlib import crc32

from liqbot.market.units import HOUR_MS, MINUTE_MS
from tests.fakes.asking import Ask, Refusal, Route, Wire, page, plain, told
from tests.fakes.faults import Json
from tests.fakes.listing import Listing

_INTERVALS = {"1m": 1, "3m": 3, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240}
_INTERVALS |= {"8h": 480, "12h": 720, "1d": 1440}
_CANDLES, _FUNDINGS, _LEVELS = 5000, 500, 20
_MOST = 40  # leverage
_RANKING = "/Mainnet/leaderboard"
IDLE = {2, *range(10, 91, 10)}  # accounts


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
    row = {"szDecimals": digits, "name": name, "maxLeverage": _MOST, "marginTableId": 56}
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


def held(listing: Listing, address: str, now_ms: int) -> dict[str, Json]:
    """Return the position of an address in a market, isolated, opened a few hours ago at most.

    It is liquidated where half of the least initial margin is left: E·(1 − s/L) / (1 − s·l).
    """
    draw = crc32(f"{address} {listing.base}".encode())
    sign, leverage = (1 if draw % 2 else -1), (3, 5, 10, 20)[draw // 2 % 4]
    mark, lot = listing.mark(now_ms), listing.lot
    entry = mark * (1 - sign * 0.004 * (draw // 8 % 5))
    quantity = max(round(listing.open_interest_now(now_ms) * 1e-3 / lot), 1) * lot
    least = 0.5 / _MOST
    liquidation = entry * (1 - sign / leverage) / (1 - sign * least)
    return {
        "coin": listing.base,
        "szi": plain(sign * quantity),
        "leverage": {"type": "isolated", "value": leverage, "rawUsd": "-1.0"},
        "entryPx": told(entry, listing.decimals),
        "positionValue": plain(quantity * mark),
        "unrealizedPnl": plain(sign * quantity * (mark - entry)),
        "returnOnEquity": "0.0",
        "liquidationPx": told(liquidation, listing.decimals + 2),
        "marginUsed": plain(quantity * entry / leverage),
        "maxLeverage": _MOST,
        "cumFunding": {"allTime": "0.0", "sinceOpen": "0.0", "sinceChange": "0.0"},
    }


def _state(ask: Ask) -> Json:
    """Answer for an address: …0 has nothing open, …f also a coin of another dex, 0xdead… errs."""
    ask.text("type")
    address, now_ms = ask.text("user"), ask.now_ms
    if not re.fullmatch("0x[0-9a-f]{40}", address):
        ask.violate(f"user={address} is no address")
    if address.startswith("0xdead"):
        raise Refusal(f"Failed to deserialize the JSON body: {address}", 422)
    rows = [held(each, address, now_ms) for each in ask.listings() if address[-1] != "0"]
    if address[-1] == "f":
        rows.append(rows[0] | {"coin": "xyz:GOLD", "liquidationPx": None})
    summary = dict.fromkeys(
        ("accountValue", "totalNtlPos", "totalRawUsd", "totalMarginUsed"), "1.0"
    )
    return {
        "marginSummary": summary,
        "crossMarginSummary": summary,
        "crossMaintenanceMarginUsed": "0.0",
        "withdrawable": "1.0",
        "assetPositions": [{"type": "oneWay", "position": each} for each in rows],
        "time": now_ms,
    }


def ranked(number: int, *, week: str = "1250000.5", worth: float | None = None) -> dict[str, Json]:
    """Return a row of the leaderboard: account 1 is the largest, and holds something."""
    told = {"pnl": "-12.5", "roi": "0.01", "vlm": week}
    return {
        "ethAddress": leader(number),
        "accountValue": plain(1e9 / number if worth is None else worth),
        "windowPerformances": [[name, told] for name in ("day", "week", "month", "allTime")],
        "prize": 0,
        "displayName": '}],ä"' if number % 3 else None,
    }


def leader(number: int) -> str:
    """Return the address of an account."""
    return f"0x{number:03x}{'cd' * 18}1"


def _leaderboard(_: Ask) -> Json:
    """Answer with 90 accounts in no order, of whom the idle have not traded."""
    numbers = sorted(range(1, 91), key=lambda each: crc32(leader(each).encode()))
    return {
        "leaderboardRows": [
            ranked(each, week="0.0") if each in IDLE else ranked(each) for each in numbers
        ]
    }


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
    hosts=("api.hyperliquid.xyz", "stats-data.hyperliquid.xyz"),
    routes=(
        Route("POST", "/info/exchangeStatus", "time", _status, lambda _: 2),
        Route("POST", "/info/metaAndAssetCtxs", "instruments", _markets, _heavy),
        Route("POST", "/info/candleSnapshot", "candles", _candles, _weight_of_candles),
        Route("POST", "/info/fundingHistory", "funding_history", _funding_history, _heavy),
        Route("POST", "/info/l2Book", "book", _book, lambda _: 2),
        Route("POST", "/info/clearinghouseState", "positions", _state, lambda _: 2),
        Route("POST", "/info/spotMeta", "instruments", _spot, _heavy),
        Route("POST", "/info/spotMetaAndAssetCtxs", "instruments", _spot_markets, _heavy),
        Route("POST", "/info/perpDexs", "instruments", _dexes, _heavy),
        Route("GET", _RANKING, "leaderboard", _leaderboard, lambda _: 0),
    ),
    unknown=_unknown,
    limited=None,
    path=lambda path, words: path if path == _RANKING else f"{path}/{words.get('type')}",
)
