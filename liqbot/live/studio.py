"""Pictures, drawn in a thread of their own, each once."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeAlias

from liqbot.charts import CHARTS
from liqbot.charts.chart import Picture, View
from liqbot.errors import Busy, UnknownName
from liqbot.heatmap.history import History
from liqbot.live.flights import Flights

_Asked: TypeAlias = tuple[str, View, str, tuple[str, ...], int | None, bool, int, int, float, int]

_QUEUE = 12  # pictures that may wait; the last of them comes after a few seconds
_PICTURES = 16  # that are kept, at about 100 kB; none serves for longer than a second
_SECONDS = 0.5  # that one takes, about


class LiveStudio:
    """Draws pictures in one thread; use as a context manager."""

    def __init__(self, *, queue: int = _QUEUE) -> None:
        self._queue = queue
        self._flights: Flights[Hashable, Picture] = Flights()
        self._drawn: OrderedDict[Hashable, Picture] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, "studio")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Draw nothing more that has not been begun."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    @property
    def waiting(self) -> int:
        """How many pictures are being drawn or wait for it."""
        return len(self._flights)

    async def draw(self, chart: str, history: History, view: View) -> Picture:
        """Return a picture; raise UnknownName for a chart, Busy while too many are waiting."""
        if chart not in CHARTS:
            raise UnknownName("chart", chart, CHARTS)
        return await self.make(
            _asked(chart, history, view), lambda: CHARTS[chart].draw(history, view)
        )

    async def make(self, key: Hashable, draw: Callable[[], Picture]) -> Picture:
        """Return what a function draws, once for all who ask by the same key; raise Busy."""
        if key in self._drawn:
            self._drawn.move_to_end(key)
            return self._drawn[key]
        if key not in self._flights and self.waiting >= self._queue:
            seconds = max(round(self.waiting * _SECONDS), 1)
            raise Busy(f"Too many pictures are asked for. Try again in {seconds} s.")
        loop = asyncio.get_running_loop()
        picture = await self._flights.share(key, lambda: loop.run_in_executor(self._thread, draw))
        self._drawn[key] = picture
        while len(self._drawn) > _PICTURES:
            self._drawn.popitem(last=False)
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
