"""Gate USDT-margined futures."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.opening import exchange
from liqbot.exchanges._ccxt.pages import CANDLE_MS, by_id, columns_of, number, ohlcv
from liqbot.exchanges._ccxt.venue import Market, Past, Present, Venue
from liqbot.exchanges._pacing import Budget, Headers
from liqbot.exchanges._stream import Heard
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.mending import Columns
from liqbot.market.tape import Liquidation
from liqbot.market.units import HOUR_MS, Price, Quantity, Side

_LONGEST_S = 3600  # between the ends of a question about forced orders
_LATE_S = 60  # an order is told up to so much later than it happened
_ORDERS, _PAGES = 1000, 10
_LIMIT, _LEFT = "x-gate-ratelimit-limit", "x-gate-ratelimit-requests-remain"


def _used(headers: Headers) -> float | None:
    limit, left = headers.get(_LIMIT, ""), headers.get(_LEFT, "")
    return 1 - int(left) / int(limit) if limit.isdigit() and left.isdigit() else None


async def _candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    rows = await _bars(line, market["id"], from_ms, to_ms)
    return ohlcv(
        ([*_prices(row), row["v"]] for row in rows), volume=5, size=float(market["contractSize"])
    )


async def _mark_candles(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    rows = await _bars(line, f"mark_{market['id']}", from_ms, to_ms)
    return ohlcv(_prices(row) for row in rows)


async def _bars(line: Line, contract: str, from_ms: int, to_ms: int) -> Any:  # noqa: ANN401 - JSON rows
    span = {"from": from_ms // 1000, "to": to_ms // 1000, "interval": "5m"}
    asked = {"settle": "usdt", "contract": contract, **span}
    return await line.api.publicFuturesGetSettleCandlesticks(asked)


async def _open_interest(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    rows = (to_ms - from_ms) // CANDLE_MS + 1
    span = {"from": from_ms // 1000, "interval": "5m", "limit": rows}
    told = await line.api.publicFuturesGetSettleContractStats({**_named(market), **span})
    contracts = [(_ms(row["time"]), row["open_interest"]) for row in told]
    found = columns_of(contracts, ("at_ms", "quantity"))
    return {**found, "quantity": found["quantity"] * float(market["contractSize"])}


async def _funding(line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
    span = {"from": from_ms // 1000, "to": to_ms // 1000, "limit": 1000}
    rows = await line.api.publicFuturesGetSettleFundingRate({**_named(market), **span})
    return columns_of([(_ms(row["t"]), row["r"]) for row in rows], ("at_ms", "rate"))


async def _present(line: Line, market: Market) -> Present:
    at_ms, contracts = await line.shared("contracts", lambda: _contracts(line))
    told = contracts[market["id"]]
    return Present(
        at_ms=at_ms,
        mark=number(told["mark_price"]),
        open_interest=number(told["position_size"]) * number(told["quanto_multiplier"]),
        funding_rate=number(told["funding_rate"]),
    )


async def _brackets(line: Line, market: Market) -> MarginSchedule:
    told = await line.api.publicFuturesGetSettleRiskLimitTiers(_named(market))
    rows = [
        (number(row["risk_limit"]), number(row["maintenance_rate"]), number(row["leverage_max"]))
        for row in told
    ]
    return schedule_from(sorted(rows), f"Gate's risk limits of {line.clock.now():%Y-%m-%d}")


class _Poll:
    """Tells each forced order once, though answers overlap: orders are told late, and alike."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._asked_s = line.their_ms // 1000
        self._told: Counter[tuple[Any, ...]] = Counter()

    async def __call__(self, instruments: Sequence[Instrument]) -> Heard:
        """Return the orders of some markets that were not told yet."""
        return await self._line.ask(self._fresh(instruments))

    async def _fresh(self, instruments: Sequence[Instrument]) -> Heard:
        markets = await self._line.markets()
        known = {markets[each.symbol]["id"]: each for each in instruments if each.symbol in markets}
        now_s = self._line.their_ms // 1000
        orders = await self._orders(max(self._asked_s - _LATE_S, now_s - _LONGEST_S), now_s)
        fresh = orders - self._told
        self._asked_s, self._told = now_s, orders
        return [
            (known[contract], _liquidation(order, markets[known[contract].symbol]))
            for contract, *order in fresh.elements()
            if contract in known
        ]

    async def _orders(self, from_s: int, to_s: int) -> "Counter[tuple[Any, ...]]":
        """Return how often each order is told, of all markets; pages share their seconds."""
        found: Counter[tuple[Any, ...]] = Counter()
        for _ in range(_PAGES):
            span = {"settle": "usdt", "from": from_s, "to": to_s, "limit": _ORDERS}
            rows = await self._line.api.publicFuturesGetSettleLiqOrders(span)
            names = ("contract", "time", "size", "fill_price", "order_price")
            found |= Counter(tuple(str(row[name]) for name in names) for row in rows)
            oldest_s = min((int(row["time"]) for row in rows), default=from_s)
            if len(rows) < _ORDERS or oldest_s >= to_s:
                break
            to_s = oldest_s
        return found


def _liquidation(order: Sequence[str], market: Market) -> Liquidation:
    """Read time, size, fill and order price.

    The size is that of the position, so below zero for a short. The order price lies beyond what
    the order was filled at, as OKX's bankruptcy price does.
    """
    time, size, filled, ordered = order
    return Liquidation(
        at_ms=_ms(time),
        side=Side.LONG if number(size) > 0 else Side.SHORT,
        price=Price(number(filled) or number(ordered)),
        quantity=Quantity(abs(number(size)) * float(market["contractSize"])),
    )


async def _contracts(line: Line) -> dict[str, Any]:
    return by_id(
        await line.ask(line.api.publicFuturesGetSettleContracts({"settle": "usdt"})), "name"
    )


def _named(market: Market) -> dict[str, str]:
    return {"settle": "usdt", "contract": market["id"]}


def _prices(row: Any) -> list[Any]:  # noqa: ANN401 - what a venue says
    return [_ms(row["t"]), row["o"], row["h"], row["l"], row["c"]]


def _ms(seconds: Any) -> int:  # noqa: ANN401 - what a venue says
    return int(seconds) * 1000


EXCHANGE = exchange(
    Venue(
        name="gate",
        summary="Gate USDT futures",
        ccxt_id="gate",
        options={
            "fetchMarkets": {"types": ["swap"]},
            "swap": {"fetchMarkets": {"settlementCurrencies": ["usdt"]}},
        },
        budget=Budget(weight=200, window_s=10, used=_used),
        candles=Past(page=_candles, rows=1000, step_ms=CANDLE_MS, days=30),
        mark_candles=Past(page=_mark_candles, rows=1000, step_ms=CANDLE_MS, days=30),
        open_interest=Past(page=_open_interest, rows=100, step_ms=CANDLE_MS),
        funding=Past(page=_funding, rows=1000, step_ms=HOUR_MS),
        present=_present,
        brackets=_brackets,
        book_depth=100,
        quotes=("USDT",),
        poll=_Poll,
    )
)
