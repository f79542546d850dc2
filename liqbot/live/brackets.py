"""The maintenance-margin brackets that venues tell of their markets."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from liqbot.heatmap.brackets import doubt
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule


class Brackets:
    """Holds what is believed of what venues tell; where they tell nothing, the built-in count."""

    def __init__(self) -> None:
        self._told: dict[Instrument, MarginSchedule] = {}
        self._told_at: dict[Instrument, datetime] = {}

    def take(
        self, instrument: Instrument, told: MarginSchedule, at: datetime | None = None
    ) -> bool:
        """Take what a venue tells at a moment, None: once; return whether anything changed.

        Raise ValueError, saying why, for what cannot be: what was told before stays.
        """
        if why := doubt(instrument.venue, told):
            raise ValueError(f"the brackets of {instrument} cannot be: {why}")
        if at is not None:
            self._told_at[instrument] = at
        before = self._told.get(instrument)
        if before is not None and before.tiers == told.tiers:
            return False
        self._told[instrument] = told
        return True

    def of(self, instruments: Iterable[Instrument]) -> Mapping[str, MarginSchedule]:
        """Return the brackets of one base by venue, of those that tell them."""
        return {each.venue: self._told[each] for each in instruments if each in self._told}

    def told_at(self, instruments: Iterable[Instrument]) -> datetime | None:
        """Return when all of those that tell brackets had told them last; None: not lately."""
        there = [each for each in instruments if each in self._told]
        if not there or any(each not in self._told_at for each in there):
            return None
        return min(self._told_at[each] for each in there)
