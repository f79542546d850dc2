"""What of an answer is believed."""

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from liqbot.market.belief import Belief, believed
from liqbot.market.book import OrderBook
from liqbot.market.observation import Gap, Observation
from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import HOUR_MS, Price, floats, moment_of
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

HOUR = some_candles([100.0] * 12)
END_MS = START_MS + HOUR_MS
NOW = moment_of(END_MS) + timedelta(seconds=5)
NONE = Candles.none(FIVE_MINUTES_MS)


def an_answer(candles: Candles = HOUR, **told: object) -> Observation:
    """All that a venue may tell, up to now."""
    price = float(candles.close[-1]) if len(candles) else 100.0
    values: dict[str, Any] = {
        "observed_at": NOW,
        "mark": Price(price),
        "mark_candles": candles,
        "open_interest": some_open_interest([1000.0 + row for row in range(13)]),
        "funding": some_funding((0.0001, 0.0002)),
        "tape": Tape.of([a_liquidation(at_ms=END_MS, price=price * 0.97)]),
        "book": OrderBook.of(END_MS, [(price * 0.999, 1.0)], [(price * 1.001, 1.0)]),
    }
    venue = str(told.pop("venue", "binance"))
    return replace(an_observation(candles, venue=venue), **(values | told))


def scaled(seen: Observation, factor: float) -> Observation:
    """The same answer with every price off by a factor."""

    def candles(told: Candles) -> Candles:
        columns = [floats(each * factor) for each in (told.open, told.high, told.low, told.close)]
        names = ("open", "high", "low", "close")
        return replace(told, **dict(zip(names, columns, strict=True)))  # type: ignore[arg-type]

    book = seen.book
    assert seen.mark_candles is not None
    assert book is not None
    return replace(
        seen,
        mark=Price(seen.mark * factor),
        candles=candles(seen.candles),
        mark_candles=candles(seen.mark_candles),
        tape=replace(seen.tape, price=floats(seen.tape.price * factor)),
        book=replace(
            book,
            bid_price=floats(book.bid_price * factor),
            ask_price=floats(book.ask_price * factor),
        ),
    )


def belief(
    seen: Observation,
    so_far: Observation | None = None,
    *others: Observation,
    claims: tuple[Observation, ...] = (),
    is_alone: bool = True,
) -> Belief:
    return believed(seen, so_far, others, NOW, 0.0, claims=claims, is_alone=is_alone)


def is_empty(seen: Observation) -> bool:
    parts = (seen.candles, seen.mark_candles or (), seen.open_interest, seen.funding, seen.tape)
    return not any(len(each) for each in parts) and math.isnan(seen.mark) and seen.book is None


def test_an_answer_without_fault_is_believed_as_it_is() -> None:
    seen = an_answer()
    for found in (belief(seen), belief(seen, seen), belief(seen, None, an_answer(), an_answer())):
        assert same(found.observation, seen)
        assert (found.dropped, found.gaps, found.is_held) == ({}, (), False)


@pytest.mark.parametrize("factor", [0.01, 0.5, 1.5, 100.0])
def test_nothing_is_kept_of_an_answer_whose_prices_are_off(factor: float) -> None:
    off, right = scaled(an_answer(), factor), an_answer()
    for found in (belief(off, right), belief(off, None, right, right), belief(off, right, right)):
        assert is_empty(found.observation)
        assert sum(found.dropped.values()) == 12 + 13 + 2 + 1 + 1 + 1
        assert found.gaps == (Gap(what="candles", from_ms=START_MS, to_ms=END_MS),)


def test_a_venue_that_jumps_does_not_take_another_one_with_it() -> None:
    right = an_answer()
    later = an_answer(replace(HOUR, opened_ms=HOUR.opened_ms))
    found = belief(later, right, scaled(right, 100.0))
    assert same(found.observation, later)


def test_a_first_answer_waits_for_another_venue_where_one_is_expected() -> None:
    seen = an_answer()
    held = belief(seen, is_alone=False)
    assert held.is_held
    assert is_empty(held.observation)
    confirmed = belief(seen, claims=(an_answer(venue="bybit"),), is_alone=False)
    assert same(confirmed.observation, seen)
    other = scaled(an_answer(venue="bybit"), 100.0)
    assert belief(seen, claims=(other,), is_alone=False).is_held


def test_a_first_answer_that_contradicts_itself_is_not_believed() -> None:
    assert is_empty(belief(an_answer(mark=Price(10_000.0))).observation)


def crashed(at_open: float = 100.0) -> Observation:
    """The hour and a candle that falls by 30 %; nothing else was told of it yet."""
    fallen = some_candles([at_open] * 11 + [70.0])
    return an_answer(fallen, tape=Tape.of([a_liquidation(at_ms=END_MS, price=80.0)]))


def test_a_crash_is_believed_of_every_venue_in_turn_and_of_one_alone() -> None:
    before = an_answer(HOUR.until(END_MS - FIVE_MINUTES_MS), mark=Price(100.0))
    before = replace(before, observed_at=NOW - timedelta(seconds=30))
    for others in ((), (before,), (before, before), (crashed(), before), (crashed(), crashed())):
        assert same(belief(crashed(), before, *others).observation, crashed())


def test_what_is_from_the_future_is_left_out() -> None:
    early = NOW - timedelta(minutes=7)
    seen = an_answer(tape=Tape.of([a_liquidation(at_ms=END_MS)]))
    found = believed(seen, None, (), early, 0.0)
    assert len(found.observation.candles) == 10
    assert found.observation.mark_candles is not None
    assert len(found.observation.mark_candles) == 10
    assert int(found.observation.open_interest.at_ms[-1]) <= START_MS + 53 * 60_000
    assert len(found.observation.tape) == 0
    assert found.observation.book is None
    assert found.dropped == {"future": 2 + 2 + 2 + 1 + 1 + 1}


def test_the_venues_clock_says_what_has_closed() -> None:
    late = NOW - timedelta(seconds=90)
    for skew_s, bars in ((0.0, 11), (90.0, 12), (float("nan"), 11), (4000.0, 11), (-400.0, 11)):
        found = believed(an_answer(), None, (), late, skew_s)
        assert len(found.observation.candles) == bars
    behind = believed(an_answer(), None, (), NOW, -60.0)
    assert len(behind.observation.candles) == 11


def test_frozen_open_interest_is_unknown_and_a_gap() -> None:
    frozen = an_answer(open_interest=some_open_interest([1000.0] * 13))
    found = belief(frozen)
    assert found.observation.open_interest.at_ms.tolist() == [START_MS]
    assert found.dropped == {"frozen": 1}
    assert found.gaps == (Gap(what="open_interest", from_ms=END_MS, to_ms=END_MS),)


def test_open_interest_of_an_instant_stays_what_it_was() -> None:
    known = an_answer(open_interest=some_open_interest([1000.0, 1010.0, 1020.0]))
    again = an_answer(open_interest=some_open_interest([1003.0, 1500.0, 1020.0, 1030.0]))
    found = belief(again, known)
    assert found.dropped == {"retold": 1}
    assert found.observation.open_interest.quantity.tolist()[-1] == 1030.0
    assert not {1003.0, 1500.0} & set(found.observation.open_interest.quantity.tolist())


def test_open_interest_that_cannot_be_is_unknown() -> None:
    found = belief(an_answer(open_interest=some_open_interest([5.0, 0.0, 5.1, 600.0, 5.2])))
    assert found.observation.open_interest.quantity.tolist() == [5.0, 5.1, 5.2]
    assert found.dropped == {"impossible": 1, "jump": 1}


def test_funding_that_no_venue_would_charge_is_left_out() -> None:
    found = belief(an_answer(funding=some_funding((0.0001, -0.3))))
    assert found.observation.funding.rate.tolist() == [0.0001]
    assert found.dropped == {"funding": 1}


def test_forced_orders_at_half_of_the_price_or_twice_are_left_out() -> None:
    prices = (100.0, 55.0, 190.0, 45.0, 210.0)
    told = Tape.of([a_liquidation(at_ms=END_MS, price=price) for price in prices])
    found = belief(an_answer(NONE, tape=told, mark=Price(np.nan), book=None), an_answer())
    assert found.observation.tape.price.tolist() == [100.0, 55.0, 190.0]


def test_an_old_forced_order_is_compared_with_the_price_of_its_time() -> None:
    halved = some_candles([100.0] * 6 + [80.0, 60.0, 45.0, 40.0, 40.0, 40.0])
    told = Tape.of([a_liquidation(at_ms=START_MS + FIVE_MINUTES_MS, price=99.0)])
    found = belief(an_answer(NONE, tape=told, mark=Price(40.0), book=None), an_answer(halved))
    assert len(found.observation.tape) == 1


def test_a_book_with_one_side_or_away_from_the_mark_is_left_out() -> None:
    for book in (
        OrderBook.of(END_MS, [(99.0, 1.0)], []),
        OrderBook.of(END_MS, [], []),
        OrderBook.of(END_MS, [(150.0, 1.0)], [(151.0, 1.0)]),
    ):
        found = belief(an_answer(book=book))
        assert found.observation.book is None
        assert found.dropped == {"book": 1}


def test_marks_away_from_what_was_traded_are_left_out() -> None:
    marks = some_candles([100.0] * 11 + [130.0])
    found = belief(an_answer(mark_candles=marks))
    assert found.dropped == {"price": 1}
    alone = an_answer(NONE, mark_candles=marks, mark=Price(100.0))
    assert belief(alone, None, an_answer()).dropped == {"price": 1}


def test_what_was_mended_is_counted() -> None:
    assert belief(an_answer(repairs=("2 rows dropped",))).dropped == {"mended": 1}


def test_the_past_is_believed_without_a_mark() -> None:
    past = an_answer(
        some_candles([100.0] * 12, start_ms=START_MS - HOUR_MS), mark=Price(np.nan), book=None
    )
    assert len(belief(past, an_answer()).observation.candles) == 12
    off = replace(scaled(an_answer(past.candles), 100.0), mark=Price(np.nan), book=None)
    assert is_empty(belief(off, an_answer()).observation)
