from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from liqbot.charts import CHARTS
from liqbot.charts._geometry import Box
from liqbot.charts._themes import ramp
from liqbot.charts._window import price_window
from liqbot.charts.chart import RANGES, Picture, View
from liqbot.heatmap.history import History
from liqbot.market.tape import Tape
from liqbot.market.units import Price, Quantity, Side
from tests.builders import a_liquidation
from tests.charts.histories import (
    a_cluster,
    a_history,
    an_empty_history,
    named_clusters,
    with_a_gap,
)

HEAT = (slice(140, 1000), slice(16, 592))


def draw(history: History, **look: str) -> Picture:
    return CHARTS["heatmap"].draw(history, View(**look))  # type: ignore[arg-type]


def heat(picture: Picture) -> NDArray[np.uint8]:
    return np.asarray(Image.open(BytesIO(picture.png)))[HEAT]


def texts(picture: Picture) -> list[str]:
    return [each.text for each in picture.writings]


def test_the_heaviest_level_is_the_brightest_and_the_way_of_the_price_is_dark() -> None:
    drawn = heat(draw(a_history(clusters=())))
    light = np.median(drawn[:, :400].sum(axis=2, dtype=float), axis=1)
    history = a_history(clusters=())
    box = Box(16, 140, 592, 1000)
    prices = price_window(history, RANGES["24h"], np.asarray(history.candles.close[-288:]), box)
    line = round(prices.y(65_000.0)) - 140
    light[line - 8 : line + 9] = 0.0  # the dashes
    assert light.argmax() + 140 == pytest.approx(prices.y(65_000 * 1.033), abs=12)
    assert light[line - 20] < 120


def test_cells_are_drawn_in_the_colours_of_the_bar_without_blur() -> None:
    drawn = heat(draw(a_history(clusters=())))
    table = {tuple(each) for each in ramp("viridis", "dark").tolist()}
    cells = drawn[700:860, :200].reshape(-1, 3)
    inside = [tuple(each) in table for each in cells.tolist()]
    assert np.mean(inside) > 0.8  # the rest are candles and labels
    rows = drawn[::4, :].astype(int)
    assert np.abs(rows - drawn[3::4].astype(int)).mean() < 3  # rows of 4 px


def test_zones_are_lettered_bracketed_and_tabled() -> None:
    picture = draw(a_history())
    said = texts(picture)
    assert [said.count(letter) for letter in "ABC"] == [1, 1, 2]
    assert {"A ▲", "B ▼", "C ▲", "C ▼", "▲ SHORT", "▼ LONG", "3 venues"} <= set(said)
    assert {"▲ $49.7M", "▼ $42.6M", "$49.7M", "exp. $37.3M", "+1.2%", "65,780–66,170"} <= set(said)


def test_a_cluster_beyond_the_edge_is_pointed_at_with_its_value() -> None:
    far = a_cluster(Side.SHORT, 78_000.0, 79_000.0, usd=310e6)
    picture = draw(a_history(clusters=[*named_clusters(65_000.0), far]))
    assert "▲ $310M at 78,500 (+20.0%)" in texts(picture)
    assert "78,000 to 79,000" in picture.alt


def test_labels_leave_the_last_tenth_of_the_candles_free() -> None:
    last = 592 - 57.6
    for each in draw(a_history()).writings:
        if 140 <= each.box.y0 < 1000 and each.box.x0 < 592:
            assert each.box.x1 <= last, each


def test_realised_liquidations_are_ringed_and_named_as_such() -> None:
    history = a_history()
    at_ms = int(history.candles.opened_ms[-100])
    order = a_liquidation(at_ms=at_ms, price=Price(64_200.0), quantity=Quantity(10.0))
    ringed = draw(replace(history, tape=Tape.of([order])))
    assert "○ realised" in texts(ringed)
    plain = draw(history)
    assert "○ realised" not in texts(plain)
    assert (heat(ringed) != heat(plain)).any(axis=2).sum() > 200


def test_orders_out_of_view_are_not_ringed() -> None:
    history = a_history()
    orders = [
        a_liquidation(at_ms=int(history.candles.opened_ms[0]), price=65_000.0),
        a_liquidation(at_ms=int(history.candles.opened_ms[-9]), price=99_000.0),
    ]
    assert "○ realised" not in texts(draw(replace(history, tape=Tape.of(orders))))


def test_gaps_are_hatched_and_said() -> None:
    history = a_history(clusters=())
    gap = with_a_gap(history, 400, 460)
    assert "no data" in texts(draw(gap))
    assert "no data" not in texts(draw(history))
    column = slice(2 * (400 - 312) + 4, 2 * (460 - 312) - 4)
    hatched = heat(draw(gap))[200:240, column].reshape(-1, 3)
    assert len(np.unique(hatched, axis=0)) == 2


def test_an_empty_map_says_so() -> None:
    said = texts(draw(an_empty_history()))
    assert "Nothing is modelled here yet." in said
    assert "No cluster stands out from the rest." in said


@pytest.mark.parametrize("scale", ["auto", "fixed"])
def test_the_bar_is_in_dollars_and_says_what_lies_beyond(scale: str) -> None:
    said = texts(draw(a_history(), scale=scale))
    assert sum(each.startswith("≥ $") for each in said) == 1
    assert {"modelled $", "per 0.1% of price"} <= set(said)


def test_a_fixed_scale_does_not_follow_the_range() -> None:
    def cap(**look: object) -> str:
        picture = CHARTS["heatmap"].draw(a_history(), View(**look))  # type: ignore[arg-type]
        return next(text for text in texts(picture) if text.startswith("≥"))

    assert cap(max_usd=3e6) == "≥ $3.0M"
    assert cap(scale="fixed") == cap(scale="fixed", theme="light")


def test_times_are_the_readers() -> None:
    picture = draw(a_history(), zone="Asia/Dubai")
    assert "06:00" in texts(picture)
    assert any("2026-01-07 02:00 UTC · 06:00 Dubai" in text for text in texts(picture))
