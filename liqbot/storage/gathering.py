"""What many ask for at once is read by one query."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Gathering(Generic[Key, Value]):
    """Reads values by their key: while one query is under way, who asks waits for the next.

    A query begins after all have asked whom it answers, so each sees what it has written itself.
    """

    def __init__(self, read: Callable[[Collection[Key]], Awaitable[Mapping[Key, Value]]]) -> None:
        self._read = read
        self._turn = asyncio.Lock()
        self._keys: set[Key] = set()  # of the next query
        self._next: asyncio.Future[Mapping[Key, Value]] | None = None

    async def get(self, key: Key) -> Value | None:
        """Return the value of a key, None for none; raise what reading raises."""
        self._keys.add(key)
        if self._next is None:
            self._next = asyncio.ensure_future(self._ask())
            self._next.add_done_callback(_heard)
        found = await asyncio.shield(self._next)  # others wait for it too
        return found.get(key)

    async def _ask(self) -> Mapping[Key, Value]:
        async with self._turn:
            keys, self._keys, self._next = self._keys, set(), None
            return await self._read(keys)


def _heard(asked: "asyncio.Future[Mapping[Key, Value]]") -> None:
    """Take note of an error, whether or not anybody still waits for it."""
    if not asked.cancelled():
        asked.exception()
