"""A long answer from a server on loopback, and all that becomes of it."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

import aiohttp
import pytest
from aiohttp import web

from liqbot.errors import SourceDelayed, SourceUnreadable
from liqbot.exchanges._download import pour
from liqbot.exchanges._ranking import Largest, Rows
from liqbot.exchanges.hyperliquid import _account
from tests.fakes.wire.hyperliquid import leader, ranked
from tests.waiting import PATIENCE_S, soon

WHO = "hyperliquid's leaderboard"
PART = json.dumps([ranked(each) for each in range(1, 501)])[1:-1].encode()
BEGIN, END = b'{"leaderboardRows":[', b"]}"
PARTS = 26  # of two hundred kilobytes

Serve: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served(serve: Serve) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """Listen on loopback; return who can ask, and where."""
    app = web.Application()
    app.router.add_get("/board", serve)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            yield session, f"http://127.0.0.1:{runner.addresses[0][1]}/board"
    finally:
        await runner.cleanup()


def body(*parts: bytes) -> Serve:
    """Serve an answer in parts, with no word of its length."""

    async def serve(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        with suppress(ConnectionError):  # who has heard enough hangs up
            for part in parts:
                await answer.write(part)
        return answer

    return serve


async def ranking(serve: Serve, timeout_s: float = PATIENCE_S) -> tuple[list[int], Largest]:
    """Return how long the pieces were, and who is the largest."""
    rows, largest = Rows(WHO, "leaderboardRows"), Largest(100, (), _account)
    sizes = []

    def take(piece: bytes) -> bool:
        sizes.append(len(piece))
        for row in rows.of(piece):
            largest.take(row)
        return not rows.is_whole

    async with served(serve) as (session, url):
        await soon(pour(session, url, take, who=WHO, timeout_s=timeout_s))
    rows.end()
    return sizes, largest


async def test_five_megabytes_become_a_hundred_accounts() -> None:
    sizes, largest = await ranking(body(BEGIN, *[PART + b","] * (PARTS - 1), PART, END))
    assert sum(sizes) > 5_000_000
    assert max(sizes) <= 2**16
    assert (largest.told, largest.doubted) == (500 * PARTS, 0)
    assert largest.found(WHO) == tuple(leader(each) for each in range(1, 101))


async def test_nothing_is_read_on_once_the_list_has_ended() -> None:
    sizes, _ = await ranking(body(BEGIN, PART, END, *[b" " * 2**20] * 64))
    assert sum(sizes) < 2**20


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, "banned"), (429, "rate_limit"), (500, "unavailable"), (404, "unavailable")],
)
async def test_a_status_is_said_and_nothing_of_what_comes_with_it(status: int, kind: str) -> None:
    async def serve(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=f"no {leader(1)}")

    with pytest.raises(SourceDelayed) as raised:
        await ranking(serve)
    assert (str(raised.value), raised.value.kind) == (f"{WHO} answered HTTP {status}", kind)


async def test_whoever_says_nothing_or_stops_halfway_is_late() -> None:
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    async def halting(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(BEGIN + PART)
        return await silent(request)

    for serve in (silent, halting):
        with pytest.raises(SourceDelayed) as raised:
            await ranking(serve, timeout_s=0.2)
        assert (str(raised.value), raised.value.kind) == (
            f"{WHO} did not answer in time",
            "timeout",
        )


async def test_a_connection_that_is_lost_or_never_was_is_said() -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "5000000"})
        await answer.prepare(request)
        await answer.write(BEGIN + PART)
        assert request.transport is not None
        request.transport.close()
        return answer

    with pytest.raises(SourceDelayed, match="cannot be reached") as raised:
        await ranking(cut)
    assert raised.value.kind == "network"
    async with served(cut) as (session, url):
        pass
    async with aiohttp.ClientSession() as session:
        with pytest.raises(SourceDelayed, match="cannot be reached"):
            await soon(pour(session, url, bool, who=WHO, timeout_s=PATIENCE_S))


async def test_what_is_packed_is_not_asked_for_and_not_unpacked() -> None:
    asked: list[str] = []

    async def packed(request: web.Request) -> web.StreamResponse:
        asked.append(request.headers["Accept-Encoding"])
        bomb = gzip.compress(BEGIN + b" " * 10_000_000)
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    with pytest.raises(SourceUnreadable, match="told no list of accounts"):
        await ranking(packed)
    assert asked == ["identity"]
