"""The sockets of all venues: what is said on them, and what they are told of forced orders."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from aiohttp import WSMsgType, web

from tests.fakes.asking import Line, Wire
from tests.fakes.faults import Faults
from tests.fakes.listing import Listing, Order
from tests.fakes.world import World

_LOOK = 0.02  # s between looks at the clock


class Sockets:
    """Open sockets by venue; a task tells them what the world's clock has passed."""

    def __init__(self, world: World, faults: Faults) -> None:
        """Begin with what comes after the world's now."""
        self.world, self.faults = world, faults
        self._open: dict[Line, tuple[Wire, web.WebSocketResponse]] = {}
        self._told_ms = world.now_ms
        self._telling: asyncio.Task[None] | None = None

    def count(self, venue: str) -> int:
        """Count a venue's open sockets."""
        return sum(wire.name == venue for wire, _ in self._open.values())

    def start(self) -> None:
        """Look at the clock from now on."""
        self._telling = asyncio.create_task(self._keep_telling())

    async def stop(self) -> None:
        """Close every socket."""
        if self._telling is not None:
            self._telling.cancel()
            with suppress(asyncio.CancelledError):
                await self._telling
        for _, socket in list(self._open.values()):
            await socket.close()

    async def push(self) -> None:
        """Tell every forced order that happened since sockets were last told."""
        from_ms, to_ms = self._told_ms, self.world.now_ms
        self._told_ms = to_ms
        venues = dict.fromkeys(wire.name for wire, _ in self._open.values())
        if to_ms <= from_ms:
            return
        for venue in venues:
            for listing in self.world.listings(venue):
                orders = listing.tape(from_ms, to_ms)
                if orders and not self.faults.find(("silent",), venue, "tape", listing.base):
                    await self._tell(listing, orders)

    async def talk(
        self,
        wire: Wire,
        path: str,
        request: web.Request,
        hears: Callable[[str], None],
        violate: Callable[[str], None],
    ) -> web.StreamResponse:
        """Hold a conversation until one side closes it."""
        line, socket = Line(path), web.WebSocketResponse()
        await socket.prepare(request)
        self._open[line] = wire, socket
        cut = asyncio.create_task(self._cut(wire.name, socket))
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT or wire.hear is None:
                    continue
                hears(message.data)
                replies = wire.hear(line, message.data, violate)
                if not self.faults.find(("silent",), wire.name, "tape"):
                    for reply in replies:
                        await socket.send_str(reply)
        finally:
            cut.cancel()
            del self._open[line]
        return socket

    async def _tell(self, listing: Listing, orders: list[Order]) -> None:
        for line, (wire, socket) in list(self._open.items()):
            if wire.name == listing.venue and wire.tell is not None:
                for text in wire.tell(line, listing, orders, self.world.now_ms):
                    with suppress(ConnectionError, RuntimeError):
                        await socket.send_str(text)

    async def _keep_telling(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            await self.push()

    async def _cut(self, venue: str, socket: web.WebSocketResponse) -> None:
        """Close a socket once it is as old as a fault allows, whenever that was put in."""
        loop = asyncio.get_running_loop()
        opened = loop.time()
        while not socket.closed:
            await asyncio.sleep(_LOOK)
            fault = self.faults.find(("closes",), venue, "tape")
            if fault is not None and loop.time() - opened >= fault.seconds:
                await socket.close(code=1001)
