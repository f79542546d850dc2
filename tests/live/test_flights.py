"""Answers on their way."""

import asyncio

import pytest

from liqbot.live.flights import Flights


async def test_who_asks_for_the_same_shares_one_answer() -> None:
    flights, go, asked = Flights[str, int](), asyncio.Event(), list[str]()

    async def compute(key: str, answer: int) -> int:
        asked.append(key)
        await go.wait()
        return answer

    waiting = [
        asyncio.create_task(flights.share(key, lambda key=key, row=row: compute(key, row)))  # type: ignore[misc]
        for row, key in enumerate("aab")
    ]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(flights) == 2
    assert "a" in flights
    go.set()
    assert await asyncio.gather(*waiting) == [0, 0, 2]
    assert asked == ["a", "b"]
    assert len(flights) == 0


async def test_an_answer_that_came_is_not_kept() -> None:
    flights, count = Flights[str, int](), 0

    async def compute() -> int:
        nonlocal count
        count += 1
        return count

    assert [await flights.share("a", compute), await flights.share("a", compute)] == [1, 2]


async def test_who_gives_up_takes_nothing_from_the_others() -> None:
    flights, go = Flights[str, int](), asyncio.Event()

    async def compute() -> int:
        await go.wait()
        return 7

    one, other = (asyncio.create_task(flights.share("a", compute)) for _ in range(2))
    await asyncio.sleep(0)
    one.cancel()
    go.set()
    assert await other == 7
    with pytest.raises(asyncio.CancelledError):
        await one


async def test_an_error_reaches_everyone_and_no_one_else() -> None:
    flights = Flights[str, int]()

    async def fail() -> int:
        raise LookupError("no")

    found = await asyncio.gather(
        flights.share("a", fail), flights.share("a", fail), return_exceptions=True
    )
    assert [type(each) for each in found] == [LookupError, LookupError]
    assert "a" not in flights
