"""Pictures, drawn in a thread of their own, each once."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import Self, TypeAlias, TypeVar

from liqbot.charts import CHARTS
from liqbot.charts.chart import Film, Picture, View
from liqbot.errors import Busy, UnknownName
from liqbot.heatmap.history import History
from liqbot.live.flights import Flights

_Asked: TypeAlias = tuple[str, View, str, tuple[str, ...], int | None, bool, int, int, float, int]

Shot = TypeVar("Shot")

_PATIENCE_S = 8.0  # that whoever asks waits, rather than be told to come again
_PICTURES = 64  # that are kept, at about 200 kB, for all who ask while a glance lasts
_FILMS = 4  # that are kept, at a few MB
_TAKES_S, _NEWS = 0.15, 0.1  # what one takes, until it is known; how much the newest tells of it


class LiveStudio:
    """Draws pictures in one thread; use as a context manager."""

    def __init__(self, *, patience_s: float = _PATIENCE_S) -> None:
        self._patience_s, self._takes_s = patience_s, _TAKES_S
        self._flights: Flights[Hashable, Picture] = Flights()
        self._drawn: OrderedDict[Hashable, Picture] = OrderedDict()
        self._filming: Flights[Hashable, Film] = Flights()
        self._films: OrderedDict[Hashable, Film] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, "studio")

    def __enter__(self) -> Self:
        """Have all charts loaded before the first is asked for; return itself."""
        self._thread.submit(lambda: [*CHARTS.values()])
        return self

    def __exit__(self, *_: object) -> None:
        """Draw nothing more that has not been begun."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    @property
    def waiting(self) -> int:
        """How many pictures are being drawn or wait for it."""
        return len(self._flights) + len(self._filming)

    async def draw(self, chart: str, history: History, view: View) -> Picture:
        """Return a picture; raise UnknownName for a chart, Busy while too many are waiting."""
        if chart not in CHARTS:
            raise UnknownName("chart", chart, CHARTS)
        return await self.make(
            _asked(chart, history, view), lambda: CHARTS[chart].draw(history, view)
        )

    async def film(
        self,
        key: Hashable,
        shots: Sequence[Callable[[], Shot]],
        cut: Callable[[Sequence[Shot]], Film],
    ) -> Film:
        """Return what is cut of shots, once for all who ask by the same key.

        Other pictures get their turn between two shots. Raise Busy while another film is made.
        """
        if key in self._films:
            self._films.move_to_end(key)
            return self._films[key]
        if self._filming and key not in self._filming:
            raise Busy("Another film is being drawn. Try again in a few seconds.")
        film = await self._filming.share(key, lambda: self._filmed(shots, cut))
        self._films[key] = film
        while len(self._films) > _FILMS:
            self._films.popitem(last=False)
        return film

    async def _filmed(
        self, shots: Sequence[Callable[[], Shot]], cut: Callable[[Sequence[Shot]], Film]
    ) -> Film:
        loop = asyncio.get_running_loop()
        taken = [await loop.run_in_executor(self._thread, shot) for shot in shots]
        return await asyncio.to_thread(cut, taken)

    async def make(self, key: Hashable, draw: Callable[[], Picture]) -> Picture:
        """Return what a function draws, once for all who ask by the same key; raise Busy."""
        if key in self._drawn:
            self._drawn.move_to_end(key)
            return self._drawn[key]
        wait_s = len(self._flights) * self._takes_s
        if key not in self._flights and wait_s > self._patience_s:
            raise Busy(f"Too many pictures are asked for. Try again in {ceil(wait_s)} s.")
        picture = await self._flights.share(key, lambda: self._made(draw))
        self._drawn[key] = picture
        while len(self._drawn) > _PICTURES:
            self._drawn.popitem(last=False)
        return picture

    async def _made(self, draw: Callable[[], Picture]) -> Picture:
        """Draw in the thread, and learn how long that takes."""
        loop = asyncio.get_running_loop()

        def timed() -> tuple[Picture, float]:
            began_s = loop.time()
            return draw(), loop.time() - began_s

        picture, took_s = await loop.run_in_executor(self._thread, timed)
        self._takes_s += _NEWS * (took_s - self._takes_s)
        return picture


def _asked(chart: str, history: History, view: View) -> _Asked:
    """Return all that a picture depends on, of its moment the second.

    A picture that is told again a while later would be older than it says.
    """
    return (
        chart,
        view,
        history.base,
        history.venues,
        history.age_ms,
        history.is_past,
        history.heatmap.opened_ms.size,
        history.snapshot.at_ms,
        history.snapshot.mark,
        int(history.at.timestamp()),
    )
