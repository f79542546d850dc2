"""A whole bot of Telegram's on loopback, over a desk without exchanges."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from liqbot.charts.chart import Picture, View
from liqbot.clock import SystemClock
from liqbot.commands import COMMANDS
from liqbot.commands.command import Command
from liqbot.config.secret import Secret
from liqbot.desk import Desk
from liqbot.heatmap.history import History
from liqbot.platforms._telegram.lanes import Pace
from liqbot.platforms.platform import Connection, Reception
from liqbot.platforms.telegram import Settings, opened
from tests.fakes.desk import FakeStudio, a_desk, a_reception
from tests.fakes.telegram.server import TOKEN, TelegramServer

QUICK = Pace(overall_s=0.0, chat_s=0.0, shared=1000, a_second=10_000)


@dataclass
class Painter(FakeStudio):
    """Hands out real pictures of one dot, so that a strict server takes them."""

    async def draw(self, chart: str, history: History, view: View) -> Picture:
        drawn = await super().draw(chart, history, view)
        return replace(drawn, png=dot(f"{chart} {history.base} {view.range} {view.theme}"))

    async def make(self, key: Hashable, draw: Callable[[], Picture]) -> Picture:
        return replace(await super().make(key, draw), png=dot(str(key)))


def dot(text: str = "") -> bytes:
    """Return a PNG of its own for each text; as a strict server reads it, of 1024 × 1280."""
    sides = (1024).to_bytes(4) + (1280).to_bytes(4)
    return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + sides + text.encode()


def desk_of_today() -> Desk:
    """Return a desk whose clock is the wall's, as is that of the people who write."""
    return replace(a_desk()[0], clock=SystemClock(), studio=Painter())


@asynccontextmanager
async def talking(
    server: TelegramServer,
    folder: Path,
    *,
    desk: Desk | None = None,
    commands: Mapping[str, Command[Any]] = COMMANDS,
    pace: Pace = QUICK,
    settings: Mapping[str, Any] | None = None,
) -> AsyncIterator[Connection]:
    """Open a bot that listens; hold it to the protocol at the end."""
    reception = reception_in(folder, desk or desk_of_today(), commands)
    async with opened(
        Settings(base_url=server.url, **(settings or {})), reception, pace
    ) as connection:
        listening = asyncio.create_task(connection.listen())
        try:
            yield connection
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
    assert server.violations == []


def reception_in(
    folder: Path, desk: Desk, commands: Mapping[str, Command[Any]] = COMMANDS, token: str = TOKEN
) -> Reception:
    """Return what the platform finds, with a token."""
    return replace(a_reception(folder, desk, commands), secrets={"token": Secret(token)})


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        port: int = made.getsockname()[1]
        return port
