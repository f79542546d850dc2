"""A recording, as every venue that is in it; offline and exact."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from numpy.random import Generator

from liqbot.clock import Clock
from liqbot.exchanges._playback import BAR_MS, Loop, PlayedSource, PlayedTape, Story
from liqbot.exchanges.exchange import Exchange, Opened
from liqbot.market.recording.reader import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySettings:
    """A recording instead of the live market; after its end it begins anew."""

    folder: Annotated[Path, "What `liqbot record` or `liqbot simulate` wrote."] = Path("recording")


@asynccontextmanager
async def _open(
    settings: ReplaySettings, clock: Clock, _chance: Generator
) -> AsyncIterator[tuple[Opened, ...]]:
    recording = await asyncio.to_thread(Recording.open, settings.folder)

    async def the_same(_base: str) -> Recording:
        return recording

    story = Story(
        recording=the_same,
        instruments=recording.instruments,
        loop=await asyncio.to_thread(_loop, recording),
        clock=clock,
    )
    yield tuple(
        Opened(source=PlayedSource(venue, story), tape=PlayedTape(venue, story), completeness=None)
        for venue in recording.venues
    )


def _loop(recording: Recording) -> Loop:
    """Return the time in which anything was recorded, in whole bars."""
    spans = [recording.span(base) for base in recording.bases]
    first_ms = min(first for first, _ in spans) // BAR_MS * BAR_MS
    last_ms = -(-max(last for _, last in spans) // BAR_MS) * BAR_MS
    return Loop(first_ms, max(last_ms - first_ms, BAR_MS))


EXCHANGE = Exchange(
    name="replay",
    summary="A recording, told as its time comes",
    settings=ReplaySettings,
    open=_open,
)
