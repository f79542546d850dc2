"""The live markets, as commands and jobs use them."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from liqbot.errors import Blind, UnknownName
from liqbot.heatmap.history import recall, remarked
from liqbot.live.glances import LASTING
from liqbot.live.studio import LiveStudio
from liqbot.market.instrument import Instrument, MarketQuery
from liqbot.market.joining import trimmed
from liqbot.market.units import DAY_MS, HOUR_MS, Price, ms_of
from tests.builders import same
from tests.fakes.desk import a_desk
from tests.fakes.workshop import FakeWorkshop
from tests.walks import QUICK

BTC = MarketQuery("BTC")
DAY = timedelta(days=1)
SHARED_S = LASTING.total_seconds()


async def a_hall(*, bases: tuple[str, ...] = ("BTC",), sees: bool = True) -> FakeWorkshop:
    """Return markets that are watched, and of which two days were seen."""
    hall = FakeWorkshop(bases=bases)
    hall.markets.watch(hall.truth)
    if sees:
        for instrument in hall.truth:
            await see(hall, instrument)
    return hall


async def see(hall: FakeWorkshop, instrument: Instrument) -> bool:
    source = hall.sources[instrument.venue]
    return hall.markets.see(await source.observe(instrument, hall.markets.memory.since_ms))


async def test_a_map_is_of_all_that_is_believed_seen_from_now() -> None:
    hall = await a_hall()
    hall.clock.step(timedelta(seconds=20))
    history = await hall.markets.history(BTC, DAY)
    memory = hall.markets.memory
    seen = [memory.of(each) for each in hall.markets.known()]
    cut = [trimmed(each, memory.since_ms) for each in seen if each is not None]
    expected = recall("BTC", cut, QUICK, DAY_MS, bin_width=0.01)
    marks = [each.mark for each in cut]
    now = hall.clock.now()
    assert same(history, remarked(expected, Price(float(np.median(marks))), now, 20.0 + SHARED_S))
    assert history.venues == ("binance", "bybit", "okx")


async def test_between_bars_only_mark_time_and_age_move() -> None:
    hall = await a_hall()
    first = await hall.markets.history(BTC, DAY)
    hall.clock.step(timedelta(seconds=30))
    for venue in ("binance", "bybit"):
        hall.markets.see(
            await hall.sources[venue].observe(hall.instrument(venue), ms_of(hall.clock.now()))
        )
    second = await hall.markets.history(BTC, DAY)
    assert same(second.heatmap, first.heatmap)
    assert (first.data_age_s, second.data_age_s) == (SHARED_S, 30.0 + SHARED_S)
    assert second.at - first.at == timedelta(seconds=30)


async def test_the_age_is_that_of_the_stalest_venue_by_the_clock() -> None:
    hall = await a_hall()
    await hall.markets.evaluate("BTC")
    hall.clock.step(timedelta(minutes=4))
    await see(hall, hall.instrument("binance"))
    newest = hall.markets.newest("BTC")
    assert newest is not None
    assert newest.data_age_s == 240.0
    assert (await hall.markets.history(BTC, DAY)).data_age_s == 240.0 + SHARED_S


async def test_a_venue_that_falls_silent_stays_in_the_map() -> None:
    hall = await a_hall()
    hall.clock.step(timedelta(minutes=50))
    for venue in ("binance", "bybit"):
        await see(hall, hall.instrument(venue))
    await hall.markets.evaluate("BTC")
    history = await hall.markets.history(BTC, DAY)
    assert history.venues == ("binance", "bybit", "okx")
    assert history.data_age_s == 3000.0 + SHARED_S


async def test_only_a_new_bar_is_told_of() -> None:
    hall = await a_hall()
    instrument = hall.instrument("okx")
    assert not await see(hall, instrument)
    hall.clock.step(timedelta(minutes=5))
    assert await see(hall, instrument)


async def test_maps_of_one_venue_a_window_or_an_age_are_made_when_asked_for() -> None:
    hall = await a_hall()
    one = await hall.markets.history(MarketQuery("BTC", venue="okx"), DAY)
    assert one.venues == ("okx",)
    long = await hall.markets.history(BTC, timedelta(hours=40))
    assert long.heatmap.opened_ms.size == 480
    young = await hall.markets.history(BTC, DAY, timedelta(hours=6))
    assert young.age_ms == 6 * HOUR_MS
    assert hall.markets.newest("BTC") is None


async def test_what_is_not_watched_has_no_name() -> None:
    hall = await a_hall()
    with pytest.raises(UnknownName, match="BTC"):
        await hall.markets.history(MarketQuery("BTX"), DAY)
    with pytest.raises(UnknownName, match="bybit"):
        await hall.markets.history(MarketQuery("BTC", venue="bybt"), DAY)


async def test_before_anything_is_told_one_is_blind_and_knows_why() -> None:
    hall = await a_hall(sees=False)
    hall.markets.lose(hall.instrument("okx"), "timed out")
    with pytest.raises(Blind, match=r"anything yet \(.*binance: nothing told; .*okx: timed out"):
        await hall.markets.history(BTC, DAY)


async def test_after_an_hour_without_news_one_is_blind() -> None:
    hall = await a_hall()
    hall.clock.step(timedelta(minutes=60))
    await hall.markets.history(BTC, DAY)
    hall.clock.step(timedelta(seconds=1))
    with pytest.raises(Blind, match="for 60 min"):
        await hall.markets.history(BTC, DAY)


async def test_what_is_not_listed_any_more_leaves_the_map_and_shows() -> None:
    hall = await a_hall()
    gone = hall.instrument("okx")
    hall.markets.delist(gone, "okx does not list it any more")
    assert gone not in hall.markets.known()
    assert (await hall.markets.history(BTC, DAY)).venues == ("binance", "bybit")
    shown = {each.instrument: each for each in hall.markets.status().markets}
    assert shown[gone].blind == "okx does not list it any more"
    assert not hall.markets.see(hall.truth[gone])
    hall.markets.watch([gone])
    assert gone in hall.markets.known()


async def test_status_tells_what_is_seen_and_what_is_not() -> None:
    hall = await a_hall(bases=("BTC", "ETH"))
    lost = hall.instrument("bybit", "ETH")
    hall.markets.lose(lost, "500")
    await hall.markets.evaluate("BTC")
    status = hall.markets.status()
    assert [each.venue for each in status.venues] == ["binance", "bybit", "okx"]
    assert [(each.instrument.base, each.instrument.venue) for each in status.markets] == [
        (base, venue) for base in ("BTC", "ETH") for venue in ("binance", "bybit", "okx")
    ]
    assert [each.instrument for each in status.markets if each.blind] == [lost]
    assert all(each.age_s == 0 and each.gaps == () for each in status.markets)
    assert status.model == "quick, for tests"
    assert status.warming == ("BTC", "ETH")  # two days are not five
    assert list(status.evaluated_s) == ["BTC"]
    assert status.venues[0].completeness == 0.5
    assert (status.queued, status.at) == (0, hall.clock.now())


async def test_a_market_of_which_nothing_is_new_is_blind_and_has_a_gap() -> None:
    hall = await a_hall()
    hall.clock.step(timedelta(minutes=20))
    await see(hall, hall.instrument("binance"))
    stale = {each.instrument.venue: each for each in hall.markets.status().markets}
    assert stale["okx"].blind == "nothing told for 20 min"
    assert [each.what for each in stale["okx"].gaps] == ["candles", "open_interest"]
    assert (stale["binance"].blind, stale["binance"].gaps) == ("", ())


async def test_a_market_that_is_seen_again_is_blind_no_longer() -> None:
    hall = await a_hall()
    hall.markets.lose(hall.instrument("okx"), "timed out")
    await see(hall, hall.instrument("okx"))
    assert not any(each.blind for each in hall.markets.status().markets)


async def test_what_cannot_be_evaluated_says_so_and_keeps_the_last_map() -> None:
    hall = await a_hall(sees=False)
    await hall.markets.evaluate("BTC")
    assert hall.markets.newest("BTC") is None
    assert all("No candles" in each.blind for each in hall.markets.status().markets)


async def test_markets_are_evaluated_beside_one_another() -> None:
    hall = await a_hall(bases=("BTC", "ETH", "SOL"))
    await asyncio.gather(*(hall.markets.evaluate(each) for each in ("BTC", "ETH", "SOL")))
    assert not any(hall.markets.newest(each) is None for each in ("BTC", "ETH", "SOL"))


def test_commands_may_use_it() -> None:
    hall = FakeWorkshop()
    with LiveStudio() as studio:
        desk = replace(a_desk()[0], markets=hall.markets, studio=studio)
        assert len(desk.markets.known()) == 0
