"""Forced orders as a picture."""

from dataclasses import replace
from io import BytesIO
from itertools import combinations, product
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from liqbot.charts._feed import _prices, draw_feed
from liqbot.charts._geometry import Box
from liqbot.charts._themes import THEMES
from liqbot.charts.chart import Picture, Size, ThemeName, View
from liqbot.market.tape import Tape
from liqbot.market.units import Side
from tests.builders import a_liquidation
from tests.charts.histories import a_history, with_a_gap
from tests.charts.strokes import strokes
from tests.charts.test_chart_pictures import contrast
from tests.heatmap.test_eaten import eaten_history
from tests.heatmap.test_feed import a_feed, told

DARK, PLOT = THEMES["dark"], Box(16, 140, 880, 790)
NOTHING = Tape.of(())
MANY = told(*((i / 10, Side.LONG if i % 3 else Side.SHORT, 3e3 * i) for i in range(1, 590)))
TWO = told((5, Side.LONG, 2e6), (40, Side.SHORT, 3e5))
STORM = eaten_history([64_900.0, 64_500.0, 64_400.0])
FEEDS = {
    "two": a_feed(binance=TWO),
    "none": a_feed(binance=NOTHING),
    "unheard": a_feed(okx=NOTHING),
    "many": a_feed(binance=MANY, bybit=TWO, okx=NOTHING, gate=TWO, dydx=MANY, bitget=TWO),
    "eaten": a_feed(STORM, binance=TWO),
    "unknown": a_feed(with_a_gap(a_history(), 0, 600), binance=TWO),
    "tiny": a_feed(a_history(base="1000000MOG", price=1.23e-5, simulated=True), binance=TWO),
}
FACTS = ("No cascade now", "ESTIMATE, price in a cluster: " + "and so on " * 12)


def drawn(kind: str = "two", size: Size = "portrait", theme: ThemeName = "dark") -> Picture:
    return draw_feed(FEEDS[kind], View(size=size, theme=theme), "1h", FACTS)


def words(picture: Picture) -> list[str]:
    return [each.text for each in picture.writings]


def pixels(picture: Picture) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(picture.png)).convert("RGB")).astype(int)


@pytest.mark.parametrize(("kind", "size"), [*product(FEEDS, ("portrait", "wide"))])
def test_words_are_large_inside_and_apart(kind: str, size: Size) -> None:
    picture = drawn(kind, size)
    page = Box(0, 0, picture.width, picture.height)
    assert min(each.size for each in picture.writings) >= 24
    assert [each.text for each in picture.writings if not page.holds(each.box)] == []
    for one, other in combinations(picture.writings, 2):
        assert not one.box.overlaps(other.box), (one.text, other.text)


@pytest.mark.parametrize("theme", get_args(ThemeName))
def test_text_stands_out_in_every_theme(theme: ThemeName) -> None:
    for each in drawn("many", theme=theme).writings:
        least = 1.0 if each.text == "liqbot" else 3.0 if each.size >= 30 else 4.5
        assert contrast(each.colour, each.ground) >= least, each


@pytest.mark.parametrize(("size", "edges"), [("wide", (1280, 720)), ("hd", (2048, 2560))])
def test_it_has_the_size_asked_for(size: Size, edges: tuple[int, int]) -> None:
    picture = drawn(size=size)
    assert pixels(picture).shape[1::-1] == edges == (picture.width, picture.height)
    assert len(picture.png) < 400_000


def test_it_says_that_it_is_realised_and_never_an_estimate() -> None:
    told = words(drawn())
    assert "REALISED" in told
    assert "ESTIMATE" not in told
    assert "1 of 1 tape" in told
    assert "SIMULATED" in words(drawn("tiny"))
    assert "Simulated." in drawn("tiny").alt


def test_shapes_and_colours_tell_the_sides_apart() -> None:
    for side, colour in ((Side.LONG, (86, 180, 233)), (Side.SHORT, (230, 159, 0))):
        feed = a_feed(binance=told((30, side, 2e6)))
        shown = pixels(draw_feed(feed, View(), "1h", ()))[140:790, 16:850]
        across = (np.abs(shown - np.array(colour)).max(axis=2) < 45).sum(axis=1)
        first, *_, last = np.flatnonzero(across)
        points_down = across.argmax() - first < last - across.argmax()
        assert points_down == (side is Side.LONG)


def test_the_largest_are_named_and_the_rest_are_counted() -> None:
    assert {"$2.00M", "$300K"} <= set(words(drawn()))
    told = words(drawn("many"))
    count = len(FEEDS["many"].tape) - 400
    assert f"+{count:,} smaller" in told


@pytest.mark.parametrize(
    ("kind", "notice"),
    [
        ("none", "Nothing was liquidated, as far as is told."),
        ("unheard", "No venue's forced orders are heard."),
    ],
)
def test_nothing_is_explained(kind: str, notice: str) -> None:
    assert notice in words(drawn(kind))


def test_the_cluster_that_price_is_in_is_tinted() -> None:
    feed = FEEDS["eaten"]
    assert feed.eaten is not None
    plain = pixels(draw_feed(replace(feed, eaten=None), View(), "1h", ()))[140:790, 16:850]
    tinted = pixels(drawn("eaten"))[140:790, 16:850]
    assert (tinted[..., 2] - tinted[..., 0]).mean() > (plain[..., 2] - plain[..., 0]).mean() + 3


def test_orders_are_triangles_at_their_time_and_price_with_an_area_for_their_dollars() -> None:
    feed = FEEDS["two"]
    with strokes() as found:
        picture = draw_feed(feed, View(), "1h", ())
    key = [each.box for each in found if each.kind == "polygon" and each.box.y0 > PLOT.y1]
    assert len(key) == 2 * (2 + 3)
    assert not any(each.box.overlaps(box) for each in picture.writings for box in key)
    y = _prices(feed, PLOT).y(65_000)
    drawn = {each.colour: each for each in found if each.kind == "polygon" and PLOT.holds(each.box)}
    for colour, x, radius, down in (
        (DARK.long, 16 + 840 * 55 / 60, 24, 1),
        (DARK.short, 16 + 840 * 20 / 60, 2.4 * 30**0.5, -1),
    ):
        left, right, tip = drawn[colour].points
        assert tip == pytest.approx((x, y + down * radius))
        assert left == pytest.approx((x - 0.87 * radius, y - down * radius / 2))
        assert right == pytest.approx((x + 0.87 * radius, left[1]))
    for name in ("$2.00M", "$300K"):
        (box,) = [
            each.box
            for each in picture.writings
            if each.text == name and each.box.y0 > 140 and each.box.y1 < 790
        ]
        assert not any(box.overlaps(each.box) for each in drawn.values())


def test_price_is_a_line_through_closes_to_the_mark_with_bars_as_far_as_it_went() -> None:
    feed = FEEDS["none"]
    candles, prices = feed.history.candles.since(feed.from_ms), _prices(feed, PLOT)
    assert prices.low < candles.low.min() < candles.high.max() < prices.high
    with strokes() as found:
        picture = draw_feed(feed, View(), "1h", ())
    (line,) = [each for each in found if each.kind == "line" and len(each.points) > 2]
    assert line.colour == DARK.price
    ends = [(16 + 840 * (bar + 1) / 12, prices.y(close)) for bar, close in enumerate(candles.close)]
    assert [*line.points[-13:]] == [pytest.approx(each) for each in [*ends, (856, ends[-1][1])]]
    bars = [each.box for each in found if each.colour == DARK.muted and each.alpha < 1]
    for bar, low, high in zip(bars[-12:], candles.low, candles.high, strict=True):
        assert (bar.y0, bar.y1) == pytest.approx((prices.y(high), prices.y(low)))
    assert {"01:15", "01:30"} <= {*words(picture)}


@pytest.mark.parametrize(("beyond", "is_seen"), [(0.019, True), (0.021, False)])
def test_an_order_near_what_price_did_is_in_view_and_one_far_from_it_is_cut(
    beyond: float, is_seen: bool
) -> None:
    history = FEEDS["none"].history
    candles = history.candles.since(FEEDS["none"].from_ms)
    ends = float(candles.low.min()) * (1 - beyond), float(candles.high.max()) * (1 + beyond)
    for price in ends:
        order = a_liquidation(at_ms=history.snapshot.at_ms - 1, price=price)
        prices = _prices(a_feed(binance=Tape.of([order])), PLOT)
        assert (prices.low < price < prices.high) is is_seen
        assert (prices.high / prices.low > 1.02) is is_seen


@pytest.mark.parametrize("side", Side)
def test_all_of_the_cluster_that_price_is_in_can_be_seen(side: Side) -> None:
    path = [65_000 - side.sign * away for away in (100.0, 500.0, 600.0)]
    feed = a_feed(eaten_history(path, side), binance=NOTHING)
    assert feed.eaten is not None
    prices = _prices(feed, PLOT)
    assert prices.low < min(feed.eaten.low, *path) < max(feed.eaten.high, *path) < prices.high
    assert prices.high / prices.low < 1.025


def test_what_is_told_is_in_picture_and_description() -> None:
    picture = drawn("eaten")
    assert "No cascade now" in words(picture)
    assert picture.alt.startswith("BTC realised liquidations, 1h, Binance, 2026-01-07 02:00 UTC")
    assert all(fact in picture.alt for fact in FACTS)
    long = draw_feed(FEEDS["two"], View(), "1h", ["word " * 400])
    assert len(long.alt) == 1024
