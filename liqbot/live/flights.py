"""Answers on their way: who asks for the same one shares it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


class Flights(Generic[Key, Answer]):
    """Computes each answer once, however many ask for it meanwhile."""

    def __init__(self) -> None:
        self._tasks: dict[Key, asyncio.Task[Answer]] = {}

    def __len__(self) -> int:
        """Count the answers on their way."""
        return len(self._tasks)

    def __contains__(self, key: Key) -> bool:
        """Tell whether an answer is on its way."""
        return key in self._tasks

    async def share(self, key: Key, compute: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer that is on its way, or else compute it; raise what computing raises.

        Who gives up waiting takes nothing from the others.
        """
        return await asyncio.shield(self.begin(key, compute))

    def begin(self, key: Key, compute: Callable[[], Awaitable[Answer]]) -> asyncio.Task[Answer]:
        """Return an answer on its way, for who need not wait for it."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(_task(compute))
            task.add_done_callback(lambda done: self._land(key, done))
        return task

    def _land(self, key: Key, done: asyncio.Task[Answer]) -> None:
        del self._tasks[key]
        if not done.cancelled():
            done.exception()  # seen, even if everyone has given up waiting


async def _task(compute: Callable[[], Awaitable[Answer]]) -> Answer:
    return await compute()
