"""Every rule has words, and a line that it lets one draw within its bounds."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

import pytest
from annotated_types import Gt, Interval
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.vocabulary import (
    TERMS,
    checked,
    checked_minute,
    digits_of,
    drawn,
    meaning_of,
    rule_words,
    term_of,
    write_usd,
    write_value,
)
from liqbot.errors import OutOfRange
from liqbot.rules.rule import INSTANT, Rule, Unit
from tests.alerting.stage import RULE_TABLE


@dataclass(frozen=True)
class Strange:
    """Settings of a rule that nobody has given words."""

    reach: Annotated[float, Gt(0)] = 0.5
    max_wait: Annotated[float, Interval(gt=0, lt=1)] = 0.25
    within: timedelta = timedelta(hours=1)
    names: str = "x"


@dataclass(frozen=True)
class Plain:
    """Settings without a line."""


def a_rule(name: str, settings: type[object]) -> Rule[object]:
    return Rule(
        name=name,
        summary="",
        settings=settings,
        evaluate=lambda _scene, _settings: (),
        patience=INSTANT,
        chart="heatmap",
    )


def test_only_rules_that_exist_have_words() -> None:
    assert set(TERMS) == set(RULE_TABLE)


def test_a_line_says_what_it_is_of() -> None:
    meant = {name: meaning_of(rule) for name, rule in RULE_TABLE.items()}
    assert all(meant.values())
    assert meant["cascade_start"] == (
        "The heaviest minute of one side ÷ 95 % of its own minutes of 7 days."
    )
    assert meant["cluster_migration"] == "How far its middle is from where it was first noted."
    assert meaning_of(a_rule("plain", Plain)) == ""
    assert rule_words("cluster_migration") == "cluster migration"


def test_no_two_rules_share_a_word() -> None:
    spoken = [word.lower() for term in TERMS.values() for word in term.words]
    assert len(spoken) == len(set(spoken))


@pytest.mark.parametrize("name", sorted(RULE_TABLE))
def test_the_operators_own_line_may_be_drawn(name: str) -> None:
    rule = RULE_TABLE[name]
    line = drawn(rule.settings(), term_of(rule).setting)
    assert line is not None
    for each in line if isinstance(line, tuple) else (line,):
        assert checked(rule, each, "") == each


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("asymmetric_cluster", 1.0, "For asymmetry a line is above 1:1; so is not."),
        ("cluster_approach", 1.0, "For near a line is above 0% and below 100%; so is not."),
        ("large_position", 0.0, "For large position a line is above 0σ; so is not."),
        ("funding_extreme", 0.5, "For funding a line is above 0% and at most 20%; so is not."),
    ],
)
def test_a_line_out_of_bounds_is_refused_with_the_bounds(
    name: str, value: float, said: str
) -> None:
    with pytest.raises(OutOfRange) as caught:
        checked(RULE_TABLE[name], value, "so")
    assert str(caught.value) == said


def test_a_rule_without_words_goes_by_its_name_and_its_first_line() -> None:
    strange = a_rule("some_thing", Strange)
    term = term_of(strange)
    assert (term.words, term.setting, term.falls) == (("some thing",), "max_wait", True)
    assert checked(strange, 0.5, "0.5") == 0.5
    with pytest.raises(OutOfRange, match="above 0:1 and below 1:1"):
        checked(strange, 2.0, "2")


def test_a_rule_without_a_line_has_none() -> None:
    assert term_of(a_rule("plain", Plain)).setting == ""


def test_where_a_line_is_drawn_is_a_number_or_several() -> None:
    assert drawn(Strange(), "max_wait") == 0.25
    assert drawn(Strange(), "within") == 3600.0
    assert drawn(Strange(), "names") is None
    assert drawn(Strange(), "gone") is None
    assert drawn(RULE_TABLE["cluster_approach"].settings(), "tiers") == (0.02, 0.01, 0.005)


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (0.015, Unit.FRACTION, "1.5%"),
        (0.07, Unit.FRACTION, "7%"),
        (1.0, Unit.FRACTION, "100%"),
        (3.0, Unit.RATIO, "3:1"),
        (2.25, Unit.RATIO, "2.25:1"),
        (3.0, Unit.SIGMA, "3σ"),
        (1e-7, Unit.FRACTION, "0.00001%"),
    ],
)
def test_a_line_is_written_in_its_unit(value: float, unit: Unit, written: str) -> None:
    assert write_value(value, unit) == written


@given(st.floats(1e-9, 1e9))
def test_a_line_is_written_to_the_last_digit(value: float) -> None:
    assert float(write_value(value, Unit.RATIO).removesuffix(":1")) == value
    percent = Decimal(write_value(value, Unit.FRACTION).removesuffix("%"))
    assert float(percent / 100) == value


def test_zeros_that_count_stay() -> None:
    assert [digits_of(Decimal(each)) for each in ("100", "1.50", "1E+3")] == ["100", "1.5", "1000"]


@pytest.mark.parametrize(
    ("usd", "written"),
    [(40e6, "$40M"), (1_234_567.0, "$1.234567M"), (999.0, "$999"), (0.01, "$0.01"), (5e12, "$5T")],
)
def test_an_amount_is_written_to_the_last_digit(usd: float, written: str) -> None:
    assert write_usd(usd) == written


def test_dollars_a_minute_are_a_line_of_cascades_alone() -> None:
    assert checked_minute(RULE_TABLE["cascade_start"], 5e6) == 5e6
    with pytest.raises(OutOfRange, match="near counts no dollars a minute"):
        checked_minute(RULE_TABLE["cluster_approach"], 5e6)
    with pytest.raises(OutOfRange, match=r"below \$1000T"):
        checked_minute(RULE_TABLE["cascade_end"], 1e15)


def test_a_number_with_a_sign_means_a_case_of_its_rule() -> None:
    signed = {name: term.signs for name, term in TERMS.items() if term.signs}
    assert signed == {
        "open_interest_shift": ("rise", "fall"),
        "funding_extreme": ("above", "below"),
    }
