"""Jobs are opened in turn, and closed at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from liqbot.jobs.job import at_work


class Log(list[str]):
    """What jobs did; those that are closing wait for each other."""

    def __init__(self, count: int) -> None:
        self.barrier = asyncio.Barrier(count)

    @asynccontextmanager
    async def job(
        self, name: str, *, opens: bool = True, closes: bool = True
    ) -> AsyncIterator[None]:
        if not opens:
            raise ValueError(name)
        self.append(f"{name} opens")
        try:
            yield
        finally:
            async with asyncio.timeout(10), self.barrier:
                self.append(f"{name} closes")
            if not closes:
                raise OSError(name)


async def test_all_close_at_once() -> None:
    log = Log(3)
    async with at_work(log.job(each) for each in "abc"):
        assert log == ["a opens", "b opens", "c opens"]
        log.clear()
    assert sorted(log) == ["a closes", "b closes", "c closes"]


async def test_of_those_that_cannot_all_open_none_stays_open() -> None:
    log = Log(2)
    with pytest.raises(ValueError, match="c"):
        async with at_work([log.job("a"), log.job("b"), log.job("c", opens=False)]):
            pytest.fail("it never opened")
    assert sorted(log) == ["a closes", "a opens", "b closes", "b opens"]


async def test_one_that_fails_to_close_keeps_no_other_open() -> None:
    log = Log(2)
    with pytest.raises(OSError, match="a"):
        async with at_work([log.job("a", closes=False), log.job("b")]):
            log.clear()
    assert sorted(log) == ["a closes", "b closes"]
