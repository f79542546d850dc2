"""What would fire against what rests, as a picture."""

from dataclasses import replace
from functools import cache
from itertools import combinations, product
from typing import get_args

import pytest

from liqbot.charts._cascade import draw_cascade
from liqbot.charts._geometry import Box
from liqbot.charts.chart import Picture, Size, ThemeName, View
from liqbot.heatmap.cascade import cascade_of
from liqbot.market.units import Side
from tests.charts.histories import a_history, an_empty_history
from tests.charts.test_chart_pictures import contrast
from tests.charts.test_feed import pixels
from tests.heatmap.books import a_flat_book, booked

TINY = a_history(base="1000000MOG", price=1.23456e-5, simulated=True)
HUGE = a_history(price=1_234_567.8, usd=98.76e9)
OLD = replace(a_history(), books={"okx": a_flat_book(a_history(), age_s=900)})
ASKED = {
    "deep": (booked(density=1e12), 0.03),
    "usual": (booked(density=8e9), -0.04),
    "runs on": (booked(density=5e9), -0.038),
    "runs out": (booked(density=1e6), 0.02),
    "no book": (a_history(), -0.03),
    "old book": (OLD, -0.03),
    "empty": (booked(an_empty_history()), -0.03),
    "nothing": (an_empty_history(), 0.03),
    "near": (booked(density=8e9), -0.0005),
    "far": (booked(density=8e9), 0.2),
    "tiny": (booked(TINY), 0.04),
    "huge": (booked(HUGE, density=1e13), -0.0421),
}


@cache
def drawn(kind: str = "usual", size: Size = "portrait", theme: ThemeName = "dark") -> Picture:
    history, away = ASKED[kind]
    found = cascade_of(history, history.snapshot.mark * (1 + away))
    return draw_cascade(found, View(size=size, theme=theme))


def words(kind: str) -> list[str]:
    return [each.text for each in drawn(kind).writings]


@pytest.mark.parametrize(("kind", "size"), [*product(ASKED, ("portrait", "wide"))])
def test_words_are_large_inside_and_apart(kind: str, size: Size) -> None:
    picture = drawn(kind, size)
    page = Box(0, 0, picture.width, picture.height)
    assert min(each.size for each in picture.writings) >= 24
    assert [each.text for each in picture.writings if not page.holds(each.box)] == []
    for one, other in combinations(picture.writings, 2):
        assert not one.box.overlaps(other.box), (one.text, other.text)


@pytest.mark.parametrize("theme", get_args(ThemeName))
def test_text_stands_out_in_every_theme(theme: ThemeName) -> None:
    for each in drawn("runs out", theme=theme).writings:
        least = 1.0 if each.text == "liqbot" else 3.0 if each.size >= 30 else 4.5
        assert contrast(each.colour, each.ground) >= least, each


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("deep", "pushed to 66,950, stops there"),
        ("runs on", "pushed to 62,530"),
        ("runs out", "pushed to 66,300"),
        ("runs out", "thin book"),
        ("no book", "no order book"),
        ("nothing", "Nothing is modelled on the way."),
    ],
)
def test_what_matters_is_named_where_it_is(kind: str, label: str) -> None:
    assert label in words(kind)


def test_where_price_would_stop_beyond_is_named_too() -> None:
    assert any(each.startswith("stops near 6") for each in words("runs on"))
    assert not any(each.startswith("stops") for each in words("no book"))


def test_bars_of_longs_and_of_shorts_have_their_colours() -> None:
    for away, colour in ((-0.04, (86, 180, 233)), (0.04, (230, 159, 0))):
        found = cascade_of(booked(density=8e9), 65_000 * (1 + away))
        shown = pixels(draw_cascade(found, View()))[178:826, 16:442]
        assert (abs(shown - colour).max(axis=2) < 12).mean() > 0.01
        assert found.side is (Side.LONG if away < 0 else Side.SHORT)


def test_thin_stretches_are_marked_between_both_sides_and_nowhere_else() -> None:
    found = cascade_of(booked(density=2e8), 62_500.0)
    assert min(each.low for each in found.thin) < 60_000.0  # some of it past what is drawn
    amber = (abs(pixels(draw_cascade(found, View())) - (255, 194, 71)).max(axis=2) < 12).nonzero()
    assert amber[0].size > 1_000
    assert 178 <= amber[0].min() < amber[0].max() < 826
    assert 442 <= amber[1].min() < amber[1].max() < 454
    none = pixels(draw_cascade(cascade_of(booked(density=1e12), 62_500.0), View()))
    assert not (abs(none - (255, 194, 71)).max(axis=2) < 12).any()


def test_a_book_that_is_thicker_than_the_picture_is_wide_says_so() -> None:
    assert any(each.startswith("≥ $") for each in words("deep"))
    assert not any(each.startswith("≥ $") for each in words("usual"))


def test_the_description_says_the_same() -> None:
    picture = drawn("runs on")
    assert picture.alt.startswith("BTC if price were pushed to 62,530 (−3.8%), Binance")
    assert "Expected to be liquidated: $" in picture.alt
    assert picture.alt.endswith("Estimate, not a forecast.")
    assert len(picture.alt) <= 1024
    assert len(picture.png) < 400_000
