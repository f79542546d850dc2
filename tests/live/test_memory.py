"""What is believed, in memory."""

from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.clock import SteppedClock
from liqbot.live.memory import Memory
from liqbot.market.instrument import Instrument
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, moment_of
from tests.builders import START_MS, a_liquidation, an_observation, same, some_candles

DAY = timedelta(days=1)
CLOCK_MS = START_MS + 3 * DAY_MS + 5 * HOUR_MS
HOURS = [100.0] * 12


def a_memory() -> tuple[Memory, SteppedClock]:
    clock = SteppedClock(moment_of(CLOCK_MS))
    return Memory(clock, 2 * DAY), clock


def test_it_begins_with_a_day() -> None:
    memory, clock = a_memory()
    assert memory.since_ms == START_MS + DAY_MS
    clock.step(DAY)
    assert memory.since_ms == START_MS + 2 * DAY_MS


def test_a_new_bar_is_told_of_once() -> None:
    memory, _ = a_memory()
    seen = an_observation(some_candles(HOURS, start_ms=START_MS + 2 * DAY_MS))
    more = an_observation(some_candles([*HOURS, 101.0], start_ms=START_MS + 2 * DAY_MS))
    past = an_observation(some_candles(HOURS, start_ms=START_MS + DAY_MS))
    unknown = an_observation(some_candles([float("nan")], start_ms=START_MS + 3 * DAY_MS))
    assert [memory.add(each) for each in (seen, seen, more, past, unknown)] == [
        True,
        False,
        True,
        False,
        False,
    ]
    remembered = memory.of(seen.instrument)
    assert remembered is not None
    assert len(remembered.candles) == 26


def test_what_is_older_than_it_begins_is_forgotten() -> None:
    memory, clock = a_memory()
    seen = an_observation(some_candles(HOURS, start_ms=START_MS + DAY_MS))
    memory.add(seen)
    clock.step(DAY)
    memory.add(an_observation(some_candles(HOURS, start_ms=START_MS + 3 * DAY_MS)))
    found = memory.of(seen.instrument)
    assert found is not None
    assert len(found.candles) == 12


def test_other_venues_of_the_same_base_are_elsewhere() -> None:
    memory, _ = a_memory()
    for venue, base in (("binance", "BTC"), ("okx", "BTC"), ("okx", "ETH")):
        memory.add(an_observation(venue=venue, base=base))
    instrument = an_observation().instrument
    assert [each.instrument.venue for each in memory.elsewhere(instrument)] == ["okx"]


def test_what_is_forgotten_is_gone() -> None:
    memory, _ = a_memory()
    seen = an_observation()
    memory.add(seen)
    memory.forget(seen.instrument)
    memory.forget(seen.instrument)
    assert memory.of(seen.instrument) is None


def test_candles_of_another_length_are_refused() -> None:
    memory, _ = a_memory()
    late = some_candles(HOURS, start_ms=START_MS + 2 * DAY_MS)
    memory.add(an_observation(late))
    minutes = some_candles(HOURS, start_ms=START_MS + 2 * DAY_MS, interval_ms=MINUTE_MS)
    with pytest.raises(ValueError, match="do not join"):
        memory.add(an_observation(minutes))
    assert same(memory.of(an_observation().instrument).candles, late)  # type: ignore[union-attr]


VENUES = [Instrument(each, "BTC", "USDT") for each in ("binance", "okx", "bybit")]
SECONDS = st.integers(0, 200)
Step: TypeAlias = tuple[Instrument, list[tuple[int, int]]] | Instrument  # heard, or forgotten
HEARD = st.tuples(st.sampled_from(VENUES), st.lists(st.tuples(SECONDS, st.integers(1, 3))))


@given(
    st.lists(
        st.tuples(
            st.one_of(HEARD, st.sampled_from(VENUES)),
            st.sampled_from([VENUES, VENUES[:2]]),
            st.integers(-1, 100),
        ),
        max_size=12,
    )
)
def test_a_tape_of_several_is_the_same_as_if_it_were_merged_anew(
    steps: list[
        tuple[tuple[Instrument, list[tuple[int, int]]] | Instrument, list[Instrument], int]
    ],
) -> None:
    memory, _ = a_memory()
    begin_ms = START_MS + 2 * DAY_MS
    for told, instruments, since in steps:
        if isinstance(told, Instrument):
            memory.forget(told)
        else:
            instrument, orders = told
            tape = Tape.of(
                a_liquidation(at_ms=begin_ms + second * 1000, quantity=size)
                for second, size in orders
            )
            memory.add(replace(an_observation(), instrument=instrument, tape=tape))
        since_ms = begin_ms + since * 1000
        known = [seen for each in instruments if (seen := memory.of(each)) is not None]
        anew = Tape.merge(each.tape.since(since_ms) for each in known)
        assert same(memory.tape(instruments, since_ms), anew)
