"""A workshop whose venues, archive and clock are in memory."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from liqbot.alerting.ledger import Tracks
from liqbot.clock import SteppedClock
from liqbot.jobs.job import Workshop
from liqbot.live.keeping import PatientArchive
from liqbot.live.markets import LiveMarkets
from liqbot.market.archive import Archive, MarginArchive
from liqbot.market.instrument import Instrument, MarketQuery
from liqbot.market.observation import Observation
from liqbot.market.source import PositionSource
from liqbot.market.units import DAY_MS, moment_of
from tests.builders import START_MS
from tests.fakes.archive import FakeArchive
from tests.fakes.margins import FakeMargins
from tests.fakes.source import FakeSource, FakeTape, truths
from tests.walks import QUICK

PAST = timedelta(days=2)
NOW = moment_of(START_MS + 3 * DAY_MS) + timedelta(hours=1, seconds=5)


@dataclass(frozen=True)
class FakeVenue:
    """One exchange, as it was opened."""

    source: FakeSource
    tape: FakeTape | None
    completeness: float | None = 0.5
    positions: PositionSource | None = None


class FakeWorkshop:
    """Everything that a job may use, and what a test wants to turn."""

    def __init__(
        self,
        *,
        bases: tuple[str, ...] = ("BTC",),
        venues: tuple[str, ...] = ("binance", "bybit", "okx"),
        at: datetime = NOW,
        archive: Archive | None = None,
        margins: MarginArchive | None = None,
        tracks: Tracks | None = None,
        truth: dict[Instrument, Observation] | None = None,
        days: int = 4,
        shown: dict[str, PositionSource] | None = None,
    ) -> None:
        self.clock = SteppedClock(at)
        self.truth = truth or truths(bases, venues, bars=288 * days)
        self.sources = {each: FakeSource(each, self.clock, self.truth) for each in venues}
        self.tapes = {each: FakeTape(each) for each in venues}
        self.database = archive or FakeArchive()
        self.margins = margins or FakeMargins()
        self.markets = LiveMarkets(
            self.clock,
            [
                FakeVenue(self.sources[each], self.tapes[each], positions=(shown or {}).get(each))
                for each in venues
            ],
            QUICK,
            model_named="quick, for tests",
            tracks=tracks,
            past=PAST,
            bin_width=0.01,
        )
        self.shop = Workshop(
            clock=self.clock,
            chance=np.random.default_rng(1),
            queries=tuple(MarketQuery(base) for base in bases),
            archive=PatientArchive(self.database),
            margins=self.margins,
            markets=self.markets,
        )

    def instrument(self, venue: str, base: str = "BTC") -> Instrument:
        return Instrument(venue, base, "USDT")

    def seen(self, venue: str, base: str = "BTC") -> Observation:
        """What is believed of a market; fails where nothing is."""
        found = self.markets.memory.of(self.instrument(venue, base))
        assert found is not None
        return found
