"""What goes wrong where, as a client sees it; and that it is over when it is over."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from liqbot.clock import SteppedClock
from liqbot.market.units import HOUR_MS
from tests.fakes.exchange_server import ExchangeServer
from tests.fakes.faults import Fault, Json, Kind
from tests.fakes.world import World

NOW = datetime(2026, 2, 1, 12, 3, 20, tzinfo=UTC)
CANDLES = "/fapi.binance.com/fapi/v1/klines?symbol=BTCUSDT&interval=5m&limit=10"
INTEREST = "/fapi.binance.com/fapi/v1/openInterest?symbol=BTCUSDT"
BYBIT_TIME = "/api.bybit.com/v5/market/time"
SOCKET = "/stream.bybit.com/v5/public/linear"
CHART = "/www.deribit.com/api/v2/public/get_tradingview_chart_data?instrument_name="
PATIENCE_S = 30.0  # with what has to come
SUBSCRIBE = {"op": "subscribe", "args": ["allLiquidation.BTCUSDT"]}


class Bench:
    def __init__(self, server: ExchangeServer, client: aiohttp.ClientSession) -> None:
        self.server, self.client = server, client

    async def ask(self, path: str = CANDLES, *, within_s: float = PATIENCE_S) -> tuple[int, str]:
        timeout = aiohttp.ClientTimeout(within_s)
        async with self.client.get(self.server.url + path, timeout=timeout) as answer:
            return answer.status, await answer.text()

    async def told(self, path: str = CANDLES) -> Json:
        return json.loads((await self.ask(path))[1])

    @asynccontextmanager
    async def wrong(self, kind: Kind, **where: Json) -> AsyncIterator[None]:
        fault = self.server.faults.add(Fault(kind=kind, **where))
        yield
        self.server.faults.remove(fault)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


@pytest.fixture
async def bench(clock: SteppedClock) -> AsyncIterator[Bench]:
    async with (
        ExchangeServer(World(clock, markets=2)) as server,
        aiohttp.ClientSession() as client,
    ):
        yield Bench(server, client)


@pytest.mark.parametrize("status", ["429", "418", "500", "503"])
async def test_a_status_comes_with_the_venues_own_words(bench: Bench, status: Kind) -> None:
    async with (
        bench.wrong(status, venue="binance", retry_after=7),
        bench.client.get(bench.server.url + CANDLES) as answer,
    ):
        assert answer.status == int(status)
        assert answer.headers["Retry-After"] == "7"
        assert (await answer.json())["code"] == -1003
    assert (await bench.ask())[0] == 200


async def test_a_venue_may_never_answer_or_late_or_hang_up(bench: Bench) -> None:
    async with bench.wrong("timeout"):
        with pytest.raises(TimeoutError):
            await bench.ask(within_s=0.3)
    async with bench.wrong("slow", seconds=0.1):
        assert (await bench.ask())[0] == 200
    async with bench.wrong("refused"):
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await bench.ask()
    first, second, *rest = [each.status for each in bench.server.requests]
    assert (first, second, set(rest)) == (0, 200, {0})


async def test_what_is_not_json_has_status_200(bench: Bench) -> None:
    async with bench.wrong("html"):
        assert (await bench.ask())[1].startswith("<!DOCTYPE html>")
    async with bench.wrong("truncated"):
        status, text = await bench.ask()
    assert status == 200
    with pytest.raises(ValueError, match=r"."):
        json.loads(text)


async def test_rows_are_missing_empty_out_of_order_or_twice(bench: Bench) -> None:
    right = await bench.told()
    async with bench.wrong("empty"):
        assert await bench.told() == []
    async with bench.wrong("shuffled"):
        shuffled = await bench.told()
    async with bench.wrong("duplicated"):
        assert await bench.told() == [row for row in right for _ in "12"]
    async with bench.wrong("nulls"):
        holed = await bench.told()
        assert (await bench.told(INTEREST))["openInterest"] is None
    assert shuffled != right
    assert sorted(shuffled) == right
    assert holed[0][1:] == [None] * 11
    assert holed[1] == right[1]


async def test_rows_told_as_columns_are_spoilt_like_any_others(bench: Bench) -> None:
    now_ms = bench.server.world.now_ms
    span = f"&start_timestamp={now_ms - HOUR_MS}&end_timestamp={now_ms}&resolution=5"
    path = f"{CHART}BTC_USDC-PERPETUAL{span}"
    right = (await bench.told(path))["result"]
    async with bench.wrong("duplicated"):
        assert len((await bench.told(path))["result"]["ticks"]) == 2 * len(right["ticks"])
    async with bench.wrong("nulls"):
        holed = (await bench.told(path))["result"]
    assert holed["ticks"] == right["ticks"]
    assert holed["close"][0] is None


async def test_open_interest_freezes_and_thaws(bench: Bench, clock: SteppedClock) -> None:
    before = (await bench.told(INTEREST))["openInterest"]
    async with bench.wrong("frozen", market="BTC"):
        clock.step(timedelta(hours=1))
        assert (await bench.told(INTEREST))["openInterest"] == before
    assert (await bench.told(INTEREST))["openInterest"] != before


async def test_a_price_is_off_and_only_there(bench: Bench) -> None:
    right, other = await bench.told(), CANDLES.replace("BTC", "ETH")
    others = await bench.told(other)
    async with bench.wrong("hundredfold", market="BTC"):
        assert float((await bench.told())[0][1]) == pytest.approx(100 * float(right[0][1]))
        assert await bench.told(other) == others
    assert await bench.told() == right


async def test_a_market_is_delisted_and_comes_back(bench: Bench) -> None:
    async with bench.wrong("delisted", market="BTC"):
        assert (await bench.ask())[0] == 400
        assert (await bench.ask(CANDLES.replace("BTC", "ETH")))[0] == 200
    assert (await bench.ask())[0] == 200


@pytest.mark.parametrize("ahead", [90.0, -90.0])
async def test_a_clock_is_wrong_in_stamps_rows_and_date(bench: Bench, ahead: float) -> None:
    async with bench.wrong("skewed", seconds=ahead):
        now = await bench.told(BYBIT_TIME)
        async with bench.client.get(bench.server.url + CANDLES) as answer:
            dated = parsedate_to_datetime(answer.headers["Date"])
            newest = (await answer.json())[-1][0]
    assert now["time"] == bench.server.world.now_ms + ahead * 1000
    assert dated == NOW + timedelta(seconds=ahead)
    assert newest <= bench.server.world.now_ms + ahead * 1000


async def test_a_fault_of_one_venue_leaves_the_others(bench: Bench) -> None:
    async with bench.wrong("500", venue="binance", endpoint="candles"):
        assert (await bench.ask())[0] == 500
        assert (await bench.ask(INTEREST))[0] == 200
        assert (await bench.ask(BYBIT_TIME))[0] == 200


async def test_a_socket_closes_every_so_often(bench: Bench) -> None:
    async with (
        bench.wrong("closes", venue="bybit", seconds=0.1),
        bench.client.ws_connect(bench.server.ws_url + SOCKET) as socket,
    ):
        assert (await socket.receive(PATIENCE_S)).type is aiohttp.WSMsgType.CLOSE


async def test_a_silent_socket_stays_open(bench: Bench, clock: SteppedClock) -> None:
    async with bench.client.ws_connect(bench.server.ws_url + SOCKET) as socket:
        async with bench.wrong("silent", venue="bybit"):
            await socket.send_json(SUBSCRIBE)
            clock.step(timedelta(hours=12))
            with pytest.raises(TimeoutError):
                await socket.receive(0.2)
        assert not socket.closed
        await socket.send_json({"op": "ping"})
        assert (await socket.receive_json(timeout=PATIENCE_S))["ret_msg"] == "pong"


async def test_a_socket_may_not_open_at_all(bench: Bench) -> None:
    async with bench.wrong("503", venue="bybit", endpoint="tape"):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await bench.client.ws_connect(bench.server.ws_url + SOCKET)


async def test_a_stopped_server_refuses_connections_and_comes_back(bench: Bench) -> None:
    await bench.server.stop()
    with pytest.raises(aiohttp.ClientConnectorError):
        await bench.ask()
    await bench.server.start()
    assert (await bench.ask())[0] == 200


async def test_a_question_that_no_venue_knows_is_a_violation(bench: Bench) -> None:
    await bench.ask(CANDLES + "&price=mark")
    await bench.ask("/fapi.binance.com/fapi/v1/nonsense")
    await bench.ask("/nowhere.example/x")
    assert bench.server.violations == [
        "binance candles: price=mark means nothing there",
        "binance has no GET /fapi/v1/nonsense",
        "nobody is at /nowhere.example/x",
    ]


async def test_too_much_weight_is_answered_429_where_limits_are_enforced(bench: Bench) -> None:
    bench.server.enforcing = True
    heavy = CANDLES.replace("limit=10", "limit=1500")
    statuses = [(await bench.ask(heavy))[0] for _ in range(241)]
    assert statuses[:240] == [200] * 240
    assert statuses[240] == 429
