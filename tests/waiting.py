"""Waiting that does not depend on how quick a machine is."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import isawaitable
from typing import Any, ParamSpec, TypeVar, overload

Parameters = ParamSpec("Parameters")
Told = TypeVar("Told")

PATIENCE_S = 30.0  # with what has to come, on a machine that stalls


@overload
async def until(told: Callable[[], Awaitable[Told]]) -> Told: ...
@overload
async def until(told: Callable[[], Told]) -> Told: ...
async def until(told: Callable[[], Told | Awaitable[Told]]) -> Told:
    """Wait until something is so, and return it; raise TimeoutError where it never becomes so."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = told()
            if isawaitable(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.005)


async def soon(awaited: Awaitable[Told]) -> Told:
    """Return what has to come; raise TimeoutError where it never does."""
    return await asyncio.wait_for(awaited, PATIENCE_S)


class _Skipping(selectors.DefaultSelector):
    """Says at once that nothing came, and how long that would have taken."""

    skipped_s = 0.0

    def select(self, timeout: float | None = None) -> Any:  # noqa: ANN401 - as its parent
        found = super().select(0 if timeout is not None else None)
        if not found:
            self.skipped_s += timeout or 0.0
        return found


class _Timeless(asyncio.SelectorEventLoop):
    """An event loop whose time passes only while all are asleep, and then at once."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.skipped_s


def timeless(
    test: Callable[Parameters, Awaitable[None]],
) -> Callable[Parameters, None]:
    """Run a test in a time of its own, in which no work takes any and no sleep is waited for.

    For tests without sockets and threads: those live in the machine's time.
    """

    @wraps(test)
    def run(*args: Parameters.args, **named: Parameters.kwargs) -> None:
        async def once() -> None:
            await test(*args, **named)

        with asyncio.Runner(loop_factory=_Timeless) as runner:
            runner.run(once())

    return run
