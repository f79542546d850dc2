"""What is believed, in memory."""

from datetime import timedelta

import pytest

from liqbot.clock import SteppedClock
from liqbot.live.memory import Memory
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, moment_of
from tests.builders import START_MS, an_observation, same, some_candles

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
