from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.chat.numbers import Numbers

EN = Numbers("en", "UTC")
DE = Numbers("de", "Europe/Berlin")


@pytest.mark.parametrize(
    ("price", "written"),
    [
        (91_084.9, "91,085"),
        (1_234_567.8, "1,234,568"),
        (3_093.19, "3,093.2"),
        (142.38, "142.38"),
        (0.12345, "0.12345"),
        (0.0000123456, "0.00001235"),
        (9.99996, "10.000"),
        (float("inf"), "∞"),
    ],
)
def test_prices_keep_their_digits(price: float, written: str) -> None:
    assert EN.price(price) == written


@pytest.mark.parametrize(
    ("price", "written"),
    [(66_812.4, "66,812"), (0.15024, "0.1502"), (0.0000123456, "0.0₄1235"), (3_093.19, "3,093")],
)
def test_tight_places_count_the_zeros(price: float, written: str) -> None:
    assert EN.level(price) == written


@pytest.mark.parametrize(
    ("tick", "step", "written"),
    [
        (95_000.0, 2_500.0, "95,000"),
        (0.155, 0.005, "0.155"),
        (0.1575, 0.0025, "0.1575"),
        (1_260_000.0, 20_000.0, "1260000"),
        (0.0000128, 0.0000002, "0.0₄128"),
        (2.5, 0.5, "2.5"),
    ],
)
def test_ticks_have_the_decimals_of_their_step(tick: float, step: float, written: str) -> None:
    assert EN.tick(tick, step) == written


@pytest.mark.parametrize(
    ("usd", "written"),
    [
        (0.0, "$0"),
        (842.4, "$842"),
        (999.5, "$1.00K"),
        (9.995e3, "$10.0K"),
        (99.96e6, "$100M"),
        (142e6, "$142M"),
        (1.416e9, "$1.42B"),
        (3.2e12, "$3.20T"),
        (999_600.0, "$1.00M"),
    ],
)
def test_dollars_have_three_digits(usd: float, written: str) -> None:
    assert EN.usd(usd) == written


@given(st.floats(0, 9e14))
def test_dollars_are_short_and_true_to_their_digits(usd: float) -> None:
    written = EN.usd(usd)
    assert len(written) <= 6
    units = {"T": 1e12, "B": 1e9, "M": 1e6, "K": 1e3}
    value = float(written.strip("$TBMK")) * units.get(written[-1], 1.0)
    assert value == pytest.approx(usd, rel=6e-3, abs=0.5)


def test_dollars_are_read_aloud() -> None:
    assert EN.usd_in_words(142e6) == "about 142 million dollars"
    assert EN.usd_in_words(12.0) == "about 12 dollars"
    assert EN.usd_tick(1.5e6) == "$1.5M"


def test_locales_write_numbers_their_way() -> None:
    assert DE.price(91_084.9) == "91.085"
    assert DE.usd(1.416e9) == "$1,42B"
    assert DE.level(0.0000123456) == "0,0₄1235"
    assert DE.day(datetime(2026, 1, 20, tzinfo=UTC)) == "20 Jan"


def test_percentages_carry_their_sign() -> None:
    assert [EN.percent(x) for x in (0.0188, -0.0052, 0.0)] == ["+1.9%", "−0.5%", "+0.0%"]
    assert EN.percent(-0.9876, 2) == "−98.76%"
    assert EN.share(0.62) == "62%"


def test_ratios_end_somewhere() -> None:
    written = [EN.ratio(x) for x in (2.449, 10.4, 99.6, float("inf"))]
    assert written == ["2.4:1", "10:1", "over 99:1", "over 99:1"]


def test_times_are_told_in_the_readers_zone() -> None:
    assert DE.local(datetime(2026, 1, 20, 14, 5, tzinfo=UTC)).hour == 15
