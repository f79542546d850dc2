import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.charts._words import alt_text
from liqbot.charts.chart import View
from liqbot.chat.numbers import Numbers
from tests.charts.histories import a_history

NUMBERS = Numbers("en", "UTC")
HISTORY = a_history()


def test_the_description_follows_its_form() -> None:
    text = alt_text(HISTORY, View(), NUMBERS, "liquidation heatmap, 24h", ["No cluster."])
    assert text == (
        "BTC liquidation heatmap, 24h, Binance+Bybit+OKX, 2026-01-07 02:00 UTC, data 12 s old. "
        "Price 65,000, −2.4 percent in 24 h. No cluster. Estimate, not a forecast."
    )


def test_cautions_come_before_the_end() -> None:
    history = a_history(simulated=True, warm=False, venues=("okx",), data_age_s=400.0)
    text = alt_text(history, View(), NUMBERS, "levels", [])
    assert text.endswith(
        "Simulated. Stale: 6 min old. Warming up. Single venue: okx. Estimate, not a forecast."
    )


@given(st.lists(st.integers(1, 1500), min_size=1, max_size=3))
def test_the_first_body_that_fits_is_taken_and_the_last_one_cut(lengths: list[int]) -> None:
    bodies = [[letter * n] for letter, n in zip("xyz", lengths, strict=False)]
    text = alt_text(HISTORY, View(), NUMBERS, "levels", *bodies)
    assert len(text) <= 1024
    assert text.endswith("Estimate, not a forecast.")
    room = 1024 - len(alt_text(HISTORY, View(), NUMBERS, "levels", [])) - 1
    fits = [body[0] for body in bodies if len(body[0]) <= room]
    assert (fits[0] if fits else f"{bodies[-1][0][:100]}") in text
    assert ("…" in text) == (not fits)


@pytest.mark.parametrize("bars", [1, 100])
def test_a_change_that_is_not_known_is_not_told(bars: int) -> None:
    assert "in 24 h" not in alt_text(a_history(bars=bars), View(), NUMBERS, "levels", [])
