"""Asking every venue of one market once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from liqbot.cli.inquiry import Inquiry
from liqbot.clock import Clock, SteppedClock
from liqbot.errors import SourceDelayed, SourceError, SourceRefused, StorageError, UnknownName
from liqbot.exchanges.exchange import Opened
from liqbot.market.instrument import Instrument, MarketQuery
from liqbot.market.observation import Observation
from liqbot.market.units import DAY_MS, moment_of
from tests.builders import START_MS
from tests.fakes.archive import FakeArchive
from tests.fakes.source import FakeSource, is_part_of, scaled, truths

BTC = MarketQuery("BTC")
NOW = moment_of(START_MS + 12 * DAY_MS) + timedelta(hours=1, seconds=5)
VENUES = ("binance", "bybit", "okx")


class Reluctant(FakeSource):
    """Raises what it is given before it tells anything of the past."""

    def __init__(self, venue: str, clock: Clock, truth: dict[Instrument, Observation]) -> None:
        super().__init__(venue, clock, truth)
        self.excuses: list[SourceError] = []

    async def recall(self, instrument: Instrument, from_ms: int, to_ms: int) -> Observation:
        if self.excuses:
            raise self.excuses.pop()
        return await super().recall(instrument, from_ms, to_ms)


class Venues:
    """Three venues in memory that know twelve days, and who asks them."""

    def __init__(self, archive: FakeArchive | None = None, venues: Sequence[str] = VENUES) -> None:
        clock = SteppedClock(NOW)
        self.truth = truths(("BTC", "ETH"), venues, bars=288 * 13)
        self.sources = {each: Reluctant(each, clock, self.truth) for each in venues}
        opened: Mapping[str, Opened] = {
            name: Opened(source=source, tape=None, completeness=None)
            for name, source in self.sources.items()
        }
        self.inquiry = Inquiry(opened, clock, archive)
        self.shares: list[float] = []

    async def ask(self, query: MarketQuery = BTC) -> tuple[Observation, ...]:
        return await self.inquiry.ask(query, self.shares.append)

    def recalled(self, venue: str) -> list[tuple[int, int]]:
        return [(a, b) for what, _, a, b in self.sources[venue].asked if what == "recall"]


async def test_all_that_the_venues_tell_is_believed_the_newest_asked_for_first() -> None:
    venues = Venues()
    seen = await venues.ask()
    assert [each.instrument for each in seen] == [Instrument(v, "BTC", "USDT") for v in VENUES]
    for each in seen:
        truth = venues.truth[each.instrument]
        assert is_part_of(each, truth)
        assert each.candles.opened_ms[0] == truth.candles.opened_ms[0]
        assert each.candles.closed_ms[-1] == START_MS + 12 * DAY_MS + 3_600_000
        assert each.mark == venues.sources[each.instrument.venue].price(each.instrument)
    spans = venues.recalled("okx")
    assert spans == sorted(spans, reverse=True)
    assert len(spans) > 1
    assert venues.inquiry.remarks == []
    assert venues.shares == sorted(venues.shares)
    assert venues.shares[-1] == 1.0


async def test_before_a_market_was_listed_nothing_more_is_asked() -> None:
    venues = Venues()
    await venues.ask()
    empty = [span for span in venues.recalled("okx") if span[1] <= START_MS]
    assert len(empty) == 1


async def test_one_venue_alone_can_be_asked() -> None:
    venues = Venues()
    (seen,) = await venues.ask(MarketQuery("ETH", venue="bybit"))
    assert seen.instrument == Instrument("bybit", "ETH", "USDT")
    assert venues.sources["okx"].asked == []


async def test_what_is_not_there_is_told_what_is() -> None:
    with pytest.raises(UnknownName, match="Did you mean bybit"):
        await Venues().ask(MarketQuery("BTC", venue="bybitt"))
    with pytest.raises(UnknownName, match=r"There is no market “DOGE”\. There is BTC, ETH\."):
        await Venues().ask(MarketQuery("DOGE"))


async def test_who_fails_is_told_and_left_out() -> None:
    venues = Venues()
    venues.sources["okx"].fault = SourceDelayed("okx is asleep", kind="timeout")
    assert [each.instrument.venue for each in await venues.ask()] == ["binance", "bybit"]
    assert venues.inquiry.remarks == ["okx is left out: okx is asleep"]


async def test_nobody_is_an_error_that_says_why() -> None:
    venues = Venues()
    for each in venues.sources.values():
        each.fault = SourceDelayed(f"{each.venue} is asleep", kind="timeout")
    with pytest.raises(
        SourceError, match=r"Nobody told of BTC: binance .* asleep; .* okx is asleep"
    ):
        await venues.ask()


async def test_who_cannot_tell_the_past_is_in_it_with_what_came() -> None:
    venues = Venues()
    venues.sources["okx"].excuses = [SourceRefused("okx tells no past")]
    seen = {each.instrument.venue: each for each in await venues.ask()}
    assert len(seen["okx"].candles) == 287
    assert len(seen["bybit"].candles) > 288 * 11
    assert venues.inquiry.remarks == ["okx tells no more of the past: okx tells no past"]


async def test_a_venue_that_asks_for_patience_is_asked_again() -> None:
    venues = Venues(venues=("okx",))
    venues.sources["okx"].excuses = [SourceDelayed("not now", kind="paused", retry_at=NOW)]
    (seen,) = await venues.ask()
    assert len(seen.candles) > 288 * 11
    assert venues.inquiry.remarks == []


async def test_a_price_that_two_others_deny_is_left_out() -> None:
    venues = Venues()
    venues.sources["okx"].bend = lambda seen: replace(
        seen, candles=scaled(seen.candles, 100.0), mark=type(seen.mark)(seen.mark * 100)
    )
    assert [each.instrument.venue for each in await venues.ask()] == ["binance", "bybit"]
    assert venues.inquiry.remarks[-1].startswith("okx is left out: ")


async def test_what_comes_is_kept_and_asked_no_more() -> None:
    archive = FakeArchive()
    first = await Venues(archive).ask()
    again = Venues(archive)
    second = await again.ask()
    assert len(again.recalled("okx")) == 1  # of before it was listed
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.candles.close, other.candles.close)
        np.testing.assert_array_equal(one.open_interest.quantity, other.open_interest.quantity)


async def test_an_archive_that_fails_is_told_once_and_done_without() -> None:
    class Broken(FakeArchive):
        async def keep(self, observation: Observation) -> None:
            raise StorageError("its disk is full")

    venues = Venues(Broken())
    assert len(await venues.ask()) == 3
    assert venues.inquiry.remarks == ["The archive is left out: its disk is full"]
