"""Answers of several venues, weighed against one another."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from liqbot.clock import SteppedClock
from liqbot.live.hearing import Hearing
from liqbot.live.memory import Memory
from liqbot.market.belief import Belief
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Observation
from liqbot.market.units import HOUR_MS, Price, moment_of
from tests.builders import START_MS, an_observation, some_candles
from tests.fakes.source import scaled

CALM = some_candles([100.0] * 12)
VENUES = ("binance", "bybit", "okx")
EVERYONE = frozenset(Instrument(each, "BTC", "USDT") for each in VENUES)


class Court:
    """A hearing whose clock can be turned."""

    def __init__(self) -> None:
        self.clock = SteppedClock(moment_of(START_MS + HOUR_MS) + timedelta(seconds=5))
        self.memory = Memory(self.clock, timedelta(days=2))
        self.hearing = Hearing(self.clock, self.memory)

    def answer(self, venue: str, factor: float = 1.0) -> Observation:
        return an_observation(
            scaled(CALM, factor),
            venue=venue,
            mark=Price(100.0 * factor),
            observed_at=self.clock.now(),
        )

    def hear(self, seen: Observation, *, alone: bool = False) -> list[str]:
        """Hear an answer; return the venues that are believed now."""
        expected = frozenset[Instrument]() if alone else EVERYONE - {seen.instrument}
        found = self.hearing.hear(seen, 0.0, expected)
        return [self._taken(each) for each in found if not each.is_refused]

    def _taken(self, belief: Belief) -> str:
        self.memory.add(belief.observation)
        return belief.observation.instrument.venue


def test_a_first_answer_waits_for_another_and_is_heard_again() -> None:
    court = Court()
    assert court.hear(court.answer("binance")) == []
    assert court.hear(court.answer("bybit")) == ["bybit", "binance"]
    assert court.hear(court.answer("binance")) == ["binance"]


def test_the_only_venue_waits_for_nobody() -> None:
    court = Court()
    assert court.hear(court.answer("binance"), alone=True) == ["binance"]


def test_nobody_waits_for_ever() -> None:
    court = Court()
    assert court.hear(court.answer("binance")) == []
    court.clock.step(timedelta(seconds=119))
    assert court.hear(court.answer("binance")) == []
    court.clock.step(timedelta(seconds=1))
    assert court.hear(court.answer("binance")) == ["binance"]


def test_a_first_answer_that_is_off_takes_nobody_with_it() -> None:
    court = Court()
    assert court.hear(court.answer("binance", 100.0)) == []
    assert court.hear(court.answer("bybit")) == []
    assert court.hear(court.answer("okx")) == ["okx", "bybit"]
    assert court.hear(court.answer("binance", 100.0)) == []
    assert court.hear(court.answer("binance")) == ["binance"]


def test_other_markets_are_no_witnesses() -> None:
    court = Court()
    other = replace(court.answer("bybit"), instrument=Instrument("bybit", "ETH", "USDT"))
    court.hearing.hear(other, 0.0, frozenset())
    assert court.hear(court.answer("binance")) == []


def test_what_was_not_believed_is_counted_by_reason() -> None:
    court = Court()
    for venue in ("binance", "bybit"):
        court.hear(court.answer(venue))
    court.hear(court.answer("binance", 100.0))
    assert court.hearing.dropped(Instrument("binance", "BTC", "USDT")) == {"price": 26}
    assert court.hearing.dropped(Instrument("okx", "BTC", "USDT")) == {}


def test_what_waited_and_was_confirmed_is_nothing_that_was_not_believed() -> None:
    court = Court()
    mended = replace(court.answer("binance"), repairs=("1 row dropped",))
    court.hear(mended)
    assert court.hearing.dropped(mended.instrument) == {}
    assert court.hear(court.answer("bybit")) == ["bybit", "binance"]
    assert court.hearing.dropped(mended.instrument) == {"mended": 1}


def test_an_answer_about_the_past_is_no_claim_about_now() -> None:
    court = Court()
    court.hear(court.answer("binance"))
    past = replace(court.answer("binance"), mark=Price(np.nan), candles=CALM.until(START_MS))
    court.hear(past)
    assert court.hear(court.answer("bybit")) == ["bybit", "binance"]


def test_what_is_forgotten_confirms_nobody() -> None:
    court = Court()
    court.hear(court.answer("binance"))
    court.hearing.forget(Instrument("binance", "BTC", "USDT"))
    assert court.hear(court.answer("bybit")) == []
