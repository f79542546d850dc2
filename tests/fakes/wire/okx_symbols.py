"""What OKX lists."""

from liqbot.market.units import moment_of
from tests.fakes.asking import Ask, plain, told
from tests.fakes.faults import Json
from tests.fakes.listing import Listing


def wrapped(rows: list[Json]) -> Json:
    """Return rows as every answer of OKX comes."""
    return {"code": "0", "data": rows, "msg": ""}


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
