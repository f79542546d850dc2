import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from select import select

import pytest

from liqbot.platforms._lines import lines
from tests.waiting import until


@pytest.fixture
async def pipe() -> AsyncIterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for each in (reading, writing):
        try:
            os.close(each)
        except OSError:
            continue


async def test_lines_come_as_they_are_written_and_the_last_without_its_end(
    pipe: tuple[int, int],
) -> None:
    reading, writing = pipe
    async with aclosing(lines(reading)) as found:
        os.write(writing, b"one\ntw")
        assert await anext(found) == "one"
        os.write(writing, b"o\nthree\xff")
        os.close(writing)
        assert [each async for each in found] == ["two", "three\ufffd"]


async def test_a_letter_may_come_in_halves(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    letter = "é\n".encode()
    async with aclosing(lines(reading)) as found:
        waiting = asyncio.ensure_future(anext(found))
        os.write(writing, letter[:1])
        await until(lambda: not select([reading], [], [], 0)[0])  # half of it is read
        os.write(writing, letter[1:])
        assert await waiting == "é"


async def test_a_plain_file_is_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "asked"
    file.write_text("a\nb\n")
    descriptor = os.open(file, os.O_RDONLY)
    try:
        assert [each async for each in lines(descriptor)] == ["a", "b"]
    finally:
        os.close(descriptor)


async def test_waiting_stops_at_once_and_leaves_nothing_behind(pipe: tuple[int, int]) -> None:
    reading, _ = pipe
    waiting = asyncio.ensure_future(anext(lines(reading)))
    await asyncio.sleep(0)  # until it waits
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not asyncio.get_running_loop().remove_reader(reading)
    assert os.get_blocking(reading)
