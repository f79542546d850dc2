import asyncio
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.clock import SteppedClock
from liqbot.errors import SourceRefused, SourceUnreadable
from liqbot.exchanges._playback import Loop, PlayedSource, PlayedTape, Story
from liqbot.market.book import OrderBook
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation
from liqbot.market.recording.reader import Recording
from liqbot.market.recording.writer import write_recording
from liqbot.market.tape import Tape
from liqbot.market.units import MINUTE_MS, Side, moment_of
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    a_liquidation,
    an_observation,
    some_candles,
    some_funding,
    some_open_interest,
)
from tests.waiting import soon

BTC = Instrument("binance", "BTC", "USDT")
BARS = 12
HOUR = Loop(START_MS, BARS * FIVE_MINUTES_MS)
END_MS = START_MS + HOUR.length_ms


def an_hour(interval_ms: int = FIVE_MINUTES_MS) -> Observation:
    """Return an hour that rises by 1 a bar, with a print and a funding rate in its middle."""
    prices = 101.0 + np.arange(HOUR.length_ms // interval_ms)
    return an_observation(
        some_candles(prices, interval_ms=interval_ms),
        open_interest=some_open_interest(1000.0 + np.arange(BARS + 1)),
        funding=some_funding([0.0001], start_ms=START_MS + 30 * MINUTE_MS),
        tape=Tape.of([a_liquidation(Side.SHORT, at_ms=START_MS + 31 * MINUTE_MS)]),
        book=OrderBook.of(END_MS - MINUTE_MS, [(111.0, 1.0)], [(113.0, 1.0)]),
    )


def told(tmp_path: Path, clock: SteppedClock, hour: Observation | None = None) -> Story:
    write_recording(tmp_path, [hour or an_hour()], simulated=True)
    recording = Recording.open(tmp_path)

    async def the_same(_base: str) -> Recording:
        return recording

    return Story(recording=the_same, instruments=recording.instruments, loop=HOUR, clock=clock)


def clock_at(minutes: float) -> SteppedClock:
    return SteppedClock(moment_of(START_MS + round(minutes * MINUTE_MS)))


async def test_only_what_is_over_is_told(tmp_path: Path) -> None:
    clock = clock_at(17)
    source = PlayedSource("binance", told(tmp_path, clock))
    seen = await source.observe(BTC, START_MS)
    assert seen.candles.close.tolist() == [101.0, 102.0, 103.0]
    assert seen.open_interest.quantity.tolist() == [1000.0, 1001.0, 1002.0, 1003.0]
    assert (seen.mark, seen.observed_at, seen.book) == (103.0, clock.now(), None)
    assert seen.simulated


async def test_what_is_told_again_begins_with_the_moment_asked_for(tmp_path: Path) -> None:
    source = PlayedSource("binance", told(tmp_path, clock_at(40)))
    seen = await source.observe(BTC, START_MS + 30 * MINUTE_MS)
    assert seen.candles.close.tolist() == [107.0, 108.0]
    assert seen.open_interest.at_ms[0] == START_MS + 30 * MINUTE_MS
    assert len(seen.funding) == 1


async def test_minutes_become_bars(tmp_path: Path) -> None:
    story = told(tmp_path, clock_at(13), an_hour(MINUTE_MS))
    seen = await PlayedSource("binance", story).observe(BTC, START_MS)
    assert seen.candles.interval_ms == FIVE_MINUTES_MS
    assert seen.candles.close.tolist() == [105.0, 110.0]
    assert seen.mark == 113.0


async def test_after_its_end_a_story_begins_anew(tmp_path: Path) -> None:
    source = PlayedSource("binance", told(tmp_path, clock_at(60 + 61)))
    seen = await source.recall(BTC, END_MS - 5 * MINUTE_MS, END_MS + 61 * MINUTE_MS)
    assert seen.candles.close.tolist() == [112.0, *(101.0 + np.arange(BARS))]
    assert np.all(np.diff(seen.candles.opened_ms) == FIVE_MINUTES_MS)
    assert seen.funding.at_ms.tolist() == [END_MS + 30 * MINUTE_MS]
    assert seen.tape.at_ms.tolist() == [END_MS + 31 * MINUTE_MS]


async def test_the_last_mark_and_book_hold_until_the_next_are_told(tmp_path: Path) -> None:
    source = PlayedSource("binance", told(tmp_path, clock_at(121)))
    now = await source.observe(BTC, END_MS + 50 * MINUTE_MS)
    assert now.mark == 112.0
    assert now.book is not None
    assert now.book.at_ms == END_MS + 59 * MINUTE_MS


async def test_the_book_moves_with_the_stamps(tmp_path: Path) -> None:
    source = PlayedSource("binance", told(tmp_path, clock_at(120)))
    seen = await source.observe(BTC, START_MS + 119 * MINUTE_MS)
    assert seen.book is not None
    assert seen.book.at_ms == END_MS + 59 * MINUTE_MS
    assert seen.mark == 112.0


async def test_the_past_has_no_mark_and_the_future_is_not_told(tmp_path: Path) -> None:
    source = PlayedSource("binance", told(tmp_path, clock_at(59.5)))
    seen = await source.recall(BTC, START_MS - 60 * MINUTE_MS, END_MS)
    assert len(seen.candles) == BARS - 1
    assert np.isnan(seen.mark)
    assert seen.book is None
    assert len(seen.tape) == 1


async def test_forced_orders_come_by_the_tape_alone(tmp_path: Path) -> None:
    source = PlayedSource("binance", told(tmp_path, clock_at(40)))
    assert len((await source.observe(BTC, START_MS)).tape) == 0


async def test_asking_in_parts_tells_the_same_as_asking_at_once(tmp_path: Path) -> None:
    source = PlayedSource("binance", told(tmp_path, clock_at(200)))
    whole = await source.recall(BTC, START_MS, START_MS + 200 * MINUTE_MS)
    times = [START_MS + minutes * MINUTE_MS for minutes in (0, 60, 75, 120, 200)]
    parts = [await source.recall(BTC, a, b) for a, b in pairwise(times)]
    assert stamps(each.candles.opened_ms for each in parts) == stamps([whole.candles.opened_ms])
    assert stamps(each.open_interest.at_ms for each in parts) == stamps([whole.open_interest.at_ms])
    assert stamps(each.tape.at_ms for each in parts) == stamps([whole.tape.at_ms])


async def test_what_is_not_recorded_is_refused_and_counted(tmp_path: Path) -> None:
    source = PlayedSource("binance", told(tmp_path, clock_at(40)))
    with pytest.raises(SourceRefused, match="no ETH/USDT:USDT"):
        await source.observe(Instrument("binance", "ETH", "USDT"), START_MS)
    assert source.condition.failures == {"refused": 1}
    assert "ETH" in source.condition.failing
    await source.observe(BTC, START_MS)
    assert (source.condition.answers, source.condition.failing) == (1, "")


async def test_a_file_that_breaks_while_it_plays_is_unreadable(tmp_path: Path) -> None:
    source = PlayedSource("binance", told(tmp_path, clock_at(40)))
    (tmp_path / "binance" / "BTC-USDT" / "candles_5m.parquet").write_bytes(b"PAR1")
    with pytest.raises(SourceUnreadable, match="cut short"):
        await source.observe(BTC, START_MS)


async def test_a_print_is_told_once_the_clock_has_passed_it(tmp_path: Path) -> None:
    clock = clock_at(30)
    tape = PlayedTape("binance", told(tmp_path, clock))
    prints = tape.listen([BTC])
    waiting = asyncio.ensure_future(anext(prints))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    clock.step(timedelta(minutes=5))
    instrument, print_ = await soon(waiting)
    assert (instrument, print_.at_ms.tolist()) == (BTC, [START_MS + 31 * MINUTE_MS])
    clock.step(timedelta(hours=1))
    _, again = await soon(anext(prints))
    assert again.at_ms.tolist() == [END_MS + 31 * MINUTE_MS]
    assert (tape.condition.answers, tape.condition.connections) == (2, 1)


def stamps(columns: Iterable[np.ndarray]) -> list[int]:
    return sorted(set(np.concatenate(list(columns)).tolist()))


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 5))
def test_every_moment_is_told_at_its_place_in_the_loop(begin: int, length: int, bars: int) -> None:
    loop = Loop(START_MS, bars * FIVE_MINUTES_MS)
    from_ms, to_ms = START_MS + begin, START_MS + begin + length
    turns = list(loop.turns(from_ms, to_ms))
    assert turns[-1][1] + turns[-1][2] == to_ms
    for begins_ms, ends_ms, moved_ms in turns:
        assert begins_ms + moved_ms == from_ms
        assert moved_ms % loop.length_ms == 0
        assert START_MS <= ends_ms <= START_MS + loop.length_ms
    ends = [ends_ms + moved_ms for _, ends_ms, moved_ms in turns]
    assert ends == sorted(set(ends))


def test_before_its_first_moment_a_story_tells_nothing() -> None:
    before_ms = START_MS - 3 * HOUR.length_ms
    assert list(HOUR.turns(before_ms, before_ms + 1)) == [(before_ms, before_ms + 1, 0)]
