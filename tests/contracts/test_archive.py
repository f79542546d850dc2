"""The Archive port: the same of the fake, SQLite and PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from liqbot.errors import StorageError
from liqbot.market.archive import Archive
from liqbot.market.book import OrderBook
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Gap, Observation
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, MINUTE_MS, Price, Side, moment_of
from liqbot.storage.archive import SqlArchive
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    a_liquidation,
    an_observation,
    same,
    some_candles,
    some_funding,
    some_open_interest,
)
from tests.fakes.archive import FakeArchive

BTC = Instrument("binance", "BTC", "USDT")
END_MS = START_MS + 3 * FIVE_MINUTES_MS  # of the builders' candles
NAN = float("nan")


def a_book(at_ms: int, mid: float = 100.0) -> OrderBook:
    return OrderBook.of(at_ms, [(mid - 1, 2.0), (mid - 3, 5.0)], [(mid + 1, 1.5)])


def everything() -> Observation:
    orders = [a_liquidation(side, at_ms=START_MS + 7) for side in (Side.LONG, Side.SHORT)]
    return an_observation(
        some_candles((100.0, 101.5, 99.25), reach=0.01, taker_buy_volume=(1.0, NAN, 3.0)),
        mark_candles=some_candles((100.1, 101.4, 99.3), volume=NAN),
        funding=some_funding((0.0001,)),
        tape=Tape.of(orders),
        book=a_book(START_MS + 60_000),
    )


async def all_of(archive: Archive, instrument: Instrument = BTC) -> Observation:
    return await archive.read(instrument, START_MS, END_MS)


async def test_what_is_kept_is_read_again(archive: Archive) -> None:
    seen = everything()
    await archive.keep(seen)
    assert same(await all_of(archive), replace(seen, mark=Price(99.3)))


async def test_what_comes_twice_is_kept_once(archive: Archive) -> None:
    await archive.keep(everything())
    once = await all_of(archive)
    await archive.keep(everything())
    assert same(await all_of(archive), once)


async def test_of_a_market_never_seen_there_is_only_a_gap(archive: Archive) -> None:
    read = await all_of(archive)
    assert (read.instrument, read.newest_ms, read.mark_candles, read.book) == (
        BTC,
        None,
        None,
        None,
    )
    assert np.isnan(read.mark)
    assert [gap.what for gap in read.gaps] == ["candles", "open_interest"]
    assert await archive.known() == ()


async def test_the_unknown_never_replaces_the_known(archive: Archive) -> None:
    seen = everything()
    await archive.keep(seen)
    blank = an_observation(
        some_candles((NAN, NAN, NAN), volume=NAN),
        mark_candles=some_candles((NAN, NAN, NAN), volume=NAN),
        open_interest=some_open_interest((NAN, NAN, NAN, NAN)),
        funding=some_funding((NAN,)),
    )
    await archive.keep(blank)
    assert same(await all_of(archive), replace(seen, mark=Price(99.3)))


async def test_the_known_replaces_the_unknown_value_by_value(archive: Archive) -> None:
    await archive.keep(an_observation(some_candles((100.0, NAN, 99.0), volume=(NAN, 5.0, 6.0))))
    await archive.keep(an_observation(some_candles((100.5, 101.0, NAN), volume=(4.0, NAN, NAN))))
    read = (await all_of(archive)).candles
    assert (read.close.tolist(), read.volume.tolist()) == ([100.5, 101.0, 99.0], [4.0, 5.0, 6.0])


async def test_a_candle_of_which_nothing_is_known_is_a_row_all_the_same(archive: Archive) -> None:
    await archive.keep(an_observation(some_candles((100.0, NAN, 99.0))))
    read = await all_of(archive)
    assert len(read.candles) == 3
    inner = Gap(what="candles", from_ms=START_MS + 300_000, to_ms=START_MS + 600_000)
    assert read.gaps == (inner,)


async def test_rows_between_others_find_their_place(archive: Archive) -> None:
    for minutes in (10, 0, 5):
        at_ms = START_MS + minutes * MINUTE_MS
        candles = some_candles((100.0 + minutes,), start_ms=at_ms)
        order = a_liquidation(at_ms=at_ms)
        await archive.keep(an_observation(candles, tape=Tape.of([order])))
    read = await all_of(archive)
    assert read.candles.close.tolist() == [100.0, 105.0, 110.0]
    assert read.tape.at_ms.tolist() == read.candles.opened_ms.tolist()


async def test_a_span_holds_what_opened_in_it_and_was_over(archive: Archive) -> None:
    stamps = (START_MS - 1, START_MS, END_MS, END_MS + 1)
    seen = an_observation(
        some_candles(range(100, 105), start_ms=START_MS - FIVE_MINUTES_MS),
        open_interest=some_open_interest(range(6), start_ms=START_MS - FIVE_MINUTES_MS),
        tape=Tape.of(a_liquidation(at_ms=at_ms) for at_ms in stamps),
    )
    await archive.keep(seen)
    read = await all_of(archive)
    assert read.candles.close.tolist() == [101.0, 102.0, 103.0]
    assert read.open_interest.quantity.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert read.tape.at_ms.tolist() == [START_MS, END_MS]
    assert (read.observed_at, read.mark) == (moment_of(END_MS), 103.0)


async def test_the_newest_book_of_the_span_is_read(archive: Archive) -> None:
    for minutes in (0, 5, 10, 40):
        await archive.keep(an_observation(book=a_book(START_MS + minutes * MINUTE_MS)))
    # It may be thinner than it was seen; of several within a quarter of an hour the last stays.
    read = await archive.read(BTC, START_MS, START_MS + 39 * MINUTE_MS)
    assert same(read.book, a_book(START_MS + 10 * MINUTE_MS))
    later = await archive.read(BTC, START_MS + 41 * MINUTE_MS, START_MS + DAY_MS)
    assert later.book is None


async def test_an_older_book_does_not_replace_a_newer_one(archive: Archive) -> None:
    for minutes, mid in ((10, 200.0), (5, 100.0)):
        await archive.keep(an_observation(book=a_book(START_MS + minutes * MINUTE_MS, mid)))
    assert same((await all_of(archive)).book, a_book(START_MS + 10 * MINUTE_MS, 200.0))


async def test_equal_orders_of_one_answer_are_many_and_of_two_answers_the_same(
    archive: Archive,
) -> None:
    order = a_liquidation(at_ms=START_MS)
    for count in (2, 3, 1):
        await archive.keep(an_observation(tape=Tape.of([order] * count)))
    assert len((await all_of(archive)).tape) == 3


async def test_the_mark_is_the_newest_price_known(archive: Archive) -> None:
    await archive.keep(
        an_observation(
            some_candles((100.0, 101.0, NAN)),
            mark_candles=some_candles((99.0, NAN)),
        )
    )
    assert (await all_of(archive)).mark == 101.0


async def test_markets_and_venues_keep_apart(archive: Archive) -> None:
    seen = [
        an_observation(some_candles((price,)), venue=venue, base=base, quote=quote)
        for price, venue, base, quote in (
            (1.0, "okx", "BTC", "USDT"),
            (2.0, "binance", "ETH", "USDT"),
            (3.0, "binance", "BTC", "USDT"),
            (4.0, "binance", "BTC", "USDC"),
        )
    ]
    for each in seen:
        await archive.keep(each)
    known = await archive.known()
    assert [(each.venue, each.base, each.quote) for each in known] == [
        ("binance", "BTC", "USDC"),
        ("binance", "BTC", "USDT"),
        ("binance", "ETH", "USDT"),
        ("okx", "BTC", "USDT"),
    ]
    assert [(await all_of(archive, each)).mark for each in known] == [4.0, 3.0, 2.0, 1.0]


async def test_a_simulated_market_says_so_and_never_mixes_with_a_real_one(
    archive: Archive,
) -> None:
    await archive.keep(an_observation(simulated=True))
    assert (await all_of(archive)).simulated
    for venue in ("binance", "okx"):
        with pytest.raises(StorageError, match="BTC"):
            await archive.keep(an_observation(some_candles((500.0,)), venue=venue))
    await archive.keep(an_observation(base="ETH"))
    assert (await all_of(archive)).mark == 99.0
    assert not (await all_of(archive, Instrument("binance", "ETH", "USDT"))).simulated


async def test_candles_of_another_length_are_refused(archive: Archive) -> None:
    minutes = some_candles((1.0, 2.0), interval_ms=MINUTE_MS)
    for seen in (an_observation(minutes), an_observation(mark_candles=minutes)):
        with pytest.raises(StorageError, match="5 m"):
            await archive.keep(seen)
    assert await archive.known() == ()


async def test_what_is_too_old_is_forgotten_and_nothing_else(archive: Archive) -> None:
    seen = everything()
    await archive.keep(seen)
    await archive.keep(an_observation(some_candles((7.0,), start_ms=START_MS + 150 * DAY_MS)))
    young = seen.observed_at + timedelta(days=5)
    assert await archive.prune(young) == 0
    assert same(await all_of(archive), replace(seen, mark=Price(99.3)))
    assert await archive.prune(young + timedelta(days=40)) == 1  # the book
    assert await archive.prune(young + timedelta(days=200)) == 3 + 3 + 4 + 1 + 2
    assert await archive.prune(young + timedelta(days=200)) == 0
    assert (await all_of(archive)).newest_ms is None
    later = await archive.read(BTC, START_MS, START_MS + 151 * DAY_MS)
    assert later.candles.close.tolist() == [7.0]


async def test_a_market_is_not_known_when_all_of_it_is_forgotten(archive: Archive) -> None:
    await archive.keep(an_observation())
    await archive.prune(moment_of(START_MS + 1000 * DAY_MS))
    assert await archive.known() == ()


async def test_the_archive_reaches_from_its_first_known_candle_to_its_last(
    archive: FakeArchive | SqlArchive,
) -> None:
    assert await archive.span(BTC) is None
    await archive.keep(an_observation(some_candles((NAN, 1.0, NAN, 2.0, NAN), volume=NAN)))
    begin, end = START_MS + FIVE_MINUTES_MS, START_MS + 4 * FIVE_MINUTES_MS
    assert await archive.span(BTC) == (begin, end)
    assert await archive.span(Instrument("okx", "BTC", "USDT")) is None


async def test_many_may_keep_and_read_at_once(archive: Archive) -> None:
    async def poll(step: int) -> None:
        for base in ("BTC", "ETH")[:: 1 if step % 2 else -1]:
            candles = some_candles(
                np.full(20, 100.0 + step), start_ms=START_MS + step * FIVE_MINUTES_MS
            )
            await archive.keep(an_observation(candles, base=base))
            await archive.read(Instrument("binance", base, "USDT"), START_MS, END_MS)

    await asyncio.gather(*(poll(step) for step in range(12)))
    for base in ("BTC", "ETH"):
        instrument = Instrument("binance", base, "USDT")
        read = await archive.read(instrument, START_MS, START_MS + DAY_MS)
        assert len(read.candles) == 31
