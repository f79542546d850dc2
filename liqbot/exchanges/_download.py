"""An answer that is too long to be held whole, piece by piece."""

from collections.abc import Callable

import aiohttp

from liqbot.errors import SourceDelayed

_WHOLE_S = 300.0  # for all of it
_PIECE = 2**16  # bytes: a millisecond's work for whoever takes it, in which nothing else is done
# Packed, a piece could be a thousand times its size.
_PLAIN = {"Accept": "application/json", "Accept-Encoding": "identity"}
_KINDS = {403: "banned", 429: "rate_limit"}


async def pour(
    session: aiohttp.ClientSession,
    url: str,
    take: Callable[[bytes], bool],
    *,
    who: str,
    timeout_s: float,
) -> None:
    """Hand what an URL answers to whom takes it, as long as they want more.

    Raise SourceDelayed: `who` begins its words, in which nothing stands of what was answered.
    `timeout_s`: for the connection, and for each piece.
    """
    limits = aiohttp.ClientTimeout(total=_WHOLE_S, sock_connect=timeout_s, sock_read=timeout_s)
    try:
        async with session.get(
            url, headers=_PLAIN, timeout=limits, auto_decompress=False
        ) as answer:
            if answer.status != 200:
                kind = _KINDS.get(answer.status, "unavailable")
                raise SourceDelayed(f"{who} answered HTTP {answer.status}", kind=kind)
            async for piece in answer.content.iter_chunked(_PIECE):
                if not take(piece):
                    return
    except TimeoutError as error:
        raise SourceDelayed(f"{who} did not answer in time", kind="timeout") from error
    except (aiohttp.ClientError, OSError) as error:
        raise SourceDelayed(f"{who} cannot be reached", kind="network") from error
