"""A loopback server that answers as a venue's documentation does, and keeps what it was asked."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from aiohttp import web

from liqbot.clock import Clock
from liqbot.exchanges._ccxt.settings import CcxtSettings
from liqbot.exchanges.exchange import Exchange, Opened

Words = dict[str, Any]
Answer = Callable[[str, Words], Any]  # of the path behind the host, and the query and body


@dataclass
class Canned:
    """What a venue was asked, oldest first."""

    asked: list[tuple[str, Words]] = field(default_factory=list)

    def words(self, path: str, **some: object) -> list[Words]:
        """Return the words of the questions to a path, of those that hold some."""
        return [
            words for each, words in self.asked if each == path and some.items() <= words.items()
        ]


@asynccontextmanager
async def opened(
    exchange: Exchange[CcxtSettings], clock: Clock, answer: Answer
) -> AsyncIterator[tuple[Opened, Canned]]:
    """Open an exchange whose hosts all are a server that answers so."""
    canned = Canned()

    async def serve(request: web.Request) -> web.Response:
        path, words = f"/{request.match_info['path']}", dict(request.query)
        if request.can_read_body:
            words |= await request.json()
        canned.asked.append((path, words))
        return web.json_response(answer(path, words))

    app = web.Application()
    app.router.add_route("*", "/{host}/{path:.*}", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        settings = CcxtSettings(base_url=url)
        async with exchange.open(settings, clock, np.random.default_rng(1)) as (one,):
            yield one, canned
    finally:
        await runner.cleanup()
