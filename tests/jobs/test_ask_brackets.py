"""Margin brackets, from the venue to the map."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from liqbot.errors import SourceDelayed, SourceUnreadable, StorageError
from liqbot.heatmap.history import recall
from liqbot.jobs import JOBS
from liqbot.jobs.ask_brackets import Asking, Settings
from liqbot.market.instrument import Instrument
from liqbot.market.margin import MarginSchedule, schedule_from
from liqbot.market.units import DAY_MS
from tests.builders import same
from tests.fakes.margins import FakeMargins
from tests.fakes.workshop import FakeWorkshop
from tests.waiting import until
from tests.walks import QUICK

DAY = timedelta(days=1)
OWN = schedule_from([(1e5, 0.012, 40.0)], "one day")
LATER = schedule_from([(1e5, 0.02, 25.0)], "another day")
AT_ONCE = schedule_from([(1e5, 0.03, 40.0)], "a bad day")


class Full(FakeMargins):
    async def keep_brackets(
        self, instrument: Instrument, schedule: MarginSchedule, at: datetime
    ) -> None:
        raise StorageError("the disk is full")

    async def brackets(self, instrument: Instrument, at: datetime) -> MarginSchedule | None:
        raise StorageError("the database is locked")


def a_hall(told: MarginSchedule = OWN, margins: FakeMargins | None = None) -> FakeWorkshop:
    """Return a workshop that watches BTC, of which OKX tells the brackets."""
    hall = FakeWorkshop(margins=margins)
    hall.markets.watch(hall.instrument(each) for each in hall.sources)
    hall.sources["okx"].schedules[hall.instrument("okx")] = told
    return hall


def count(hall: FakeWorkshop) -> int:
    return sum(what == "brackets" for what, *_ in hall.sources["okx"].asked)


def valid(hall: FakeWorkshop) -> dict[str, MarginSchedule]:
    return dict(hall.markets.brackets.of(hall.markets.known()))


async def test_what_a_venue_tells_is_believed_kept_and_mapped() -> None:
    hall = a_hall()
    seen = [hall.truth[hall.instrument(each)] for each in hall.sources]
    for each in seen:
        hall.markets.see(each)
    await hall.markets.evaluate("BTC")
    for venue in hall.sources:
        await Asking(hall.shop, hall.margins, Settings()).ask(venue)
    assert valid(hall) == {"okx": OWN}
    assert await hall.margins.brackets(hall.instrument("okx"), hall.clock.now()) == OWN
    newest = hall.markets.newest("BTC")
    assert newest is not None
    past_ms = hall.markets.memory.since_ms
    since = [hall.markets.memory.of(each.instrument) for each in seen]
    told = [each for each in since if each is not None]
    assert all(int(each.candles.opened_ms[0]) >= past_ms for each in told)
    expected = recall("BTC", told, QUICK, DAY_MS, bin_width=0.01, brackets={"okx": OWN})
    assert same(newest.heatmap, expected.heatmap)
    assert {each.venue: each.bracketed for each in hall.markets.status().venues} == {
        "binance": 0,
        "bybit": 0,
        "okx": 1,
    }
    assert {each.bracketed_at for each in hall.markets.status().venues if each.bracketed} == {
        hall.clock.now()
    }


async def test_each_market_is_asked_about_once_a_day() -> None:
    hall = a_hall()
    asking = Asking(hall.shop, hall.margins, Settings())
    for _ in range(3):
        await asking.ask("okx")
    assert count(hall) == 1
    hall.clock.step(DAY)
    hall.sources["okx"].schedules[hall.instrument("okx")] = LATER
    await asking.ask("okx")
    assert valid(hall) == {"okx": LATER}
    assert await hall.margins.brackets(hall.instrument("okx"), hall.clock.now() - DAY) == OWN


async def test_a_bot_that_was_stopped_remembers_them() -> None:
    hall = a_hall()
    await hall.database.keep(hall.truth[hall.instrument("okx")])
    await Asking(hall.shop, hall.margins, Settings()).ask("okx")
    again = FakeWorkshop(archive=hall.database, margins=hall.margins, truth=hall.truth)
    await Asking(again.shop, again.margins, Settings()).remember()
    assert again.markets.brackets.of([hall.instrument("okx")]) == {"okx": OWN}
    assert again.sources["okx"].asked == []


async def test_what_cannot_be_is_not_believed_and_said(caplog: pytest.LogCaptureFixture) -> None:
    hall = a_hall(AT_ONCE)
    with caplog.at_level(logging.WARNING):
        await Asking(hall.shop, hall.margins, Settings()).ask("okx")
    assert valid(hall) == {}
    assert await hall.margins.brackets(hall.instrument("okx"), hall.clock.now()) is None
    assert [each.message for each in caplog.records] == ["brackets not believed"]


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        (SourceDelayed("timed out", kind="timeout"), 2),
        (SourceUnreadable("brackets loosen at 50,000"), 1),
    ],
)
async def test_a_venue_that_is_late_is_asked_again_soon_and_nonsense_the_next_day(
    fault: SourceDelayed | SourceUnreadable, asked: int
) -> None:
    hall = a_hall()
    asking = Asking(hall.shop, hall.margins, Settings())
    hall.sources["okx"].fault = fault
    await asking.ask("okx")
    hall.sources["okx"].fault = None
    await asking.ask("okx")
    assert count(hall) == asked
    assert bool(valid(hall)) is (asked == 2)
    hall.clock.step(DAY)
    await asking.ask("okx")
    assert valid(hall) == {"okx": OWN}


async def test_a_database_that_cannot_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    hall = a_hall(margins=Full())
    await hall.database.keep(hall.truth[hall.instrument("okx")])
    asking = Asking(hall.shop, hall.margins, Settings())
    with caplog.at_level(logging.WARNING):
        await asking.remember()
        await asking.ask("okx")
    assert valid(hall) == {"okx": OWN}
    assert [each.message for each in caplog.records] == [
        "brackets not remembered",
        "brackets not kept",
    ]


async def test_the_job_asks_by_itself() -> None:
    hall = a_hall()
    async with JOBS["ask_brackets"].open(hall.shop, Settings()):
        await until(lambda: bool(valid(hall)))
    assert valid(hall) == {"okx": OWN}


async def test_where_no_map_is_made_nobody_is_asked() -> None:
    hall = a_hall()
    async with JOBS["ask_brackets"].open(replace(hall.shop, margins=None), Settings()):
        await asyncio.sleep(0.05)
    assert count(hall) == 0
