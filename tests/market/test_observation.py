"""What is missing from an observation, and how old it is."""

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from liqbot.market.book import OrderBook
from liqbot.market.observation import Gap, gaps_in
from liqbot.market.series import Candles
from liqbot.market.tape import Tape
from liqbot.market.units import HOUR_MS, MINUTE_MS, floats, integers, moment_of
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    a_liquidation,
    an_observation,
    some_candles,
    some_funding,
    some_open_interest,
)

nan = np.nan
END_MS = START_MS + 6 * FIVE_MINUTES_MS


def steps(gaps: tuple[Gap, ...]) -> list[tuple[str, float, float]]:
    """Gaps in five-minute steps from the start."""
    return [
        (
            gap.what,
            (gap.from_ms - START_MS) / FIVE_MINUTES_MS,
            (gap.to_ms - START_MS) / FIVE_MINUTES_MS,
        )
        for gap in gaps
    ]


def test_a_full_record_has_no_gaps() -> None:
    candles, samples = some_candles([1] * 6), some_open_interest([1] * 7)
    assert gaps_in(candles, samples, START_MS, END_MS) == ()


def test_unknown_and_missing_rows_are_gaps_at_the_start_within_and_at_the_end() -> None:
    candles = some_candles([nan, 1, nan, nan, 1, nan])
    samples = some_open_interest([1, 1, nan, 1, 1, nan, nan])
    assert steps(gaps_in(candles, samples, START_MS, END_MS)) == [
        ("candles", 0, 1),
        ("candles", 2, 4),
        ("candles", 5, 6),
        ("open_interest", 1, 3),
        ("open_interest", 4, 6),
    ]


def test_a_candle_that_has_not_closed_yet_is_not_missing() -> None:
    candles, samples = some_candles([1] * 6), some_open_interest([1] * 7)
    assert gaps_in(candles, samples, START_MS, END_MS + FIVE_MINUTES_MS - 1) == ()
    assert steps(gaps_in(candles, samples, START_MS, END_MS + FIVE_MINUTES_MS)) == [
        ("candles", 6, 7)
    ]


def test_hourly_open_interest_is_missed_only_when_an_hour_is() -> None:
    candles = some_candles([1] * 72)
    samples = some_open_interest([1, 1, nan, 1, 1, 1, 1], interval_ms=HOUR_MS)
    assert steps(gaps_in(candles, samples, START_MS, START_MS + 6 * HOUR_MS)) == [
        ("open_interest", 12, 36)
    ]


def test_what_was_never_recorded_is_missing_throughout() -> None:
    gaps = gaps_in(Candles.none(FIVE_MINUTES_MS), some_open_interest(()), START_MS, END_MS)
    assert steps(gaps) == [("candles", 0, 6), ("open_interest", 0, 6)]


def test_age_counts_from_the_newest_known_datum() -> None:
    seen = an_observation(some_candles([1, 1, nan]), open_interest=some_open_interest([1, 1, nan]))
    assert seen.newest_ms == START_MS + 2 * FIVE_MINUTES_MS
    assert seen.age_s(moment_of(START_MS + 2 * FIVE_MINUTES_MS + 1500)) == pytest.approx(1.5)


@pytest.mark.parametrize(
    "newer",
    [
        {"open_interest": some_open_interest([1], start_ms=END_MS)},
        {"funding": some_funding([1], start_ms=END_MS)},
        {"tape": Tape.of([a_liquidation(at_ms=END_MS)])},
        {"book": OrderBook.of(END_MS, [(1, 1)], [(2, 1)])},
    ],
)
def test_every_kind_of_datum_makes_an_observation_younger(newer: dict[str, Any]) -> None:
    assert replace(an_observation(), **newer).age_s(moment_of(END_MS) + timedelta(seconds=2)) == 2


def test_an_empty_observation_is_infinitely_old() -> None:
    empty = an_observation(Candles.none(MINUTE_MS), open_interest=some_open_interest([]))
    assert empty.newest_ms is None
    assert empty.age_s(moment_of(START_MS)) == math.inf


def test_a_builder_spells_out_only_what_matters() -> None:
    seen = an_observation(some_candles([1, nan, 3], reach=0.5), venue="okx", base="ETH")
    assert seen.instrument.symbol == "ETH/USDT:USDT"
    assert np.array_equal(seen.candles.high, floats([1.5, nan, 4.5]), equal_nan=True)
    assert seen.open_interest.at(integers([seen.candles.opened_ms[0]])).tolist() == [1000]
