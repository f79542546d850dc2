"""What is seen is rounded to read well; a line is written as it was drawn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.figures import exactly, figure
from liqbot.chat.numbers import Numbers
from liqbot.rules.rule import Unit
from tests.alerting.stage import NUMBERS


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
