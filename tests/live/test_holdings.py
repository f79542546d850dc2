"""What is held, beside the map: believed, fresh, and never a part of it."""

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

from liqbot.heatmap.history import History
from liqbot.live.holdings import Holdings
from liqbot.live.memory import Memory
from liqbot.market.instrument import MarketQuery
from liqbot.market.position import Position
from liqbot.market.source import Leaders
from liqbot.market.units import Price, Quantity, ms_of
from tests.builders import same
from tests.fakes.positions import a_position
from tests.fakes.workshop import FakeWorkshop

LASTING = timedelta(minutes=15)
BTC = MarketQuery("BTC")
THREE = Leaders((0, 1, 2), doubted=4)


async def a_hall(*bases: str) -> FakeWorkshop:
    """Return markets that are seen on three venues, one of which lists two holders."""
    hall = FakeWorkshop(bases=bases or ("BTC",))
    hall.markets.watch(hall.truth)
    for each in hall.truth:
        hall.markets.see(await hall.sources[each.venue].observe(each, hall.markets.memory.since_ms))
    hall.markets.holdings.expect("okx", 2, LASTING)
    return hall


def held(hall: FakeWorkshop, away: float = -0.1, base: str = "BTC", **changes: object) -> Position:
    """Return a position that ends so far from the mark."""
    instrument = hall.instrument("okx", base)
    mark = hall.sources["okx"].price(instrument)
    told = a_position(mark * (1 + away), mark=mark, instrument=instrument)
    known: dict[str, Any] = {"at_ms": ms_of(hall.clock.now()), **changes}
    return replace(told, **known)


def take(hall: FakeWorkshop, *told: Position, holder: int = 0) -> None:
    hall.markets.holdings.take("okx", holder, told, math.nan)


async def looked(hall: FakeWorkshop, query: MarketQuery = BTC) -> History:
    hall.clock.step(timedelta(seconds=6))
    return await hall.markets.history(query, timedelta(days=1))


async def test_nothing_of_the_map_depends_on_what_is_measured() -> None:
    without, beside = await a_hall(), await a_hall()
    take(beside, held(beside, -0.2, quantity=Quantity(9e4)), holder=0)
    take(beside, held(beside, 0.05), holder=1)
    plain, told = await looked(without), await looked(beside)
    assert plain.measured is None or not plain.measured.positions
    assert told.measured is not None
    assert len(told.measured.positions) == 2
    assert same(replace(told, measured=None), replace(plain, measured=None))


async def test_each_market_and_venue_has_its_own() -> None:
    hall = await a_hall("BTC", "ETH")
    take(hall, held(hall), held(hall, 0.2, "ETH"), held(hall, 0.3, "ETH"))
    found = [(await looked(hall, MarketQuery(base))).measured for base in ("BTC", "ETH")]
    assert [each and len(each.positions) for each in found] == [1, 1]  # one of a side in each
    elsewhere = await looked(hall, MarketQuery("BTC", venue="bybit"))
    assert elsewhere.measured is None


async def test_who_answers_again_is_taken_anew_and_who_sold_holds_nothing() -> None:
    hall = await a_hall()
    take(hall, held(hall))
    take(hall, held(hall, -0.2))
    first = (await looked(hall)).measured
    take(hall)
    second = (await looked(hall)).measured
    assert first is not None
    assert second is not None
    assert (len(first.positions), len(second.positions)) == (1, 0)
    assert (second.holders, second.listed, second.is_blind) == (1, 2, False)


async def test_what_is_too_old_counts_no_more_and_is_blindness() -> None:
    hall = await a_hall()
    take(hall, held(hall))
    hall.clock.step(LASTING / 2)
    take(hall, held(hall, 0.1), holder=1)
    both = hall.markets.holdings.status("okx")
    hall.clock.step(LASTING / 2 + timedelta(seconds=1))
    one = hall.markets.holdings.status("okx")
    hall.clock.step(LASTING / 2)
    none = (await looked(hall)).measured
    assert both is not None
    assert one is not None
    assert none is not None
    assert (both.telling, both.age_s, both.positions) == (2, 450.0, 2)
    assert (one.telling, one.age_s, one.positions) == (1, 451.0, 1)
    assert none.is_blind
    assert not none.positions
    assert none.age_s == math.inf


async def test_what_cannot_be_is_dropped_and_counted() -> None:
    hall = await a_hall()
    wrong = held(hall, mark=Price(1e6)), held(hall, at_ms=0), held(hall, liquidation=Price(1e6))
    take(hall, *wrong, held(hall, quantity=Quantity(1e9)), held(hall, 0.1))
    told = hall.markets.holdings.status("okx")
    assert told is not None
    assert told.dropped == {"price": 1, "stale": 1, "side": 1, "size": 1}
    assert told.positions == 1


async def test_what_is_held_in_markets_that_are_not_watched_is_ignored() -> None:
    hall = await a_hall()
    other = replace(held(hall), instrument=hall.instrument("okx", "PEPE"))
    take(hall, other)
    told = hall.markets.holdings.status("okx")
    assert told is not None
    assert (told.positions, told.dropped) == (0, {})


async def test_where_nobody_is_listed_nothing_is_said() -> None:
    hall = FakeWorkshop()
    holdings = Holdings(hall.clock, Memory(hall.clock, timedelta(days=1)))
    assert holdings.status("okx") is None


async def test_a_failure_is_told_until_an_answer_comes() -> None:
    hall = await a_hall()
    hall.markets.holdings.lose("okx", "okx did not answer in time")
    failing = {each.venue: each.holders for each in hall.markets.status().venues}
    assert failing["binance"] is None
    assert failing["okx"] is not None
    assert failing["okx"].failing == "okx did not answer in time"
    take(hall)
    mended = hall.markets.holdings.status("okx")
    assert mended is not None
    assert mended.failing == ""


async def test_the_largest_are_counted_apart_from_the_listed_and_as_long_as_they_may() -> None:
    hall = await a_hall()
    hall.markets.holdings.rank("okx", Leaders((2, 3, 4), doubted=0), 2 * LASTING)
    take(hall, held(hall, -0.1), holder=0)
    take(hall, held(hall, -0.2), holder=3)
    found = (await looked(hall)).measured
    assert found is not None
    assert (found.holders, found.listed, found.leading, found.largest) == (1, 2, 1, 3)
    assert len(found.positions) == 2
    hall.clock.step(LASTING)
    later = (await looked(hall)).measured
    assert later is not None
    assert (later.holders, later.leading, len(later.positions)) == (0, 1, 1)
    assert not later.is_blind


async def test_who_is_the_largest_no_more_counts_no_more_and_who_is_listed_still_does() -> None:
    hall = await a_hall()
    holdings = hall.markets.holdings
    holdings.rank("okx", Leaders((2, 3), doubted=0), LASTING)
    for holder in (0, 2, 3):
        take(hall, held(hall, -0.1 - holder / 100), holder=holder)
    holdings.rank("okx", Leaders((3, 4), doubted=0), LASTING)
    take(hall, held(hall, -0.3), holder=2)  # the answer came too late
    told = holdings.status("okx")
    assert told is not None
    assert (told.telling, told.leading, told.largest, told.positions) == (1, 1, 2, 2)
    holdings.rank("okx", Leaders((4,), doubted=0), LASTING)
    assert list(holdings._books["okx"].told) == [0]  # what others told is not even kept


async def test_why_nobody_knows_who_the_largest_are_is_told_until_it_is_known() -> None:
    hall = FakeWorkshop()
    holdings = Holdings(hall.clock, Memory(hall.clock, timedelta(days=1)))
    holdings.expect("okx", 0, LASTING, sought=3)
    said = []
    for news in (
        "",
        "okx's leaderboard answered HTTP 403",
        THREE,
        "okx's leaderboard was cut short",
    ):
        if isinstance(news, Leaders):
            holdings.rank("okx", news, LASTING)
        elif news:
            holdings.unrank("okx", news)
        told = holdings.status("okx")
        assert told is not None
        said.append((told.unranked, told.largest, dict(told.dropped)))
    assert said == [
        ("its leaderboard has not been read yet", 0, {}),
        ("okx's leaderboard answered HTTP 403", 0, {}),
        ("", 3, {"leaderboard row": 4}),
        ("okx's leaderboard was cut short", 3, {"leaderboard row": 4}),
    ]
