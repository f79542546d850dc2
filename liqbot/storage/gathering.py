"""What many ask for at once is done in one go."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Told = TypeVar("Told")


class Gathering(Generic[Asked, Told]):
    """Does one thing for many: while it is under way, who asks waits for the next time.

    Each time begins after all have asked whom it is for, so each sees what it has written itself.
    """

    def __init__(self, do: Callable[[Sequence[Asked]], Awaitable[Sequence[Told]]]) -> None:
        self._do = do
        self._turn = asyncio.Lock()
        self._asked: list[Asked] = []  # for the next time
        self._next: asyncio.Future[Sequence[Told]] | None = None

    async def ask(self, asked: Asked) -> Told:
        """Return what is told of what is asked; raise what doing it for all raises."""
        place = len(self._asked)
        self._asked.append(asked)
        if self._next is None:
            self._next = asyncio.ensure_future(self._go())
            self._next.add_done_callback(_heard)
        return (await asyncio.shield(self._next))[place]  # others wait for it too

    async def _go(self) -> Sequence[Told]:
        async with self._turn:
            asked, self._asked, self._next = self._asked, [], None
            return await self._do(asked)


def _heard(told: "asyncio.Future[Sequence[Told]]") -> None:
    """Take note of an error, whether or not anybody still waits for it."""
    if not told.cancelled():
        told.exception()
