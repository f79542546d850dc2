"""An archive that waits for its database."""

import logging
from datetime import datetime

from liqbot.errors import StorageError
from liqbot.market.archive import Archive
from liqbot.market.instrument import Instrument
from liqbot.market.joining import joined
from liqbot.market.observation import Observation

_log = logging.getLogger(__name__)


class PatientArchive:
    """Keeps what the archive behind it cannot take now, and tries again with the next."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._unsaved: dict[Instrument, Observation] = {}

    @property
    def unsaved(self) -> int:
        """Count the instruments of which something is not kept yet."""
        return len(self._unsaved)

    async def keep(self, observation: Observation) -> None:
        """Keep an observation, and what waits of its instrument; never raise StorageError."""
        instrument = observation.instrument
        waiting = self._unsaved.pop(instrument, None)
        whole = observation if waiting is None else joined(waiting, observation)
        is_kept = False
        try:
            await self._archive.keep(whole)
            is_kept = True
        except StorageError as error:
            _log.warning("not kept yet", extra={"market": str(instrument), "why": str(error)})
        finally:
            if not is_kept:  # cancelled, maybe, while another answer came
                later = self._unsaved.get(instrument)
                self._unsaved[instrument] = whole if later is None else joined(whole, later)

    async def flush(self) -> None:
        """Try once more to keep all that waits."""
        for observation in list(self._unsaved.values()):
            await self.keep(observation)

    async def read(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        """Return what is kept of a span; raise StorageError."""
        return await self._archive.read(instrument, from_ms, to_ms)

    async def known(self) -> tuple[Instrument, ...]:
        """Return the instruments of which anything is kept; raise StorageError."""
        return await self._archive.known()

    async def prune(self, at: datetime) -> int:
        """Forget what is old; raise StorageError."""
        return await self._archive.prune(at)
