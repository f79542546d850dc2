import math
from dataclasses import replace
from typing import Any

import pytest

from liqbot.calibration.distances import distance_score
from liqbot.chat.measured import apart, in_lines, in_short, in_words, share_of_interest
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.history import History
from tests.charts.histories import a_history, some_measured

EN = Numbers("en", "UTC")


def a_map(**changes: float) -> History:
    return replace(a_history(), measured=some_measured(**changes))  # type: ignore[arg-type]


def test_how_much_how_old_and_where_in_two_lines() -> None:
    how_much, where = in_lines(a_map(), EN)
    assert how_much == (
        "◆ Measured, not in the estimate: 12 positions worth $43.5M · 4% of OI"
        " · 11 of 12 listed addresses, 2 min old"
    )
    assert where == (
        "▲ 66,836–67,508 +2.8% $12.0M of 1 · ▼ 63,577–64,216 −1.2% $11.0M of 2"
        " · ▼ 51,534–52,052 −19.9% $9.00M of 1 · 5 more"
    )


def test_nobody_listed_is_nothing_said() -> None:
    assert list(in_lines(a_history(), EN)) == []
    assert in_words(a_history(), EN) == []


def test_blindness_is_not_emptiness() -> None:
    [blind] = in_lines(a_map(holders=0), EN)
    assert blind == "◆ Measured: blind, none of 12 listed addresses is told of now."
    empty = replace(some_measured(), positions=())
    [line] = in_lines(replace(a_history(), measured=empty), EN)
    assert line == ("◆ Measured: nothing that price can liquidate, by 11 of 12 listed addresses.")
    assert in_short(some_measured(holders=0), 0, EN) == "not seen now"


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        ({"leading": 98, "largest": 100}, "11 of 12 listed addresses and 98 of 100 large accounts"),
        ({"leading": 98, "largest": 100, "holders": 0, "listed": 0}, "98 of 100 large accounts"),
        ({"leading": 0, "largest": 100}, "11 of 12 listed addresses and 0 of 100 large accounts"),
    ],
)
def test_whoever_is_asked_is_told_for_what_they_are(changes: dict[str, Any], who: str) -> None:
    told = replace(some_measured(), **changes)
    how_much, _ = in_lines(replace(a_history(), measured=told), EN)
    assert how_much.endswith(f" · 4% of OI · {who}, 2 min old")


@pytest.mark.parametrize(
    ("listed", "largest", "who"),
    [
        (12, 100, "none of 12 listed addresses and 100 large accounts"),
        (0, 100, "none of 100 large accounts"),
        (0, 0, "nobody"),
    ],
)
def test_whoever_is_not_told_of_is_said(listed: int, largest: int, who: str) -> None:
    nobody = replace(some_measured(holders=0), listed=listed, largest=largest)
    [line] = in_lines(replace(a_history(), measured=nobody), EN)
    assert line == f"◆ Measured: blind, {who} is told of now."


def test_a_legend_says_how_many_are_in_view() -> None:
    assert in_short(some_measured(), 12, EN) == "12 positions · 4% of OI"
    assert in_short(some_measured(), 9, EN) == "9 of 12 positions in view · 4% of OI"


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.034, "3%"), (0.004, "under 1%"), (0.0, "0%"), (math.nan, "")],
)
def test_a_share_is_never_rounded_to_nothing(share: float, said: str) -> None:
    assert share_of_interest(share, EN) == said


def test_an_unknown_share_is_left_out() -> None:
    unknown = some_measured(interest=math.nan)
    assert in_short(unknown, 12, EN) == "12 positions"
    assert "open interest" not in in_words(replace(a_history(), measured=unknown), EN)[0]


def test_beside_the_model_it_says_how_little_a_few_tell() -> None:
    known = distance_score(some_measured(), a_history().snapshot)
    assert known is not None
    assert apart(known, EN) == (
        "12 positions (as telling as 5 alike): 3.0% from the price in the middle, modelled 4.9%;"
        " KS 0.42, no further apart than chance (0.54). Who is asked is no sample of the market."
    )
    assert "KS 0.90, further apart than chance" in apart(replace(known, ks=0.9), EN)
