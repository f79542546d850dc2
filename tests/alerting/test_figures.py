"""What is seen is rounded to read well; a line is written as it was drawn."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.alert import Doubt
from liqbot.alerting.figures import (
    clock_words,
    criterion_words,
    doubt_words,
    exactly,
    fact_words,
    figure,
    is_context,
    is_minor,
    venue_words,
)
from liqbot.chat.numbers import Numbers
from liqbot.rules.rule import Criterion, Fact, Unit
from tests.alerting.stage import NUMBERS, START, near


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (0.015, Unit.FRACTION, "1.5%"),
        (0.02, Unit.FRACTION, "2%"),
        (0.00026, Unit.FRACTION, "0.026%"),
        (2.852, Unit.FRACTION, "285%"),
        (-0.0012, Unit.FRACTION, "−0.12%"),
        (0.0, Unit.FRACTION, "0%"),
        (3.0, Unit.RATIO, "3.0:1"),
        (0.34, Unit.RATIO, "34%"),
        (40e6, Unit.USD, "$40.0M"),
        (65_000.0, Unit.PRICE, "65,000"),
        (3.04, Unit.SIGMA, "3.0σ"),
        (3.0, Unit.COUNT, "3"),
        (3600.0, Unit.SECONDS, "1 h"),
    ],
)
def test_a_number_is_written_in_its_unit(value: float, unit: Unit, written: str) -> None:
    assert figure(value, unit, NUMBERS) == written


@pytest.mark.parametrize(
    ("line", "unit", "written"),
    [
        (0.0103, Unit.FRACTION, "1.03%"),
        (0.02, Unit.FRACTION, "2%"),
        (1.0, Unit.FRACTION, "100%"),
        (0.000125, Unit.FRACTION, "0.0125%"),
        (2.25, Unit.RATIO, "2.25:1"),
        (3.0, Unit.RATIO, "3:1"),
        (120.0, Unit.RATIO, "120:1"),
        (2.75, Unit.SIGMA, "2.75σ"),
        (12_345_678.0, Unit.USD, "$12.345678M"),
        (40e6, Unit.USD, "$40M"),
        (950.0, Unit.USD, "$950"),
        (60.0, Unit.SECONDS, "1 min"),
        (3.0, Unit.COUNT, "3"),
    ],
)
def test_a_line_keeps_all_its_digits(line: float, unit: Unit, written: str) -> None:
    assert exactly(line, unit, NUMBERS) == written


@given(st.integers(1, 10**7))
def test_a_line_reads_back_as_what_was_drawn(millionths: int) -> None:
    line = millionths / 10**6
    written = exactly(line, Unit.FRACTION, NUMBERS).removesuffix("%").replace(",", "")
    assert round(float(written) / 100, 8) == line


def test_a_line_has_the_commas_of_its_reader() -> None:
    assert exactly(0.0103, Unit.FRACTION, Numbers("de_DE", "UTC")) == "1,03%"


def test_doubt_tells_its_numbers() -> None:
    assert doubt_words(Doubt(42, 0.873), NUMBERS) == "unproven here: 42 alerts, lift 0.87"


def test_a_number_and_its_line_are_in_the_same_unit() -> None:
    own = Criterion("min_usd", Fact("realised", 5e6, Unit.USD), 4e6, 0.8)
    assert criterion_words(own, NUMBERS) == "realised $5.00M (at least $4M)"


def test_a_change_has_a_sign_and_is_of_the_market() -> None:
    trend, size = Fact("trend, 24 h", 0.01, Unit.FRACTION), Fact("modelled", 1e6, Unit.USD)
    assert [fact_words(each, NUMBERS) for each in (trend, size)] == [
        "trend, 24 h +1%",
        "modelled $1.00M",
    ]
    assert [is_context(each) for each in (trend, size)] == [True, False]


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("share on okx", "share on OKX 80%"),
        ("on binance", "on Binance 80%"),
        ("of a usual day", "80% of a usual day"),
        ("orders", "orders 80%"),
    ],
)
def test_a_number_stands_where_one_would_say_it(label: str, words: str) -> None:
    assert fact_words(Fact(label, 0.8, Unit.FRACTION), NUMBERS) == words


def test_a_clock_is_to_the_second() -> None:
    assert clock_words(START, NUMBERS) == "7 Jan 12:00:00"


@pytest.mark.parametrize(
    ("label", "share", "minor"),
    [("share on okx", 0.79, True), ("share on okx", 0.8, False), ("on okx", 0.1, False)],
)
def test_a_venues_share_is_told_where_it_is_nearly_all(
    label: str, share: float, *, minor: bool
) -> None:
    assert is_minor(Fact(label, share, Unit.FRACTION)) is minor


@pytest.mark.parametrize(
    ("labels", "count", "words"),
    [
        (["share on binance", "share on bybit", "share on okx"], 3, "Binance, Bybit, OKX"),
        (["on okx", "on dydx"], 2, "OKX, dYdX"),
        (["share on a", "share on b", "share on c", "share on d"], 4, "4 venues"),
        (["share on okx"], 2, "2 venues"),
        ([], 1, "1 venue"),
    ],
)
def test_a_few_venues_are_named_and_many_are_counted(
    labels: list[str], count: int, words: str
) -> None:
    facts = tuple(Fact(each, 0.25, Unit.FRACTION) for each in labels)
    assert venue_words(replace(near(venues=count)[0], facts=facts)) == words
