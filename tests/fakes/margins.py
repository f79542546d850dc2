"""An archive of margin brackets that forgets all when the test ends."""

from collections import defaultdict
from datetime import datetime

from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule
from liqbot.market.units import ms_of


class FakeMargins:
    """Does what the port says in a dictionary."""

    def __init__(self) -> None:
        self._told: dict[Instrument, dict[int, MarginSchedule]] = defaultdict(dict)

    async def keep_brackets(
        self, instrument: Instrument, schedule: MarginSchedule, at: datetime
    ) -> None:
        held = await self.brackets(instrument, at)
        if held is None or held.tiers != schedule.tiers:
            self._told[instrument][ms_of(at)] = schedule

    async def brackets(self, instrument: Instrument, at: datetime) -> MarginSchedule | None:
        valid = [each for each in self._told[instrument] if each <= ms_of(at)]
        return self._told[instrument][max(valid)] if valid else None
