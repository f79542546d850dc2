"""Forced orders, as they stream in."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from liqbot.heatmap.heatmap import Heatmap
from liqbot.jobs import JOBS
from liqbot.jobs._schedule import Schedule
from liqbot.jobs.listen_tape import Listening, Settings
from liqbot.jobs.watch_markets import Settings as WatchSettings
from liqbot.jobs.watch_markets import Watch
from liqbot.live.watcher import Watcher
from liqbot.market.tape import Tape
from liqbot.market.units import HOUR_MS, Side, ms_of
from liqbot.rules.rule import Scene
from tests.alerting.stage import TERMS
from tests.builders import a_liquidation
from tests.fakes.ledger import a_ledger
from tests.fakes.workshop import FakeWorkshop
from tests.waiting import until


class Ear:
    """A listening whose turns a test takes itself."""

    def __init__(self, hall: FakeWorkshop, settings: Settings) -> None:
        self.hall, self.listening = hall, Listening(hall.shop, settings)

    async def tend(self) -> None:
        for venue in self.hall.tapes:
            await self.listening.tend(venue)
        await self.settle()

    async def settle(self) -> None:
        """Let what was said be heard."""
        for _ in range(5):
            await asyncio.sleep(0)

    async def hear(self, venue: str, *orders: tuple[float, float], ago_ms: int = 1000) -> None:
        """Let a venue say orders of (price, quantity), and take them in."""
        at_ms = ms_of(self.hall.clock.now()) - ago_ms
        told = Tape.of(
            a_liquidation(Side.LONG, at_ms=at_ms + row, price=price, quantity=quantity)
            for row, (price, quantity) in enumerate(orders)
        )
        self.hall.tapes[venue].say(self.hall.instrument(venue), told)
        await self.settle()
        await self.listening.take_in()

    def made(self) -> Heatmap:
        """What was worked out last."""
        history = self.hall.markets.newest("BTC")
        assert history is not None
        return history.heatmap


@asynccontextmanager
async def an_ear(settings: Settings | None = None, *, polls: bool = True) -> AsyncIterator[Ear]:
    hall = FakeWorkshop()
    watch = Watch(hall.shop, WatchSettings(), Schedule())
    for venue in hall.sources:
        await watch.enlist(venue)
    for each in hall.markets.known() * 2 if polls else ():
        await watch.poll(each)
    ear = Ear(hall, settings or Settings())
    await ear.tend()
    yield ear
    await ear.listening.stop()


async def test_what_is_heard_is_kept_and_seen() -> None:
    async with an_ear() as ear:
        price = ear.hall.sources["okx"].price(ear.hall.instrument("okx"))
        await ear.hear("okx", (price, 1.0), (price * 0.99, 2.0))
        assert ear.hall.seen("okx").tape.quantity.tolist() == [1.0, 2.0]
        kept = await ear.hall.database.read(ear.hall.instrument("okx"), 0, 10**14)
        assert kept.tape.quantity.tolist() == [1.0, 2.0]
        shown = {each.instrument.venue: each.prints for each in ear.hall.markets.status().markets}
        assert shown == {"binance": 0, "bybit": 0, "okx": 2}


async def test_what_cannot_be_is_left_out() -> None:
    async with an_ear() as ear:
        price = ear.hall.sources["okx"].price(ear.hall.instrument("okx"))
        await ear.hear("okx", (price, 1.0), (price * 100, 2.0))
        assert ear.hall.seen("okx").tape.quantity.tolist() == [1.0]


async def test_orders_wait_for_the_first_poll() -> None:
    async with an_ear(polls=False) as ear:
        price = ear.hall.sources["okx"].price(ear.hall.instrument("okx"))
        await ear.hear("okx", (price, 1.0))
        assert ear.hall.markets.memory.of(ear.hall.instrument("okx")) is None
        watch = Watch(ear.hall.shop, WatchSettings(), Schedule())
        for each in ear.hall.markets.known() * 2:
            await watch.poll(each)
        await ear.listening.take_in()
        assert ear.hall.seen("okx").tape.quantity.tolist() == [1.0]


async def test_a_forced_order_says_nothing_of_how_old_the_mark_is() -> None:
    async with an_ear() as ear:
        before = ear.hall.seen("okx")
        ear.hall.clock.step(timedelta(minutes=3))
        await ear.hear("okx", (before.mark, 1.0))
        assert ear.hall.seen("okx").observed_at == before.observed_at
        assert ear.hall.seen("okx").mark == before.mark


async def test_a_burst_wakes_the_map_at_once_and_only_as_it_begins() -> None:
    async with an_ear() as ear:
        price = ear.hall.sources["okx"].price(ear.hall.instrument("okx"))
        quantity = 100_000 / price
        before = ear.made()
        await ear.hear("okx", *[(price, quantity)] * 2)
        assert ear.made() is before
        await ear.hear("bybit", *[(price, quantity)] * 3)
        woken = ear.hall.markets.newest("BTC")
        assert woken is not None
        assert len(woken.tape) == 5
        await ear.hear("bybit", (price, quantity))
        assert ear.made() is woken.heatmap
        ear.hall.clock.step(timedelta(minutes=2))
        await ear.hear("bybit", (price, 1.0))
        await ear.hear("okx", *[(price, 20 * quantity)] * 5)
        assert ear.made() is not woken.heatmap


async def test_a_burst_is_judged_at_once() -> None:
    looks = list[datetime]()

    async def seen(at: datetime) -> Mapping[str, Scene]:
        looks.append(at)
        return {}

    async with an_ear() as ear:
        watcher = Watcher(ear.hall.clock, a_ledger(), TERMS, seen)
        shop = replace(ear.hall.shop, watcher=watcher)
        ear.listening = Listening(shop, Settings())
        await ear.tend()
        price = ear.hall.sources["okx"].price(ear.hall.instrument("okx"))
        await ear.hear("okx", (price, 100_000 / price))
        assert looks == []
        await ear.hear("okx", *[(price, 100_000 / price)] * 5)
        assert looks == [ear.hall.clock.now()]


async def test_what_is_usual_there_is_no_burst() -> None:
    async with an_ear() as ear:
        price = ear.hall.sources["okx"].price(ear.hall.instrument("okx"))
        quantity = 100_000 / price
        for minute in range(60, 1, -1):
            await ear.hear("okx", *[(price, quantity)] * 2, ago_ms=minute * 60_000)
        before = ear.made()
        await ear.hear("okx", *[(price, quantity)] * 5)
        assert ear.made() is before


async def test_a_stream_that_fails_is_begun_anew(caplog: pytest.LogCaptureFixture) -> None:
    async with an_ear() as ear:
        tape = ear.hall.tapes["okx"]
        tape.fail(ConnectionError("closed"))
        await ear.settle()
        with caplog.at_level(logging.WARNING):
            await ear.tend()
        assert [each.message for each in caplog.records] == ["stopped listening"]
        assert len(tape.listened) == 2
        price = ear.hall.sources["okx"].price(ear.hall.instrument("okx"))
        await ear.hear("okx", (price, 1.0))
        assert len(ear.hall.seen("okx").tape) == 1


async def test_what_is_watched_from_now_on_is_listened_to(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with an_ear() as ear:
        tape = ear.hall.tapes["okx"]
        await ear.tend()
        assert tape.listened == [(ear.hall.instrument("okx"),)]
        ear.hall.markets.delist(ear.hall.instrument("okx"), "gone")
        for _ in range(3):
            await ear.tend()
        assert caplog.records == []
        ear.hall.markets.watch([ear.hall.instrument("okx")])
        await ear.tend()
        assert len(tape.listened) == 2


async def test_the_job_takes_in_what_was_heard_before_it_stops() -> None:
    async with an_ear() as ear:
        hall = ear.hall
    price = hall.sources["okx"].price(hall.instrument("okx"))
    order = a_liquidation(at_ms=ms_of(hall.clock.now()) - HOUR_MS, price=price)
    async with JOBS["listen_tape"].open(hall.shop, Settings(batch=timedelta(minutes=1))):
        await until(lambda: len(hall.tapes["okx"].listened) == 2)
        hall.tapes["okx"].say(hall.instrument("okx"), Tape.of([order]))
        await ear.settle()
    assert len(hall.seen("okx").tape) == 1
