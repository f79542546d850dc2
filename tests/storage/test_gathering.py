"""What many ask for at once is done in one go, and nobody is told of the past."""

import asyncio
from collections.abc import Sequence

import pytest

from liqbot.errors import StorageError
from liqbot.storage.gathering import Gathering


class Shelf:
    """Values by number, as often as it was changed; its queries wait to be let through."""

    def __init__(self) -> None:
        self.changes = 0
        self.queries: list[list[int]] = []
        self.gate = asyncio.Event()
        self.fault: StorageError | None = None

    async def read(self, keys: Sequence[int]) -> list[tuple[int, int]]:
        self.queries.append([*keys])
        told = [(key, self.changes) for key in keys]
        await self.gate.wait()
        if self.fault:
            raise self.fault
        return told


async def asked(*tasks: "asyncio.Task[object]") -> None:
    """Let all of them ask."""
    for _ in range(3):
        await asyncio.sleep(0)
    assert not any(each.done() for each in tasks)


async def test_those_who_ask_during_a_query_are_answered_by_one_more() -> None:
    shelf = Shelf()
    rows = Gathering(shelf.read)
    first = [asyncio.create_task(rows.ask(key)) for key in (1, 2, 1)]
    await asked(*first)
    shelf.changes = 1
    later = [asyncio.create_task(rows.ask(key)) for key in (1, 3)]
    await asked(*later)
    shelf.gate.set()
    assert await asyncio.gather(*first) == [(1, 0), (2, 0), (1, 0)]
    assert await asyncio.gather(*later) == [(1, 1), (3, 1)]
    assert shelf.queries == [[1, 2, 1], [1, 3]]


async def test_who_stops_waiting_takes_nobodys_answer_away() -> None:
    shelf = Shelf()
    rows = Gathering(shelf.read)
    gone, stays = (asyncio.create_task(rows.ask(1)) for _ in range(2))
    await asked(gone, stays)
    gone.cancel()
    shelf.gate.set()
    assert await stays == (1, 0)
    assert gone.cancelled()


async def test_an_error_is_told_to_all_who_asked_and_to_no_other() -> None:
    shelf = Shelf()
    rows = Gathering(shelf.read)
    shelf.fault = StorageError("the disk is gone")
    shelf.gate.set()
    found = await asyncio.gather(rows.ask(1), rows.ask(2), return_exceptions=True)
    assert [str(each) for each in found] == ["the disk is gone"] * 2
    shelf.fault = None
    assert await rows.ask(1) == (1, 0)


async def test_an_error_that_nobody_waits_for_is_no_noise(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf = Shelf()
    rows = Gathering(shelf.read)
    shelf.fault = StorageError("the disk is gone")
    gone = asyncio.create_task(rows.ask(1))
    await asked(gone)
    gone.cancel()
    shelf.gate.set()
    await asyncio.gather(gone, return_exceptions=True)
    await asyncio.sleep(0)
    assert caplog.records == []
