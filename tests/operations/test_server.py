"""/healthz and /metrics, over real HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest

from liqbot.errors import ConfigError
from liqbot.market.status import Status
from liqbot.operations.server import serving
from tests.operations.conftest import some_market, some_status


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_healthy_bot_answers_briefly(client: aiohttp.ClientSession) -> None:
    async with (
        serving(some_status, "127.0.0.1", 0) as address,
        client.get(f"{address}/healthz") as answer,
    ):
        assert answer.status == 200
        assert await answer.json() == {"healthy": True, "seeing": 1, "markets": 1}


async def test_a_blind_bot_says_503_and_why(client: aiohttp.ClientSession) -> None:
    blind = some_status(markets=(some_market(blind="stale for 4 minutes"),))
    async with (
        serving(lambda: blind, "127.0.0.1", 0) as address,
        client.get(f"{address}/healthz") as answer,
    ):
        assert answer.status == 503
        assert await answer.json() == {
            "healthy": False,
            "seeing": 0,
            "markets": 1,
            "reasons": ["binance BTC-USDT: stale for 4 minutes"],
        }


async def test_every_question_is_answered_from_the_status_of_now(
    client: aiohttp.ClientSession,
) -> None:
    statuses = iter([some_status(queued=1), some_status(queued=2), some_status(markets=())])

    def status() -> Status:
        return next(statuses)

    async with serving(status, "127.0.0.1", 0) as address:
        for depth in (1, 2):
            async with client.get(f"{address}/metrics") as answer:
                assert answer.status == 200
                assert answer.headers["Content-Type"].startswith("text/plain; version=")
                text = await answer.text()
                assert f"\nliqbot_queue_depth {depth}.0\n" in text
                assert "\nprocess_cpu_seconds_total " in text
        async with client.get(f"{address}/healthz") as answer:
            assert answer.status == 503


@pytest.mark.parametrize("path", ["/", "/status", "/metrics/x", "/..", "/healthz/"])
async def test_there_is_nothing_else(client: aiohttp.ClientSession, path: str) -> None:
    async with (
        serving(some_status, "127.0.0.1", 0) as address,
        client.get(f"{address}{path}") as answer,
    ):
        assert answer.status == 404


async def test_nothing_can_be_sent(client: aiohttp.ClientSession) -> None:
    async with (
        serving(some_status, "127.0.0.1", 0) as address,
        client.post(f"{address}/metrics", data=b"x") as answer,
    ):
        assert answer.status == 405


async def test_a_port_that_is_taken_names_its_key() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigError) as caught:
            async with serving(some_status, "127.0.0.1", port):
                pass
    assert str(caught.value) == (
        f"operations.metrics_port = {port}: cannot be served on 127.0.0.1: Address already in use;"
        " name a port that is free"
    )


async def test_it_stops_at_once_and_leaves_the_port_free(client: aiohttp.ClientSession) -> None:
    async with serving(some_status, "127.0.0.1", 0) as address:
        port = int(address.rsplit(":", 1)[1])
        async with client.get(f"{address}/healthz") as answer:
            await answer.read()
        loop = asyncio.get_running_loop()
        stopping = loop.time()
    assert loop.time() - stopping < 10  # though the client keeps its connection
    async with serving(some_status, "127.0.0.1", port) as again:
        assert again == address
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.get(f"{address}/healthz")


async def test_it_stops_when_what_it_accompanies_fails(client: aiohttp.ClientSession) -> None:
    with pytest.raises(RuntimeError, match="the bot broke"):
        async with serving(some_status, "127.0.0.1", 0) as address:
            raise RuntimeError("the bot broke")
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.get(f"{address}/healthz")
