"""OKX, linear perpetual swaps."""

from collections.abc import Sequence
from typing import Any

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.opening import exchange
from liqbot.exchanges._ccxt.pages import CANDLE_MS, by_id, columns_of, number, ohlcv
from liqbot.exchanges._ccxt.venue import Market, Past, Present, Venue, Wire
from liqbot.exchanges._pacing import Budget
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.mending import Columns
from liqbot.market.tape import Liquidation
from liqbot.market.units import HOUR_MS, Price, Quantity, Side

_RECENT_MS = 1400 * CANDLE_MS  # older candles are told elsewhere


async def _candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    recent, old = line.api.publicGetMarketCandles, line.api.publicGetMarketHistoryCandles
    ask = recent if line.their_ms - from_ms < _RECENT_MS else old
    told = await ask({**_candle_span(market, from_ms, to_ms), "limit": 300})
    return ohlcv(told["data"], volume=6)  # 5 is in contracts, 6 in base units


async def _mark_candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    api = line.api
    recent, old = api.publicGetMarketMarkPriceCandles, api.publicGetMarketHistoryMarkPriceCandles
    ask = recent if line.their_ms - from_ms < _RECENT_MS else old
    told = await ask({**_candle_span(market, from_ms, to_ms), "limit": 100})
    return ohlcv(told["data"])


async def _open_interest(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    asked = {"instId": market["id"], "period": "5m", "limit": 100}
    told = await line.api.publicGetRubikStatContractsOpenInterestHistory(
        {**asked, "begin": from_ms - 1, "end": to_ms + 1}
    )
    rows = [(row[0], row[2]) for row in told["data"]]  # 1 is in contracts, 2 in base units
    return columns_of(rows, ("at_ms", "quantity"))


async def _funding(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    asked = {"instId": market["id"], "before": from_ms - 1, "after": to_ms + 1, "limit": 100}
    told = await line.api.publicGetPublicFundingRateHistory(asked)
    rows = [(row["fundingTime"], row["realizedRate"]) for row in told["data"]]
    return columns_of(rows, ("at_ms", "rate"))


async def _present(line: Line, market: Market) -> Present:
    api, id_ = line.api, market["id"]
    swaps = {"instType": "SWAP"}
    at_ms, interests = await line.shared(
        "open_interest", lambda: _bulk(line, api.publicGetPublicOpenInterest(swaps))
    )
    _, marks = await line.shared("mark", lambda: _bulk(line, api.publicGetPublicMarkPrice(swaps)))
    _, rates = await line.shared(
        "funding", lambda: _bulk(line, api.publicGetPublicFundingRate({"instId": "ANY"}))
    )
    return Present(
        at_ms=at_ms,
        mark=number(marks[id_]["markPx"]),
        open_interest=number(interests[id_]["oiCcy"]),
        funding_rate=number(rates[id_]["fundingRate"]),
    )


async def _bulk(line: Line, request: Any) -> dict[str, Any]:  # noqa: ANN401 - ccxt has no types
    return by_id((await line.ask(request))["data"], "instId")


async def _brackets(line: Line, market: Market) -> MarginSchedule:
    family = market["info"]["instFamily"]
    asked = {"instType": "SWAP", "tdMode": "isolated", "instFamily": family}
    told = await line.ask(line.api.publicGetPublicPositionTiers(asked))
    mark = (await _present(line, market)).mark
    worth = float(market["contractSize"]) * mark  # caps are told in contracts
    rows = sorted(
        (number(row["maxSz"]) * worth, number(row["mmr"]), number(row["maxLever"]))
        for row in told["data"]
    )
    source = f"OKX v5 position-tiers at {line.clock.now():%Y-%m-%d %H:%M} UTC, mark {mark:g}"
    return schedule_from(rows, source)


async def _subscribe(api: Any, _: Sequence[str]) -> None:  # noqa: ANN401 - ccxt has no types
    await api.watch_liquidations_for_symbols(None)  # all swaps in one stream


def _read(message: Any) -> list[tuple[str, Liquidation]]:  # noqa: ANN401 - a JSON tree
    return [
        (market["instId"], _liquidation(order))
        for market in message["data"]
        for order in market["details"]
    ]


def _liquidation(order: dict[str, Any]) -> Liquidation:
    # In net mode, where posSide does not say, the order that closes tells by its side.
    closed = {"long": Side.LONG, "short": Side.SHORT}.get(order["posSide"])
    return Liquidation(
        at_ms=int(order["ts"]),
        side=closed or {"sell": Side.LONG, "buy": Side.SHORT}[order["side"]],
        price=Price(float(order["bkPx"])),  # of bankruptcy
        quantity=Quantity(float(order["sz"])),  # contracts
    )


def _candle_span(market: Market, from_ms: int, to_ms: int) -> dict[str, object]:
    return {"instId": market["id"], "bar": "5m", "before": from_ms - 1, "after": to_ms + 1}


EXCHANGE = exchange(
    Venue(
        name="okx",
        summary="OKX linear perpetual swaps",
        ccxt_id="okx",
        options={"fetchMarkets": {"types": ["swap"]}},
        # 20 requests in 2 s of what ccxt counts as 1, each kind by itself; all share them here,
        # and as they never come all at once, all of the limit is used.
        budget=Budget(weight=25, window_s=2),
        candles=Past(page=_candles, rows=300, step_ms=CANDLE_MS),
        mark_candles=Past(page=_mark_candles, rows=100, step_ms=CANDLE_MS),
        open_interest=Past(page=_open_interest, rows=100, step_ms=CANDLE_MS, days=5),
        funding=Past(page=_funding, rows=100, step_ms=HOUR_MS, days=90),
        present=_present,
        brackets=_brackets,
        book_depth=400,
        wire=Wire(subscribe=_subscribe, read=_read),
        completeness=None,  # documented as not all of them; the share is not
    )
)
