"""Hyperliquid perpetuals."""

import json
import math
from typing import Any

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.opening import exchange
from liqbot.exchanges._ccxt.pages import CANDLE_MS, columns_of, number, ohlcv
from liqbot.exchanges._ccxt.settings import ADDRESS, AddressedSettings
from liqbot.exchanges._ccxt.venue import Leaderboard, Market, Past, Present, Shown, Venue
from liqbot.exchanges._pacing import Budget
from liqbot.exchanges._ranking import Account
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.mending import Columns
from liqbot.market.position import Position
from liqbot.market.units import HOUR_MS, Price, Quantity, Side

# It grants 1200 a minute: no more than eight tenths of this are spent in any, a burst included.
_BUDGET = Budget(weight=1500, window_s=60)
_LIGHT = {"clearinghouseState", "l2Book"}
_MOST_USD = 1e12  # more than any account can be worth
_OHLCV = ("t", "o", "h", "l", "c", "v")


async def _candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    span = {"coin": market["baseName"], "interval": "5m", "startTime": from_ms, "endTime": to_ms}
    rows = await line.api.publicPostInfo({"type": "candleSnapshot", "req": span})
    return ohlcv(([row[name] for name in _OHLCV] for row in rows), volume=5)


async def _funding(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    span = {"coin": market["baseName"], "startTime": from_ms, "endTime": to_ms}
    rows = await line.api.publicPostInfo({"type": "fundingHistory", **span})
    return columns_of([(row["time"], row["fundingRate"]) for row in rows], ("at_ms", "rate"))


async def _present(line: Line, market: Market) -> Present:
    at_ms, (_, contexts) = await line.shared("contexts", lambda: _contexts(line))
    told = contexts[market["baseName"]]
    return Present(
        at_ms=at_ms,
        mark=number(told["markPx"]),
        open_interest=number(told["openInterest"]),
        funding_rate=number(told["funding"]),
    )


async def _brackets(line: Line, market: Market) -> MarginSchedule:
    """Return a market's margin table: half of the least initial margin has to remain.

    Source: Hyperliquid documentation, "margin tiers".
    """
    _, (tables, contexts) = await line.shared("contexts", lambda: _contexts(line))
    told = contexts[market["baseName"]]
    plain = [{"lowerBound": "0", "maxLeverage": told["maxLeverage"]}]
    tiers = tables.get(told.get("marginTableId"), plain)
    caps = [number(tier["lowerBound"]) for tier in tiers[1:]]
    leverages = [number(tier["maxLeverage"]) for tier in tiers]
    rows = [(cap, 0.5 / most, most) for cap, most in zip([*caps, math.inf], leverages, strict=True)]
    return schedule_from(rows, f"Hyperliquid's margin tables of {line.clock.now():%Y-%m-%d}")


async def _held(line: Line, address: str) -> list[Position]:
    """Return what an address holds in the venue's own markets, in one request of weight 2.

    Source: Hyperliquid documentation, "info endpoint: perpetuals", clearinghouseState.
    """
    listed = {each["baseName"]: each for each in (await line.markets()).values() if each["swap"]}
    told = await line.api.publicPostInfo({"type": "clearinghouseState", "user": address})
    rows = (each["position"] for each in told["assetPositions"])
    return [
        _position(listed[row["coin"]], row, int(told["time"]))
        for row in rows
        if row["coin"] is None or row["coin"] in listed
    ]


def _position(market: Market, row: Any, at_ms: int) -> Position:  # noqa: ANN401 - JSON
    size = number(row["szi"])
    return Position(
        instrument=Instrument("hyperliquid", market["base"], market["quote"]),
        side=Side.LONG if size > 0 else Side.SHORT,
        quantity=Quantity(abs(size)),
        entry=Price(number(row["entryPx"])),
        liquidation=Price(number(row["liquidationPx"])),
        leverage=number(row["leverage"]["value"]),
        is_cross=row["leverage"]["type"] == "cross",
        mark=Price(number(row["positionValue"]) / abs(size) if size else math.nan),
        at_ms=at_ms,
    )


def _account(row: Any) -> Account | None:  # noqa: ANN401 - JSON
    """Return whose account a row of the leaderboard is about and its value; None: left alone.

    Nobody has written down what stands in a row, so all of it may be otherwise one day.
    """
    address, value = row["ethAddress"], number(row["accountValue"])
    traded = number(dict(row["windowPerformances"])["week"]["vlm"])
    if not ADDRESS.fullmatch(address) or not 0 <= value < _MOST_USD or not 0 <= traded < math.inf:
        raise ValueError("no account")
    return (address.lower(), value) if traded else None


def _weight(body: str) -> float:
    """Return what the venue counts a question as, which ccxt knows of candles least.

    Source: Hyperliquid documentation, "rate limits".
    """
    asked: dict[str, Any] = json.loads(body)
    if asked["type"] in _LIGHT:
        return 2
    span = asked.get("req", asked)
    rows = {"candleSnapshot": 60 * CANDLE_MS, "fundingHistory": 20 * HOUR_MS}  # told for 1 more
    more = rows.get(asked["type"], math.inf)
    return 20 + float(span.get("endTime", 0) - span.get("startTime", 0)) / more


async def _contexts(line: Line) -> tuple[dict[int, Any], dict[str, Any]]:
    """Return the tiers by table, and what is told of each market by its name, in one request."""
    meta, contexts = await line.ask(line.api.publicPostInfo({"type": "metaAndAssetCtxs"}))
    pairs = zip(meta["universe"], contexts, strict=True)
    tables = {key: table["marginTiers"] for key, table in meta.get("marginTables", [])}
    return tables, {known["name"]: {**known, **now} for known, now in pairs}


EXCHANGE = exchange(
    Venue(
        name="hyperliquid",
        summary="Hyperliquid perpetuals",
        ccxt_id="hyperliquid",
        options={"fetchMarkets": {"types": ["swap"]}},
        budget=_BUDGET,
        weigh=_weight,
        candles=Past(page=_candles, rows=1000, step_ms=CANDLE_MS, days=5000 * 5 / 1440),
        funding=Past(page=_funding, rows=500, step_ms=HOUR_MS),
        present=_present,
        brackets=_brackets,
        settings=AddressedSettings,
        shown=Shown(
            held=_held,
            leaderboard=Leaderboard(
                url="https://stats-data.hyperliquid.xyz/Mainnet/leaderboard",
                key="leaderboardRows",
                account=_account,
            ),
        ),
        quotes=("USDC",),
    )
)
