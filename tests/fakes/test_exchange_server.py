"""Plain ccxt asks every venue all that liqbot will ask: the answers are the truth."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from liqbot.clock import SteppedClock
from liqbot.market.units import HOUR_MS, MINUTE_MS, integers
from tests.fakes.exchange_server import VENUES, ExchangeServer
from tests.fakes.faults import Json
from tests.fakes.listing import Listing
from tests.fakes.pointing import ccxt_at
from tests.fakes.wire.okx import BANKRUPTCY
from tests.fakes.world import PLACES, World
from tests.waiting import soon

BAR_MS = 5 * MINUTE_MS
MARKS = ("binance", "bybit", "okx", "bitget", "gate")
PAST_INTEREST = ("binance", "bybit", "okx", "gate")
LISTED_INTEREST = {"gate": "position_size", "dydx": "openInterest"}  # ccxt asks nothing else
BRACKETS = ("bybit", "okx", "bitget", "gate")
INTERVALS_TOLD = {"deribit": 8}  # where ccxt tells eight hours' funding every hour
DEPTHS = {"bitget": 15}
TAPES = ("binance", "bybit", "okx")
every_venue = pytest.mark.parametrize("venue", VENUES)


def of(venues: tuple[str, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("venue", [each for each in venues if each in VENUES])


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(datetime(2026, 2, 1, 12, 3, 20, tzinfo=UTC))


@pytest.fixture
async def server(clock: SteppedClock) -> AsyncIterator[ExchangeServer]:
    async with ExchangeServer(World(clock, days=10)) as server:
        yield server
        assert server.violations == []


def symbol(venue: str, base: str = "ETH") -> str:
    return f"{base}/{PLACES[venue].quote}:{PLACES[venue].quote}"


def truth(server: ExchangeServer, venue: str, base: str = "ETH") -> Listing:
    return server.world.listing(venue, base)


@every_venue
@pytest.mark.parametrize("trimmed", [True, False])
async def test_only_the_worlds_markets_are_active_linear_perpetuals(
    server: ExchangeServer, venue: str, trimmed: bool
) -> None:
    async with ccxt_at(server, venue, trimmed=trimmed) as exchange:
        markets = await exchange.load_markets()
    linear = [each for each in markets.values() if each["swap"] and each["linear"]]
    trading = [each for each in linear if each["active"] and each["settle"] != "SUSDT"]
    assert {each["symbol"] for each in trading} == {symbol(venue, b) for b in server.world.bases}
    assert len(markets) > len(trading), "nothing is there to be left out"


@every_venue
@pytest.mark.parametrize("hours", [3, 9 * 24])
async def test_candles_of_a_span_are_the_worlds(
    server: ExchangeServer, venue: str, hours: int
) -> None:
    since = (server.world.now_ms - hours * HOUR_MS) // BAR_MS * BAR_MS
    async with ccxt_at(server, venue) as exchange:
        ends = since, since + 20 * BAR_MS
        names = dict(zip(("fromISO", "toISO"), map(exchange.iso8601, ends), strict=True))
        params = names if venue == "dydx" else {}
        rows = await exchange.fetch_ohlcv(symbol(venue), "5m", since, 20, params)
    told = truth(server, venue).candles(BAR_MS, since, since + 20 * BAR_MS, server.world.now_ms)
    same_candles(rows, told, counted_in(server, venue))


@every_venue
async def test_the_newest_candle_is_still_forming(
    server: ExchangeServer, venue: str, clock: SteppedClock
) -> None:
    now_ms = server.world.now_ms
    first = now_ms // BAR_MS * BAR_MS - 5 * BAR_MS
    async with ccxt_at(server, venue) as exchange:
        rows = await exchange.fetch_ohlcv(symbol(venue), "5m", first, 10)
        clock.step(timedelta(seconds=60))
        later = await exchange.fetch_ohlcv(symbol(venue), "5m", first, 10)
    told = truth(server, venue).candles(BAR_MS, first, now_ms, now_ms)
    assert rows[-1][0] == now_ms // BAR_MS * BAR_MS
    same_candles(rows, told, counted_in(server, venue))
    assert later[:-1] == rows[:-1]
    assert later[-1][5] > rows[-1][5]


@of(MARKS)
async def test_mark_candles_are_the_worlds(server: ExchangeServer, venue: str) -> None:
    since = (server.world.now_ms - 24 * HOUR_MS) // BAR_MS * BAR_MS
    async with ccxt_at(server, venue) as exchange:
        rows = await exchange.fetch_mark_ohlcv(symbol(venue), "5m", since, 20)
    listing, now_ms = truth(server, venue), server.world.now_ms
    told = listing.candles(BAR_MS, since, since + 20 * BAR_MS, now_ms, mark=True)
    same_candles(rows, told, None)


@of(PAST_INTEREST)
async def test_past_open_interest_is_the_worlds(server: ExchangeServer, venue: str) -> None:
    since = (server.world.now_ms - 12 * HOUR_MS) // BAR_MS * BAR_MS
    async with ccxt_at(server, venue) as exchange:
        rows = await exchange.fetch_open_interest_history(symbol(venue), "5m", since, 20)
    at_ms = integers([each["timestamp"] for each in rows])
    assert set(at_ms.tolist()) >= {since + place * BAR_MS for place in range(1, 20)}
    assert np.allclose(base_units(server, venue, rows), truth(server, venue).open_interest(at_ms))


@every_venue
async def test_open_interest_of_now_is_the_worlds(server: ExchangeServer, venue: str) -> None:
    async with ccxt_at(server, venue) as exchange:
        await exchange.load_markets()
        if venue in LISTED_INTEREST:
            listed = exchange.market(symbol(venue))["info"][LISTED_INTEREST[venue]]
            row = {"openInterestAmount": float(listed), "timestamp": None}
        else:
            row = await exchange.fetch_open_interest(symbol(venue))
    at_ms = row["timestamp"] or server.world.now_ms
    (told,) = truth(server, venue).open_interest(integers([at_ms]))
    assert base_units(server, venue, [row])[0] == pytest.approx(told)


@every_venue
async def test_funding_is_the_worlds(server: ExchangeServer, venue: str) -> None:
    async with ccxt_at(server, venue) as exchange:
        await exchange.load_markets()
        if venue == "dydx":
            row = {"fundingRate": float(exchange.market(symbol(venue))["info"]["nextFundingRate"])}
        else:
            row = await exchange.fetch_funding_rate(symbol(venue))
    _, rate = truth(server, venue).funding_now(server.world.now_ms)
    assert row["fundingRate"] == pytest.approx(rate * INTERVALS_TOLD.get(venue, 1), abs=1e-9)


@every_venue
async def test_past_funding_is_the_worlds(server: ExchangeServer, venue: str) -> None:
    since, now_ms = server.world.now_ms - 60 * HOUR_MS, server.world.now_ms
    async with ccxt_at(server, venue) as exchange:
        rows = await exchange.fetch_funding_rate_history(symbol(venue), since, 100)
    at_ms, rates = truth(server, venue).funding(since, now_ms)
    assert [each["timestamp"] for each in rows] == at_ms.tolist()
    told = rates * INTERVALS_TOLD.get(venue, 1)
    assert np.allclose([each["fundingRate"] for each in rows], told, rtol=0, atol=1e-9)


@every_venue
async def test_the_book_is_the_worlds(server: ExchangeServer, venue: str) -> None:
    levels = DEPTHS.get(venue, 20)
    async with ccxt_at(server, venue) as exchange:
        book = await exchange.fetch_order_book(symbol(venue), levels)
        size = exchange.market(symbol(venue))["contractSize"]
    listing = truth(server, venue)
    factor = size if listing.contract != 1.0 else 1.0
    bids, asks = listing.book(server.world.now_ms, len(book["bids"]))
    assert len(bids) >= levels
    assert np.allclose(np.array(book["bids"])[:, :2] * [1, factor], bids)
    assert np.allclose(np.array(book["asks"])[:, :2] * [1, factor], asks)


@of(BRACKETS)
async def test_brackets_are_the_worlds(server: ExchangeServer, venue: str) -> None:
    async with ccxt_at(server, venue) as exchange:
        rows = await exchange.fetch_market_leverage_tiers(symbol(venue))
    told = truth(server, venue).brackets()
    assert [each["maintenanceMarginRate"] for each in rows] == [each.rate for each in told]
    assert [each["maxLeverage"] for each in rows] == [each.max_leverage for each in told]


@of(TAPES)
async def test_forced_orders_are_pushed_as_the_clock_passes_them(
    server: ExchangeServer, venue: str, clock: SteppedClock
) -> None:
    listing, from_ms = truth(server, venue), server.world.now_ms
    order = listing.tape(from_ms, from_ms + 24 * HOUR_MS)[0]
    async with ccxt_at(server, venue) as exchange:
        await exchange.load_markets()
        hearing = asyncio.create_task(watched(exchange, venue))
        await server.until_asked(venue, "tape")
        clock.step(timedelta(milliseconds=order.at_ms - from_ms))
        (heard,) = await soon(hearing)
        size = exchange.market(symbol(venue))["contractSize"] if venue == "okx" else 1.0
    assert heard["timestamp"] == order.at_ms
    assert heard["side"] == sold(venue, order.long)
    assert heard["contracts"] * size == pytest.approx(order.quantity)
    beyond = (-BANKRUPTCY if order.long else BANKRUPTCY) if venue == "okx" else 0.0
    assert heard["price"] == pytest.approx(order.price * (1 + beyond), abs=0.01)


async def watched(exchange: Json, venue: str) -> Json:
    if venue == "okx":
        return await exchange.watch_liquidations_for_symbols([symbol(venue)])
    return await exchange.watch_liquidations(symbol(venue))


def sold(venue: str, long: bool) -> str:
    return "buy" if long == (venue == "bybit") else "sell"


def counted_in(server: ExchangeServer, venue: str) -> float:
    """Return what ccxt leaves in contracts, in base units."""
    return truth(server, venue).contract if venue == "gate" else 1.0


def same_candles(rows: Json, told: Json, contract: float | None) -> None:
    assert [each[0] for each in rows] == told.opened_ms.tolist()
    columns = np.array([each[1:5] for each in rows]).T
    assert np.allclose(columns, [told.open, told.high, told.low, told.close], rtol=1e-12)
    if contract is not None:
        assert np.allclose([each[5] * contract for each in rows], told.volume, rtol=1e-9)


def base_units(server: ExchangeServer, venue: str, rows: Json) -> Json:
    contract = truth(server, venue).contract
    if venue == "deribit":
        return [each["openInterestValue"] for each in rows]
    return [each["openInterestAmount"] * contract for each in rows]
