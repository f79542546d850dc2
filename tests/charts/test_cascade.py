"""What would fire against what rests, as a picture."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations, product
from typing import get_args

import numpy as np
import pytest

from liqbot.charts._canvas import Canvas
from liqbot.charts._cascade import _window, draw_cascade
from liqbot.charts._cascade_layout import CASCADE_LAYOUTS
from liqbot.charts._geometry import Box
from liqbot.charts._profile import tint
from liqbot.charts._themes import THEMES
from liqbot.charts.chart import Picture, Size, ThemeName, View
from liqbot.heatmap.cascade import cascade_of
from liqbot.market.units import F8, Side
from tests.charts.histories import a_history, an_empty_history
from tests.charts.strokes import strokes
from tests.charts.test_chart_pictures import contrast
from tests.charts.test_feed import pixels
from tests.heatmap.books import a_flat_book, booked

DARK, MARK = THEMES["dark"], 65_000.0
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


@pytest.mark.parametrize("away", [-0.038, 0.038])
def test_names_stand_in_front_of_their_lines(away: float) -> None:
    found = cascade_of(booked(density=5e9), MARK * (1 + away))
    prices, stop = _window(found, CASCADE_LAYOUTS["portrait"]), found.base.stop
    assert stop is not None
    writings = draw_cascade(found, View()).writings
    for start, price in (("pushed", found.target), ("stops", stop)):
        (label,) = [each for each in writings if each.text.startswith(start)]
        ahead = (prices.y(price) - label.box.middle[1]) * found.side.sign
        assert ahead == pytest.approx(24, abs=4)


def test_bars_of_longs_and_of_shorts_have_their_colours() -> None:
    for away, colour in ((-0.04, (86, 180, 233)), (0.04, (230, 159, 0))):
        found = cascade_of(booked(density=8e9), 65_000 * (1 + away))
        shown = pixels(draw_cascade(found, View()))[178:826, 16:442]
        assert (abs(shown - colour).max(axis=2) < 12).mean() > 0.01
        assert found.side is (Side.LONG if away < 0 else Side.SHORT)


@pytest.mark.parametrize("away", [-0.03, 0.03])
def test_bars_lie_where_it_fires_and_where_it_rests(
    away: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bars of both sides, from the top: what fires by leverage and not, what is shown and not."""
    stacks: list[tuple[Box, F8, Sequence[str]]] = []

    def keep(
        _: Canvas, box: Box, parts: F8, colours: Sequence[str], *__: object, **___: object
    ) -> None:
        stacks.append((box, parts, colours))

    monkeypatch.setattr("liqbot.charts._cascade.draw_stacks", keep)
    found = cascade_of(booked(density=1e12), MARK * (1 + away))
    prices = _window(found, CASCADE_LAYOUTS["portrait"])
    with strokes() as drawn:
        draw_cascade(found, View())
    (left, fires, _), (right, rests, colours) = stacks
    assert (left.x1, right.x0) == (442, 454)
    edges = -found.side.sign * np.log(prices.edges(162)[::-1] / MARK)
    unit = np.log1p(0.001) / abs(edges[1] - edges[0])
    up_to = [
        np.interp(each, [0, *found.edges[1:]], [0, *found.forced.sum(axis=0).cumsum()])
        for each in np.clip(edges, 0, None)
    ]
    assert fires.sum(axis=0) == pytest.approx(abs(np.diff(up_to)) * unit, abs=1.0)
    between = (np.minimum(edges[1:], edges[:-1]) > 0) & (np.maximum(edges[1:], edges[:-1]) < 0.02)
    assert rests[0, between] == pytest.approx(1e12 * np.log1p(0.001), rel=0.05)
    assert rests[1, between] == pytest.approx(0, abs=1e12 * np.log1p(0.001) * 0.05)
    past = np.minimum(edges[1:], edges[:-1]) > 0.0201
    assert past.sum() > 20
    assert rests[0, past] == pytest.approx(0)
    assert rests[1, past] == pytest.approx(1e12 * np.log1p(0.001), rel=0.05)
    swatches = [each.colour for each in drawn if (each.box.y0, each.box.y1) == (148, 168)]
    assert swatches == [*colours]


@pytest.mark.parametrize("density", [1e9, 2e10, 4e10, 1e12])
def test_both_sides_are_on_one_scale_that_holds_them(
    density: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    most: list[float] = []

    def keep(_: Canvas, __: Box, parts: F8, ___: object, full: float, **____: object) -> None:
        most.extend((float(parts.sum(axis=0).max()), full))

    monkeypatch.setattr("liqbot.charts._cascade.draw_stacks", keep)
    draw_cascade(cascade_of(booked(density=density), MARK * 0.97), View())
    fires, full, rests, same = most
    assert full == same
    assert max(fires, min(rests, 3 * fires)) <= full < 2.5 * max(fires, min(rests, 3 * fires))


@pytest.mark.parametrize(("away", "ends"), [(-0.038, "bottom"), (0.038, "top")])
def test_where_it_may_stop_is_tinted_and_ends_with_the_picture_where_nobody_knows(
    away: float, ends: str
) -> None:
    found = cascade_of(booked(density=5e9), MARK * (1 + away))
    assert found.high.stop is None
    assert found.low.stop is not None
    with strokes() as drawn:
        draw_cascade(found, View())
    (spread,) = [each.box for each in drawn if each.colour == DARK.price and each.alpha < 1]
    stop = _window(found, CASCADE_LAYOUTS["portrait"]).y(found.low.stop)
    bounds = (stop, 826) if ends == "bottom" else (178, stop)
    assert (spread.y0, spread.y1) == pytest.approx(bounds)


def test_the_picture_reaches_to_where_it_stops_in_the_high_case() -> None:
    for away in (-0.03, 0.03):
        found = cascade_of(booked(density=2.6e10), MARK * (1 + away))
        low, high = found.low.stop, found.high.stop
        assert low is not None
        assert high is not None
        assert abs(high / MARK - 1) > abs(low / MARK - 1) + 0.005
        prices = _window(found, CASCADE_LAYOUTS["portrait"])
        assert prices.low < min(high, MARK) < max(high, MARK) < prices.high


def test_each_band_of_leverage_has_a_swatch_of_its_bars_beside_it() -> None:
    with strokes() as drawn:
        picture = draw_cascade(cascade_of(booked(density=1e12), MARK * 0.97), View())
    names = {each.text: each.box for each in picture.writings if each.box.y0 > 1082}
    swatches = [each for each in drawn if each.kind == "fill" and each.box.y0 > 1082]
    assert [each.colour for each in swatches] == [tint(DARK, Side.LONG, 3 - i) for i in range(4)]
    assert all((each.box.width, each.box.height) == (20, 20) for each in swatches)
    for each, name in zip(swatches, ("100x", "50x", "20x", "≤10x"), strict=True):
        assert each.box.middle[1] == pytest.approx(names[name].middle[1], abs=4)


@pytest.mark.parametrize("target", [62_500.0, 67_500.0])
def test_thin_stretches_are_marked_between_both_sides_and_nowhere_else(target: float) -> None:
    found = cascade_of(booked(density=2e8), target)
    prices = _window(found, CASCADE_LAYOUTS["portrait"])
    assert prices.high * 1.01 < max(each.high for each in found.thin) or (
        prices.low > 1.01 * min(each.low for each in found.thin)
    )
    with strokes() as drawn:
        draw_cascade(found, View())
    marks = [each.box for each in drawn if each.colour == DARK.amber and each.kind == "fill"]
    assert marks
    assert all(Box(442, 178, 454, 830).holds(each) for each in marks)
    with strokes() as drawn:
        draw_cascade(cascade_of(booked(density=1e12), target), View())
    assert DARK.amber not in {each.colour for each in drawn}


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
