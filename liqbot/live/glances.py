"""Maps as they are seen from now, the same for all who look within a few seconds."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import datetime, timedelta

from liqbot.clock import Clock
from liqbot.heatmap.history import History

LASTING = timedelta(seconds=5)

_KEPT = 32


class Glances:
    """Shares what was seen a moment ago, so that who asks together gets one picture.

    The age that it tells is the one that it will have at the end: it is never older than it says.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: OrderedDict[Hashable, History] = OrderedDict()

    def share(self, whole: History, look: Callable[[datetime], History]) -> History:
        """Return a map as it was seen a moment ago, or else as a function sees it now."""
        begun_ms = int(whole.heatmap.opened_ms[0])
        key = (whole.base, whole.venues, whole.age_ms, begun_ms, whole.at)
        now = self._clock.now()
        while self._seen and now - next(iter(self._seen.values())).at >= LASTING:
            self._seen.popitem(last=False)
        if key not in self._seen:
            found = look(now)
            whole_age_s = found.data_age_s + LASTING.total_seconds()
            self._seen[key] = replace(found, data_age_s=whole_age_s)
        if len(self._seen) > _KEPT:
            self._seen.popitem(last=False)
        return self._seen[key]
