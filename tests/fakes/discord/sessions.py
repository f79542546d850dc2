"""Sessions of the gateway: what was told, to be told again after a lost connection."""

import asyncio
import json
import zlib
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.discord.intents import permit
from tests.fakes.faults import Json
from tests.waiting import PATIENCE_S

DISPATCH = 0


class Line:
    """One open socket, written to in order."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        *,
        compressed: bool,
    ) -> None:
        self.socket, self._transport = socket, transport
        self.heartbeats = 0
        self._zlib = zlib.compressobj() if compressed else None
        self._waiting: asyncio.Queue[Json] = asyncio.Queue()
        self._writing = asyncio.create_task(self._write())

    def say(self, op: int, data: Json = None, *, event: str | None = None, seq: int = 0) -> None:
        """Say something after all that was said before."""
        self._waiting.put_nowait({"op": op, "d": data, "s": seq or None, "t": event})

    async def hang_up(self, code: int = 1000) -> None:
        """Close the socket with a code, after what was said; 0 breaks the connection."""
        if code and not self._writing.done():
            self._waiting.put_nowait(None)
            await asyncio.wait([self._writing], timeout=PATIENCE_S)
        self._writing.cancel()
        with suppress(asyncio.CancelledError):
            await self._writing
        if code:
            await self.socket.close(code=code)
        elif self._transport is not None:
            self._transport.abort()

    async def _write(self) -> None:
        with suppress(ConnectionError):
            while (said := await self._waiting.get()) is not None:
                text = json.dumps(said)
                if self._zlib is None:
                    await self.socket.send_str(text)
                else:
                    packed = self._zlib.compress(text.encode())
                    await self.socket.send_bytes(packed + self._zlib.flush(zlib.Z_SYNC_FLUSH))


@dataclass(eq=False, kw_only=True, slots=True)
class Session:
    """What a shard was told; it outlives its line."""

    id: str
    shard: int
    shards: int
    intents: int
    line: Line | None
    told: list[tuple[str, Json]] = field(default_factory=list)  # the first has number 1
    resumed: int = 0

    def concerns(self, guild_id: int | None) -> bool:
        """Tell whether a guild, or else direct messages, are this shard's."""
        return self.shard == (0 if guild_id is None else (guild_id >> 22) % self.shards)

    def tell(self, event: str, data: Json) -> None:
        """Tell an event now, or when the shard is back."""
        if permit(self.intents, event, data):
            self.told.append((event, data))
            if self.line is not None:
                self.line.say(DISPATCH, data, event=event, seq=len(self.told))

    def tell_again(self, after: int) -> None:
        """Tell all events after a number."""
        if self.line is not None:
            for seq, (event, data) in enumerate(self.told[after:], start=after + 1):
                self.line.say(DISPATCH, data, event=event, seq=seq)
