"""The indexer of dYdX v4 on the wire: rows newest first, times as ISO texts."""

from datetime import datetime

from liqbot.market.units import MINUTE_MS, moment_of, ms_of
from tests.fakes.asking import Ask, Refusal, Route, Unlisted, Wire, page, plain, told
from tests.fakes.faults import Json
from tests.fakes.listing import Listing

_RESOLUTIONS = {"1MIN": 1, "5MINS": 5, "15MINS": 15, "30MINS": 30, "1HOUR": 60, "4HOURS": 240}
_RESOLUTIONS |= {"1DAY": 1440}
_ROWS, _LEVELS = 1000, 100


def _listing(ask: Ask) -> Listing:
    name = ask.text("market")
    if not name.endswith("-USD"):
        raise Unlisted(name)
    return ask.listing(name.removesuffix("-USD"))


def _iso(at_ms: int) -> str:
    return f"{moment_of(at_ms):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def _moment(ask: Ask, name: str, default_ms: int) -> int:
    text = ask.text(name, _iso(default_ms))
    return ms_of(datetime.fromisoformat(text))


def _time(ask: Ask) -> Json:
    return {"iso": _iso(ask.now_ms), "epoch": ask.now_ms / 1000}


def _markets(ask: Ask) -> Json:
    listings = [_listing(ask)] if "market" in ask.words else ask.listings()
    rows = {f"{each.base}-USD": _market(each, ask.now_ms, each.base) for each in listings}
    if "market" not in ask.words:
        pattern = _market(ask.world.listing("dydx", "BTC"), ask.now_ms, "GONE")
        rows["GONE-USD"] = pattern | {"status": "FINAL_SETTLEMENT", "openInterest": "0"}
    return {"markets": rows}


def _market(listing: Listing, now_ms: int, base: str) -> dict[str, Json]:
    _, rate = listing.funding_now(now_ms)
    amount = plain(listing.open_interest_now(now_ms))
    return {
        "clobPairId": "0",
        "ticker": f"{base}-USD",
        "status": "ACTIVE",
        "oraclePrice": told(listing.mark(now_ms), listing.decimals + 1),
        "priceChange24H": "0",
        "volume24H": "1",
        "trades24H": 1000,
        "nextFundingRate": plain(rate),
        "initialMarginFraction": "0.02",
        "maintenanceMarginFraction": "0.012",
        "openInterest": amount,
        "atomicResolution": -10,
        "quantumConversionExponent": -9,
        "tickSize": told(10.0**-listing.decimals, listing.decimals),
        "stepSize": plain(listing.lot),
        "stepBaseQuantums": 1000000,
        "subticksPerTick": 100000,
        "marketType": "CROSS",
        "openInterestLowerCap": "0",
        "openInterestUpperCap": "0",
        "baseOpenInterest": amount,
        "defaultFundingRate1H": "0",
    }


def _candles(ask: Ask) -> Json:
    listing, now_ms = _listing(ask), ask.now_ms
    resolution = ask.one_of("resolution", _RESOLUTIONS)
    step_ms, limit = _RESOLUTIONS[resolution] * MINUTE_MS, ask.limit("limit", 100, _ROWS)
    for misspelt in ("fromIso", "toIso"):  # as ccxt writes them; the indexer passes over them
        ask.text(misspelt, "")
    since_ms, until_ms = _moment(ask, "fromISO", 0), _moment(ask, "toISO", now_ms)
    first, last = page(since_ms, min(until_ms, now_ms) - 1, step_ms, limit)
    rows = listing.candles(step_ms, first, last + 1, now_ms)
    columns = (rows.opened_ms, rows.volume, rows.open, rows.high, rows.low, rows.close)
    candles = [
        {
            "startedAt": _iso(opened),
            "ticker": f"{listing.base}-USD",
            "resolution": resolution,
            "low": plain(low),
            "high": plain(high),
            "open": plain(open_),
            "close": plain(close),
            "baseTokenVolume": plain(volume),
            "usdVolume": told(volume * close, 4),
            "trades": 49,
            "startingOpenInterest": plain(listing.open_interest_now(opened)),
            "orderbookMidPriceOpen": plain(open_),
            "orderbookMidPriceClose": plain(close),
        }
        for opened, volume, open_, high, low, close in zip(
            *(each.tolist() for each in columns), strict=True
        )
    ]
    return {"candles": candles[::-1]}


def _funding_history(ask: Ask) -> Json:
    listing, limit = _listing(ask), ask.limit("limit", 100, _ROWS)
    until_ms = min(_moment(ask, "effectiveBeforeOrAt", ask.now_ms), ask.now_ms)
    at_ms, rates = listing.funding(0, until_ms)
    rows = [
        {
            "ticker": f"{listing.base}-USD",
            "rate": plain(rate),
            "price": plain(listing.mark(max(at, ask.world.begin_ms + 1))),
            "effectiveAtHeight": str(at // 1000),
            "effectiveAt": _iso(at),
        }
        for at, rate in zip(at_ms.tolist()[-limit:], rates.tolist()[-limit:], strict=True)
    ]
    return {"historicalFunding": rows[::-1]}


def _book(ask: Ask) -> Json:
    listing = _listing(ask)
    bids, asks = (
        [{"price": told(p, listing.decimals), "size": plain(q)} for p, q in side]
        for side in listing.book(ask.now_ms, _LEVELS)
    )
    return {"bids": bids, "asks": asks}


def _unknown(ask: Ask) -> Refusal:
    text = "ticker must be a valid ticker (BTC-USD, etc)"
    wrong = {"value": ask.words.get("market"), "msg": text, "param": "ticker", "location": "params"}
    return Refusal({"errors": [wrong]})


WIRE = Wire(
    name="dydx",
    hosts=("indexer.dydx.trade",),
    routes=(
        Route("GET", "/v4/time", "time", _time),
        Route("GET", "/v4/perpetualMarkets", "instruments", _markets),
        Route("GET", "/v4/candles/perpetualMarkets/{market}", "candles", _candles),
        Route("GET", "/v4/historicalFunding/{market}", "funding_history", _funding_history),
        Route("GET", "/v4/orderbooks/perpetualMarket/{market}", "book", _book),
    ),
    unknown=_unknown,
    limited={"errors": [{"msg": "Too many requests"}]},
    budget=100,
    window_s=10,
    headers=lambda used, now_ms: {
        "RateLimit-Limit": "100",
        "RateLimit-Remaining": str(max(0, 100 - used)),
        "RateLimit-Reset": str(now_ms + 10_000),
    },
)
