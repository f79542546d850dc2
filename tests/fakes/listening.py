"""What every fake server on loopback does: it listens, hangs up and listens again."""

from abc import ABC, abstractmethod
from typing import Self

from aiohttp import web


class Listening(ABC):
    """A server on a port of its own, which it keeps; use as a context manager."""

    port = 0
    _runner: web.AppRunner | None = None

    @abstractmethod
    async def start(self) -> None:
        """Listen: on the port given or that of before, or on any that is free."""

    @abstractmethod
    async def stop(self) -> None:
        """Hang up; until it is started again, connections are refused."""

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def _listen(self, app: web.Application) -> None:
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def _hang_up(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
