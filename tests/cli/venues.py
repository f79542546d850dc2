"""Exchange servers on loopback and settings that point there, for whole commands."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from tests.fakes.exchange_server import ExchangeServer
from tests.fakes.world import RunningClock, World
from tests.waiting import PATIENCE_S

VENUES = ("binance", "bybit")


@contextmanager
def serving(*, days: float = 2.0, markets: int = 2, speed: float = 1.0) -> Iterator[ExchangeServer]:
    """Serve markets in a thread."""
    world = World(RunningClock(speed), days=days, ahead_days=0.2, markets=markets)
    with in_a_thread(ExchangeServer(world)) as server:
        yield server


class _Server(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


Server = TypeVar("Server", bound=_Server)


@contextmanager
def in_a_thread(server: Server) -> Iterator[Server]:
    """Serve in a thread of its own, as a command has the event loop for itself."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def config_at(
    folder: Path,
    url: str,
    *,
    markets: str = "BTC",
    venues: tuple[str, ...] = VENUES,
    more: str = "",
) -> Path:
    """Write settings whose venues are mirrored at an address, and whose state is in the folder."""
    path = folder / "config.toml"
    names = ", ".join(f'"{each.strip()}"' for each in markets.split(","))
    lines = [f"markets = [{names}]"]
    for venue in venues:
        lines += [f"[exchanges.{venue}]", f'base_url = "{url}"']
        lines += [f'ws_url = "{url.replace("http", "ws")}"', f"timeout_s = {PATIENCE_S}"]
    lines += ["[operations]", f'state_dir = "{folder / "state"}"', more]
    path.write_text("\n".join(lines), "utf-8")
    return path
