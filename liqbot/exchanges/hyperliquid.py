"""Hyperliquid perpetuals."""

import math
from typing import Any

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.opening import exchange
from liqbot.exchanges._ccxt.pages import CANDLE_MS, columns_of, number, ohlcv
from liqbot.exchanges._ccxt.venue import Market, Past, Present, Venue
from liqbot.exchanges._pacing import Budget
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.mending import Columns
from liqbot.market.units import HOUR_MS

# It grants 1200 a minute and counts a page of candles as 37 (20, and 1 for every 60 rows), which
# ccxt counts as 4: this, half of which is spent steadily, allows 31 pages.
_BUDGET = Budget(weight=250, window_s=60)
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
        candles=Past(page=_candles, rows=1000, step_ms=CANDLE_MS, days=5000 * 5 / 1440),
        funding=Past(page=_funding, rows=500, step_ms=HOUR_MS),
        present=_present,
        brackets=_brackets,
        quotes=("USDC",),
    )
)
