"""The simulated market, as the venues that trade it; labelled SIMULATED wherever it shows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from annotated_types import Ge, Interval
from numpy.random import Generator

from liqbot.clock import Clock
from liqbot.errors import SourceDelayed
from liqbot.exchanges._playback import Loop, PlayedSource, PlayedTape, Story
from liqbot.exchanges.exchange import Exchange, Opened
from liqbot.market.instrument import Instrument
from liqbot.market.recording.reader import Recording
from liqbot.market.units import DAY_MS
from liqbot.simulation.publishing import QUOTE
from liqbot.simulation.settings import Settings
from liqbot.simulation.simulated import simulate
from liqbot.simulation.venues import CONTRACTS, VENUES

# One print a second tells 54 … 92 % of the orders: 7 days of BTC and of DOGE, two seeds.
_COMPLETENESS = {"complete": 1.0, "bankruptcy price": 1.0, "one a second": 0.7}


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedSettings:
    """A market whose every position is known, instead of the live one."""

    seed: Annotated[int, Ge(0), "Which chance it has."] = 1
    days: Annotated[
        int,
        Interval(ge=1, le=30),
        "After so many days it begins anew; each takes a second to make.",
    ] = 7


class _Worlds:
    """Simulates a market when it is first asked for, as a recording; then keeps it."""

    def __init__(self, settings: SimulatedSettings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._made: dict[str, asyncio.Task[Recording]] = {}
        self._closed = False

    async def recording(self, base: str) -> Recording:
        """Return a market's recording; whoever gives up waiting does not stop the work."""
        if base not in self._made:
            self._made[base] = asyncio.create_task(asyncio.to_thread(self._make, base))
        return await asyncio.shield(self._made[base])

    async def close(self) -> None:
        """Stop the work and wait until it has stopped."""
        self._closed = True
        await asyncio.gather(*self._made.values(), return_exceptions=True)

    def _make(self, base: str) -> Recording:
        settings, folder = self._settings, self._folder / base
        market = Settings(seed=settings.seed, days=float(settings.days), markets=(base,))
        simulate(market, self._go_on).write(folder, minutes=True)
        return Recording.open(folder)

    def _go_on(self, _done: float) -> None:
        if self._closed:
            raise SourceDelayed("simulated: closed before it was made", kind="unavailable")


@asynccontextmanager
async def _open(
    settings: SimulatedSettings, clock: Clock, _chance: Generator
) -> AsyncIterator[tuple[Opened, ...]]:
    names = sorted(venue.name for venue in VENUES)
    with TemporaryDirectory(prefix="liqbot-simulated-") as folder:
        worlds = _Worlds(settings, Path(folder))
        story = Story(
            recording=worlds.recording,
            instruments=tuple(
                Instrument(name, base, QUOTE) for name in names for base in sorted(CONTRACTS)
            ),
            loop=Loop(Settings().start_ms, settings.days * DAY_MS),
            clock=clock,
        )
        try:
            yield tuple(
                Opened(
                    source=PlayedSource(venue.name, story),
                    tape=PlayedTape(venue.name, story),
                    completeness=_COMPLETENESS[venue.tape],
                )
                for venue in VENUES
            )
        finally:
            await worlds.close()


EXCHANGE = Exchange(
    name="simulated",
    summary="Three venues whose every position is known; nobody ever traded there",
    settings=SimulatedSettings,
    open=_open,
)
