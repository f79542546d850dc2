"""Numbers are taken out of a line, whatever they look like."""

from decimal import Decimal

import pytest

from liqbot.alerting.numerals import Amounts, plain_words, read_number, take_amounts, take_number
from liqbot.alerting.vocabulary import TERMS
from liqbot.errors import OutOfRange, Unreadable


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("OI up by MORE than 5 percent in the last hour", "oi up by > 5% in the 1h"),
        ("asymmetry ≥3", "asymmetry >= 3"),
        ("cascade is over", "cascade is over"),
        ("cascade over 3x", "cascade > 3x"),
        ("2% or less", "2% <"),
        ("near every hour", "near every 1h"),
        ("near every 90 minutes", "near every 90m"),
        ("of 40M", "of $40m"),
        ("every 40m", "every 40m"),
        ("$ 2.5 billion a min", "$2.5b 1m"),
    ],
)
def test_words_are_made_plain(text: str, plain: str) -> None:
    assert plain_words(text) == f" {plain} "


@pytest.mark.parametrize(
    ("text", "left", "amounts"),
    [
        ("cascade > $5m 1m", ["cascade"], Amounts(minute_usd=5e6)),
        ("cascade $5 1m", ["cascade"], Amounts(minute_usd=5.0)),
        ("near > $40m once", ["near", "once"], Amounts(usd=40e6)),
        ("x 1,500,000 usd in 1m and $2k", ["x", "and"], Amounts(2e3, 1.5e6)),
        ("near 40m", ["near", "40m"], Amounts()),
    ],
)
def test_dollars_are_taken(text: str, left: list[str], amounts: Amounts) -> None:
    rest, found = take_amounts(f" {text} ")
    assert (rest.split(), found) == (left, amounts)


@pytest.mark.parametrize("text", [" < $40m ", " $40m $50m "])
def test_an_amount_is_one_and_the_least(text: str) -> None:
    with pytest.raises(OutOfRange, match=r"\$[45]0M"):
        take_amounts(text)


@pytest.mark.parametrize(
    ("text", "rule", "value"),
    [
        ("oi -5%", "open_interest_shift", 0.05),
        ("near 75bps", "cluster_approach", 0.0075),
        ("asymmetry 3 : 1", "asymmetric_cluster", 3.0),
        ("asymmetry 3 to 1", "asymmetric_cluster", 3.0),
        ("cascade 2 times", "cascade_start", 2.0),
        ("build-up 4 sigma", "large_position", 4.0),
        ("build-up 4", "large_position", 4.0),
    ],
)
def test_a_number_is_read_in_the_unit_of_its_line(text: str, rule: str, value: float) -> None:
    rest, number = take_number(f" {text} ")
    assert number is not None
    assert number.read(TERMS[rule]) == value
    assert number.sign == ("-" if "-5" in text else "")
    assert rest.split() == text.split()[:1]


@pytest.mark.parametrize(
    ("text", "rule", "answer"),
    [
        ("5", "open_interest_shift", "Is that 5%?"),
        ("5%", "cascade_start", "a ratio, such as 3:1"),
        ("3x", "cluster_approach", "a percentage"),
        ("3:1", "large_position", "a number of σ"),
    ],
)
def test_another_unit_is_refused_with_one_that_fits(text: str, rule: str, answer: str) -> None:
    _, number = take_number(f" {text} ")
    assert number is not None
    with pytest.raises(OutOfRange, match=answer.replace("?", r"\?")):
        number.read(TERMS[rule])


def test_there_is_one_line_or_none() -> None:
    assert take_number(" near ") == (" near ", None)
    with pytest.raises(OutOfRange, match="1% or 2%"):
        take_number(" near 1% 2% ")


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,5", "1.5"), ("1.500.000", "1500000"), ("1,500,000.5", "1500000.5"), ("1'000", "1000")],
)
def test_commas_and_dots_are_read_as_they_are_meant(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


def test_a_comma_that_may_mean_either_is_asked_about_but_for_money() -> None:
    with pytest.raises(Unreadable, match=r"1500 or 1\.500"):
        read_number("1,500")
    assert read_number("1,500", money=True) == 1500
