"""Two answers about one instrument, as one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.heatmap.bars import align
from liqbot.market.book import OrderBook
from liqbot.market.joining import joined, joined_tapes, trimmed
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Liquidation, Tape
from liqbot.market.units import HOUR_MS, MINUTE_MS, Price, Side, floats, integers, moment_of
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

UNKNOWN = float("nan")

values = st.sampled_from((UNKNOWN, 99.0, 100.0, 101.0))
orders = st.lists(
    st.builds(
        a_liquidation,
        st.sampled_from(Side),
        at_ms=st.integers(START_MS, START_MS + 3),
        price=st.sampled_from((100.0, 101.0)),
    ),
    max_size=8,
)


@st.composite
def answers(draw: st.DrawFn) -> Observation:
    """What one poll may have told: a few rows somewhere in an hour, many unknown."""
    closes = draw(st.dictionaries(st.integers(0, 11), values, max_size=6))
    stamps = sorted(closes)
    column = [closes[each] for each in stamps]
    candles = Candles.mended(
        FIVE_MINUTES_MS,
        {"opened_ms": [START_MS + FIVE_MINUTES_MS * each for each in stamps]}
        | dict.fromkeys(("open", "high", "low", "close"), column)
        | {"volume": draw(st.lists(values, min_size=len(stamps), max_size=len(stamps)))},
    )[0]
    samples = draw(st.dictionaries(st.integers(0, 30), values, max_size=6))
    at_ms = draw(st.integers(START_MS + HOUR_MS, START_MS + HOUR_MS + 3))
    return an_observation(
        candles,
        observed_at=moment_of(at_ms),
        mark=Price(100.0 + at_ms % 7),
        mark_candles=draw(st.sampled_from((None, candles))),
        open_interest=OpenInterest(
            at_ms=integers([START_MS + MINUTE_MS * each for each in sorted(samples)]),
            quantity=floats([samples[each] for each in sorted(samples)]),
        ),
        funding=some_funding(column),
        tape=Tape.of(draw(orders)),
        book=OrderBook.of(at_ms, [(99.0, 1.0)], [(101.0, 1.0)]),
    )


def settled(seen: Observation) -> Observation:
    """The same with forced orders of one millisecond in one order, whatever it was."""
    return replace(seen, tape=joined_tapes(seen.tape, seen.tape))


@given(answers(), answers(), answers())
def test_it_does_not_matter_which_two_of_three_answers_are_joined_first(
    one: Observation, two: Observation, three: Observation
) -> None:
    first, last = joined(joined(one, two), three), joined(one, joined(two, three))
    assert same(settled(first), settled(last))


@given(answers(), answers())
def test_an_answer_told_twice_changes_nothing(one: Observation, two: Observation) -> None:
    once = joined(one, two)
    assert same(settled(joined(once, two)), settled(once))


@given(answers(), answers())
def test_the_order_matters_only_where_both_know(one: Observation, two: Observation) -> None:
    forth, back = joined(one, two), joined(two, one)
    assert np.array_equal(forth.candles.opened_ms, back.candles.opened_ms)
    assert np.array_equal(np.isnan(forth.candles.close), np.isnan(back.candles.close))
    assert np.array_equal(forth.open_interest.at_ms, back.open_interest.at_ms)
    unknown = np.isnan(forth.open_interest.quantity)
    assert np.array_equal(unknown, np.isnan(back.open_interest.quantity))
    assert same(settled(forth).tape, settled(back).tape)
    assert (forth.observed_at, forth.book and forth.book.at_ms) == (
        back.observed_at,
        back.book and back.book.at_ms,
    )


@given(answers(), answers())
def test_what_either_knows_is_known_and_the_newer_one_wins(
    one: Observation, two: Observation
) -> None:
    told: dict[int, float] = {}
    for seen in (one, two):
        rows = zip(seen.open_interest.at_ms.tolist(), seen.open_interest.quantity, strict=True)
        for at_ms, quantity in rows:
            if not np.isnan(quantity) or at_ms not in told:
                told[at_ms] = float(quantity)
    found = joined(one, two).open_interest
    expected = OpenInterest(
        at_ms=integers(sorted(told)), quantity=floats([told[each] for each in sorted(told)])
    )
    assert same(found, expected)


@given(orders, orders)
def test_of_equal_orders_there_are_as_many_as_the_telling_with_most_has(
    one: list[Liquidation], two: list[Liquidation]
) -> None:
    found = joined_tapes(Tape.of(one), Tape.of(two))
    rows = list(zip(found.at_ms, found.side, found.price, strict=True))
    for order in {*one, *two}:
        key = (order.at_ms, order.side.index, order.price)
        assert rows.count(key) == max(one.count(order), two.count(order))
    assert len(rows) == sum(max(one.count(each), two.count(each)) for each in {*one, *two})


def test_a_past_that_comes_late_leaves_mark_and_moment_as_they_are() -> None:
    now = an_observation(mark=Price(100.0), observed_at=moment_of(START_MS + HOUR_MS))
    past = an_observation(
        some_candles((90.0,), start_ms=START_MS - HOUR_MS),
        mark=Price(UNKNOWN),
        observed_at=moment_of(START_MS),
    )
    whole = joined(now, past)
    assert (whole.mark, whole.observed_at) == (100.0, now.observed_at)
    assert whole.candles.close.tolist() == [90.0, 100.0, 101.0, 99.0]


def test_a_mark_that_nobody_told_leaves_the_last_one() -> None:
    seen = an_observation(mark=Price(100.0))
    later = replace(seen, mark=Price(UNKNOWN), observed_at=moment_of(START_MS + HOUR_MS))
    assert joined(seen, later).mark == 100.0


def test_gaps_and_repairs_stay_with_their_answer() -> None:
    seen = an_observation(repairs=("1 row dropped",))
    assert joined(seen, seen).repairs == ()


def test_two_markets_do_not_join() -> None:
    with pytest.raises(ValueError, match="two markets"):
        joined(an_observation(), an_observation(venue="bybit"))


def test_candles_of_two_lengths_do_not_join() -> None:
    minutes = some_candles((100.0,), interval_ms=MINUTE_MS)
    with pytest.raises(ValueError, match="do not join"):
        joined(an_observation(), an_observation(minutes))
    assert joined(an_observation(Candles.none(MINUTE_MS)), an_observation()).candles.close.size == 3


def test_what_is_trimmed_begins_at_a_moment() -> None:
    seen = an_observation(
        some_candles([100.0] * 24),
        mark_candles=some_candles([100.0] * 24),
        funding=some_funding((0.1, 0.2)),
        tape=Tape.of([a_liquidation(), a_liquidation(at_ms=START_MS + HOUR_MS)]),
    )
    short = trimmed(seen, START_MS + HOUR_MS)
    assert short.mark_candles is not None
    assert len(short.candles) == len(short.mark_candles) == 12
    assert len(short.open_interest) == 13
    assert short.funding.rate.tolist() == [0.2]
    assert len(short.tape) == 1


@given(st.dictionaries(st.integers(0, 60), values, min_size=1, max_size=40))
def test_a_map_does_not_miss_the_samples_that_are_thinned_out(samples: dict[int, float]) -> None:
    half = sorted(samples)
    sampled = OpenInterest(
        at_ms=integers([START_MS + 30_000 * each + (each % 3) * 1_000 for each in half]),
        quantity=floats([samples[each] for each in half]),
    )
    seen = an_observation(some_candles([100.0] * 6), open_interest=sampled)
    thin = trimmed(seen, START_MS)
    assert same(align((thin,)), align((seen,)))
    assert len(thin.open_interest) <= 8


def test_open_interest_that_is_told_at_the_ends_of_candles_stays_as_it_is() -> None:
    seen = an_observation(open_interest=some_open_interest([1.0, 2.0, 3.0]))
    assert trimmed(seen, START_MS).open_interest is not None
    assert same(trimmed(seen, START_MS).open_interest, seen.open_interest)


def test_funding_joins_like_the_rest() -> None:
    one = an_observation(funding=some_funding((0.1, UNKNOWN)))
    two = an_observation(funding=some_funding((UNKNOWN, 0.2, 0.3)))
    assert joined(one, two).funding.rate.tolist() == [0.1, 0.2, 0.3]
    assert isinstance(joined(one, two).funding, Funding)
