"""Lines from a file descriptor, without a thread that nobody could stop."""

import asyncio
import os
from collections.abc import AsyncGenerator

_CHUNK = 65_536  # bytes


async def lines(descriptor: int) -> AsyncGenerator[str, None]:
    """Yield lines as they come, until there are no more; what is no UTF-8 is replaced.

    Why not `connect_read_pipe`: it makes the descriptor non-blocking, and with it the terminal
    that everybody else writes to; and it refuses plain files.
    """
    rest = b""
    while True:
        await _until_readable(descriptor)
        try:
            chunk = os.read(descriptor, _CHUNK)
        except OSError:  # a terminal that has gone, or one that belongs to somebody else now
            chunk = b""
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "replace")
        if not chunk:
            break
    if rest:
        yield rest.decode("utf-8", "replace")


async def _until_readable(descriptor: int) -> None:
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    try:
        loop.add_reader(descriptor, readable.set)
    except PermissionError:  # a plain file, which is readable at any time
        return
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)
