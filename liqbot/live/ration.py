"""How much of what is dear one user may have within a while."""

from collections import defaultdict, deque
from datetime import datetime, timedelta
from math import ceil

from liqbot.clock import Clock
from liqbot.errors import Busy

_WITHIN = timedelta(minutes=1)
_KNOWN = 4096  # users; then those are forgotten who have had nothing for a while


class Ration:
    """Gives each user so many pictures a minute."""

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock, self._most = clock, most
        self._had: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def take(self, who: str) -> None:
        """Give one to a user; raise Busy where it is one too many, which then counts for none."""
        now = self._clock.now()
        if len(self._had) >= _KNOWN:
            self._had = defaultdict(
                deque, {each: had for each, had in self._had.items() if had[-1] > now - _WITHIN}
            )
        had = self._had[who]
        while had and had[0] <= now - _WITHIN:
            had.popleft()
        if len(had) >= self._most:
            seconds = ceil((had[0] + _WITHIN - now) / timedelta(seconds=1))
            raise Busy(f"That is {self._most} pictures in a minute. Try again in {seconds} s.")
        had.append(now)
