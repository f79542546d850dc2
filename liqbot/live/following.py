"""How clusters are followed, written down, so that a bot that is started again renames none."""

import asyncio
import logging

from liqbot.alerting.ledger import Tracks
from liqbot.errors import StorageError
from liqbot.heatmap.followed import decoded, encoded
from liqbot.heatmap.lookback import Lookback
from liqbot.market.units import moment_of

_log = logging.getLogger(__name__)


class Following:
    """Keeps the look-back of each base, once a quarter of an hour; never raises StorageError."""

    def __init__(self, tracks: Tracks | None) -> None:
        self._tracks = tracks
        self._settled_ms: dict[str, int] = {}  # what was written last

    async def read(self, base: str) -> Lookback | None:
        """Return what was written last; None where nothing was, or nothing can be read."""
        if self._tracks is None:
            return None
        try:
            kept = await self._tracks.get(base)
            return None if kept is None else await asyncio.to_thread(decoded, kept[0])
        except (StorageError, ValueError) as error:
            _log.warning("clusters are named anew", extra={"base": base, "why": str(error)})
            return None

    async def write(self, base: str, lookback: Lookback) -> None:
        """Write a look-back, if more has settled; where that fails, the next quarter's will do."""
        if self._tracks is None or lookback.settled_ms <= self._settled_ms.get(base, 0):
            return
        self._settled_ms[base] = lookback.settled_ms
        text = await asyncio.to_thread(encoded, lookback)
        try:
            await self._tracks.put(base, text, moment_of(lookback.settled_ms))
        except StorageError as error:
            _log.warning("clusters not written", extra={"base": base, "why": str(error)})
