"""What is told between two bars reaches whoever looks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.errors import UnknownName
from liqbot.heatmap.history import History
from liqbot.live.glances import LASTING
from liqbot.live.scenes import LiveScenes
from liqbot.market.belief import nothing_of
from liqbot.market.book import OrderBook
from liqbot.market.instrument import MarketQuery
from liqbot.market.series import OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import floats, integers, ms_of
from tests.builders import a_liquidation, same
from tests.fakes.workshop import FakeWorkshop

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def hall() -> FakeWorkshop:
    """Return markets with a map, twenty seconds after a bar."""
    hall = FakeWorkshop()
    hall.markets.watch(hall.truth)
    for instrument in hall.truth:
        source = hall.sources[instrument.venue]
        hall.markets.see(await source.observe(instrument, hall.markets.memory.since_ms))
    await hall.markets.evaluate("BTC")
    hall.clock.step(20 * SECOND)
    return hall


def tell(hall: FakeWorkshop, venue: str, **news: object) -> None:
    """Let a venue tell something, but no candle."""
    nothing = nothing_of(hall.seen(venue))
    assert not hall.markets.see(replace(nothing, observed_at=hall.clock.now(), **news))  # type: ignore[arg-type]  # by name


def newest(hall: FakeWorkshop) -> History:
    found = hall.markets.newest("BTC")
    assert found is not None
    return found


def orders(hall: FakeWorkshop, *seconds_ago: int) -> Tape:
    now_ms = ms_of(hall.clock.now())
    return Tape.of(a_liquidation(at_ms=now_ms - 1000 * each) for each in seconds_ago)


async def test_forced_orders_are_there_at_once_from_all_venues_and_by_time(
    hall: FakeWorkshop,
) -> None:
    before = newest(hall)
    tell(hall, "okx", tape=orders(hall, 2))
    tell(hall, "binance", tape=orders(hall, 5, 1))
    found = newest(hall)
    assert same(found.tape, Tape.merge((before.tape, orders(hall, 5, 2, 1))))
    scenes = await LiveScenes(hall.markets)(hall.clock.now())
    assert same(scenes["BTC"].history.tape, found.tape)
    assert same((await hall.markets.history(MarketQuery("BTC"), DAY)).tape, found.tape)


async def test_orders_that_are_told_late_stand_where_they_belong(hall: FakeWorkshop) -> None:
    tell(hall, "okx", tape=orders(hall, 2))
    tell(hall, "bybit", tape=orders(hall, 3))
    first = newest(hall)
    tell(hall, "binance", tape=orders(hall, 3000))
    found = newest(hall)
    assert len(found.tape) == len(first.tape) + 1
    await hall.markets.evaluate("BTC")
    assert same(newest(hall).tape, found.tape)


async def test_a_map_of_one_venue_hears_that_venue_alone(hall: FakeWorkshop) -> None:
    query = MarketQuery("BTC", venue="okx")
    before = await hall.markets.history(query, DAY)
    tell(hall, "okx", tape=(told := orders(hall, 2)))
    tell(hall, "binance", tape=orders(hall, 1))
    hall.clock.step(LASTING)
    found = await hall.markets.history(query, DAY)
    assert same(found.tape, Tape.merge((before.tape, told)))


async def test_a_longer_map_has_its_own_longer_tape(hall: FakeWorkshop) -> None:
    tell(hall, "okx", tape=orders(hall, 30 * 3600))
    query = MarketQuery("BTC")
    short = await hall.markets.history(query, DAY)
    long = await hall.markets.history(query, timedelta(hours=40))
    assert len(long.tape) > len(short.tape)
    assert same(long.tape.since(int(short.heatmap.opened_ms[0])), short.tape)
    assert same(newest(hall).tape, short.tape)


async def test_books_are_the_newest(hall: FakeWorkshop) -> None:
    before = newest(hall).books
    book = OrderBook.of(ms_of(hall.clock.now()), [(99.0, 1.0)], [(101.0, 1.0)])
    tell(hall, "bybit", book=book)
    assert same(dict(newest(hall).books), {**before, "bybit": book})


async def test_open_interest_is_that_of_now(hall: FakeWorkshop) -> None:
    before = newest(hall)
    at_ms = ms_of(hall.clock.now())
    half = before.interest[:, -1] / 2
    for row, venue in enumerate(before.venues):
        sampled = OpenInterest(at_ms=integers([at_ms]), quantity=floats([half[row]]))
        tell(hall, venue, open_interest=sampled)
    found = newest(hall)
    assert found.open_interest.at_ms[-1] == at_ms
    assert found.open_interest.quantity[-1] == pytest.approx(half.sum())
    await hall.markets.evaluate("BTC")
    assert same(newest(hall).open_interest, found.open_interest)


async def test_a_map_none_of_whose_venues_is_watched_any_more_stands_and_ages(
    hall: FakeWorkshop,
) -> None:
    before = newest(hall)
    for instrument in hall.truth:
        hall.markets.delist(instrument, "gone")
    hall.clock.step(10 * SECOND)
    after = newest(hall)
    assert after.data_age_s == before.data_age_s + 10
    assert same(after.tape, before.tape)
    assert same(after.books, before.books)


async def test_forced_orders_are_told_by_venue(hall: FakeWorkshop) -> None:
    told = hall.markets.tapes(MarketQuery("BTC"))
    assert list(told) == ["binance", "bybit", "okx"]
    assert all(same(tape, hall.seen(venue).tape) for venue, tape in told.items())
    assert list(hall.markets.tapes(MarketQuery("BTC", venue="okx"))) == ["okx"]
    with pytest.raises(UnknownName):
        hall.markets.tapes(MarketQuery("XYZ"))
