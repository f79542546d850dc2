"""What was seen of one market by a moment, and what a model makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from liqbot.calibration.place import priced
from liqbot.config.shape import Config
from liqbot.errors import OutOfRange, RecordingError
from liqbot.heatmap.history import History, recall
from liqbot.heatmap.model import Model
from liqbot.market.instrument import MarketQuery, read_market
from liqbot.market.observation import Observation

EVERY_VENUE = "all"
_DEFAULTS = Config()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen of one market by a moment."""

    where: str  # it was seen: a folder, a database, the exchanges
    base: str
    at_ms: int
    observations: tuple[Observation, ...]  # one a venue
    remarks: tuple[str, ...] = ()  # on how it was seen: who did not answer, and why
    is_past: bool = False  # shown as it was then, whatever came after

    @property
    def repairs(self) -> Sequence[str]:
        """What was mended on reading, in words."""
        return [
            f"{seen.instrument.venue}: {repair}"
            for seen in self.observations
            for repair in seen.repairs
        ]

    @property
    def simulated(self) -> bool:
        """Whether nobody ever traded this."""
        return any(each.simulated for each in self.observations)

    def with_candles(self) -> tuple[Observation, ...]:
        """Return what was seen; where only forced orders were, with candles made of these.

        Raise RecordingError where nothing tells a price.
        """
        if not all(np.isnan(each.candles.close).all() for each in self.observations):
            return self.observations
        told = tuple(priced(each) for each in self.observations if len(each.tape))
        if not told:
            raise RecordingError(
                f"{self.where}: no candles of {self.base} in it, and a map needs the"
                " prices at which positions were opened"
            )
        return told

    def recall(
        self, model: Model, window: timedelta, age: timedelta | None, config: Config = _DEFAULTS
    ) -> History:
        """Work out the history up to the moment; raise as `with_candles`."""
        millisecond = timedelta(milliseconds=1)
        history = recall(
            self.base,
            self.with_candles(),
            model,
            window // millisecond,
            age_ms=None if age is None else age // millisecond,
            bin_width=config.heatmap.bin_width,
        )
        return replace(history, is_past=self.is_past)


def query_of(market: str, venue: str) -> MarketQuery:
    """Read a market, on one venue or all; raise Unreadable, or OutOfRange for two venues."""
    query = read_market(market)
    wanted = venue.strip().lower()
    if wanted == EVERY_VENUE:
        return query
    if query.venue not in {None, wanted}:
        raise OutOfRange(f"{market} is on {query.venue}, and --venue asks for {wanted}.")
    return replace(query, venue=wanted)
