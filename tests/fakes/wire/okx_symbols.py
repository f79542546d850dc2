"""What OKX lists."""

from liqbot.market.units import moment_of
from tests.fakes.asking import Ask, decline, plain, told
from tests.fakes.faults import Json
from tests.fakes.listing import Listing


def wrapped(rows: list[Json]) -> Json:
    """Return rows as every answer of OKX comes."""
    return {"code": "0", "data": rows, "msg": ""}


def error(code: str, text: str) -> dict[str, Json]:
    """Return what OKX says is wrong."""
    return {"code": code, "data": [], "msg": text}


def instruments(ask: Ask) -> Json:
    """Return what a type lists; among swaps an inverse one and one that is suspended."""
    kind = ask.one_of("instType", ("SWAP", "FUTURES", "SPOT", "OPTION"))
    pattern = ask.world.listing("okx", "BTC")
    if kind == "OPTION":
        ask.text("uly")
        return wrapped([])
    if kind == "SPOT":
        spot = {"baseCcy": "BTC", "quoteCcy": "USDT", "settleCcy": "", "ctVal": "", "ctValCcy": ""}
        return wrapped([_row(pattern, "BTC-USDT", "BTC", "SPOT", uly="", ctType="", **spot)])
    if kind == "FUTURES":
        until_ms = ask.world.quarter_ms
        name = f"BTC-USDT-{moment_of(until_ms):%y%m%d}"
        dated = {"expTime": str(until_ms), "alias": "quarter"}
        return wrapped([_row(pattern, name, "BTC", "FUTURES", **dated)])
    inverse = {"ctType": "inverse", "ctVal": "100", "ctValCcy": "USD", "settleCcy": "BTC"}
    inverse |= {"uly": "BTC-USD", "instFamily": "BTC-USD"}
    return wrapped(
        [
            *(_row(each, f"{each.base}-USDT-SWAP", each.base, "SWAP") for each in ask.listings()),
            _row(pattern, "BTC-USD-SWAP", "BTC", "SWAP", **inverse),
            _row(pattern, "GONE-USDT-SWAP", "GONE", "SWAP", state="suspend"),
        ]
    )


def _row(listing: Listing, name: str, base: str, kind: str, **extra: str) -> dict[str, Json]:
    lot = plain(round(listing.lot / listing.contract, 9))
    return {
        "alias": "",
        "auctionEndTime": "",
        "baseCcy": "",
        "category": "1",
        "contTdSwTime": "",
        "ctMult": "1",
        "ctType": "linear",
        "ctVal": plain(listing.contract),
        "ctValCcy": base,
        "expTime": "",
        "futureSettlement": False,
        "instFamily": f"{base}-USDT",
        "instId": name,
        "instIdCode": 10459,
        "instType": kind,
        "lever": "100",
        "listTime": "1573557408000",
        "lotSz": lot,
        "maxLmtSz": "100000000",
        "maxMktSz": "12000",
        "minSz": lot,
        "openType": "",
        "optType": "",
        "quoteCcy": "",
        "ruleType": "normal",
        "settleCcy": "USDT",
        "state": "live",
        "stk": "",
        "tickSz": told(10.0**-listing.decimals, listing.decimals),
        "uly": f"{base}-USDT",
        **extra,
    }


def brackets(ask: Ask) -> Json:
    """Return the position tiers of a family, in contracts."""
    ask.one_of("instType", ("SWAP",))
    ask.one_of("tdMode", ("cross", "isolated"))
    base, _, quote = ask.text("instFamily").partition("-")
    if quote != "USDT":
        decline(error("51000", "Parameter instFamily error"), 200)
    listing = ask.listing(base)
    worth = listing.contract * listing.walk.open[0]
    rows = [
        {
            "baseMaxLoan": "",
            "imr": plain(1 / bracket.max_leverage),
            "instFamily": f"{base}-USDT",
            "instId": "",
            "maxLever": str(bracket.max_leverage),
            "maxSz": str(round(bracket.cap / worth)),
            "minSz": str(round(bracket.floor / worth) + (place > 0)),
            "mmr": plain(bracket.rate),
            "optMgnFactor": "0",
            "quoteMaxLoan": "",
            "tier": str(place + 1),
            "uly": f"{base}-USDT",
        }
        for place, bracket in enumerate(listing.brackets())
    ]
    return wrapped(rows)
