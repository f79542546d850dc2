from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from liqbot.charts._annotations import GAP, MOST, beyond, draw_bracket, in_view, notes, spread
from liqbot.charts._canvas import Canvas
from liqbot.charts._geometry import Box
from liqbot.charts._themes import THEMES
from liqbot.charts._window import PriceWindow
from liqbot.market.units import Side
from tests.charts.histories import a_cluster, named_clusters

PRICES = PriceWindow(61_750.0, 68_250.0, 140, 1000)
ROOM = Box(0, 160, 0, 980)


@given(
    wanted=st.lists(st.floats(100, 900), min_size=1, max_size=12).map(sorted),
    gap=st.floats(1, 60),
)
def test_labels_keep_their_order_their_distance_and_the_room(
    wanted: list[float], gap: float
) -> None:
    placed = spread(wanted, gap, 100.0, 900.0)
    assert min(placed) >= 100.0 - 1e-6
    assert max(placed) <= 900.0 + 1e-6
    assert (np.diff(placed) >= gap - 1e-6).all()


def test_labels_that_have_room_stay_where_they_belong() -> None:
    assert spread([200.0, 300.0, 500.0], 36.0, 100.0, 900.0) == [200.0, 300.0, 500.0]


def test_crowded_labels_move_as_little_as_they_can() -> None:
    assert spread([400.0, 400.0], 40.0, 100.0, 900.0) == [380.0, 420.0]


def test_zones_are_chosen_before_the_heaviest_and_three_a_side() -> None:
    more = [
        a_cluster(Side.SHORT, low, low + 100.0, usd=usd)
        for low, usd in ((65_200.0, 1e6), (67_500.0, 900e6), (67_800.0, 800e6))
    ]
    chosen = in_view([*named_clusters(65_000.0), *more], PRICES)
    above = [c for c in chosen if c.side is Side.SHORT]
    assert len(above) == MOST
    assert [c.zone for c in above] == ["A", "C", None]
    assert above[2].usd == 900e6


def test_what_lies_outside_is_pointed_at_only_if_it_is_heavier_than_all_inside() -> None:
    inside = named_clusters(65_000.0)
    (found,) = beyond(inside, PRICES)
    assert found.usd == pytest.approx(3.1 * 142e6)
    light = a_cluster(Side.SHORT, 80_000.0, 80_500.0, usd=10e6)
    assert light not in beyond([*inside, light], PRICES)


def test_labels_stay_on_their_side_of_the_price_and_apart() -> None:
    crowd = [
        a_cluster(side, 65_000.0 * (1 + away), 65_000.0 * (1 + away) + 30.0, zone=zone)
        for side, zone, away in (
            (Side.SHORT, "A", 0.0005),
            (Side.SHORT, "C", 0.001),
            (Side.SHORT, None, 0.0015),
            (Side.LONG, "B", -0.001),
            (Side.LONG, "C", -0.0015),
        )
    ]
    placed = notes(crowd, PRICES, 65_000.0, ROOM)
    line = PRICES.y(65_000.0)
    assert len(placed) == 5
    for note in placed:
        assert (note.y < line) == (note.cluster.side is Side.SHORT)
    heights = sorted(note.y for note in placed)
    assert (np.diff(heights) >= GAP - 1e-9).all()
    assert GAP >= 36


def test_where_there_is_no_room_the_zones_stay() -> None:
    low = [
        a_cluster(Side.LONG, 61_800.0 + 10 * i, 61_805.0 + 10 * i, usd=1e6 * i, zone=zone)
        for i, zone in enumerate((None, None, "B", None))
    ]
    placed = notes(low, PRICES, 61_900.0, Box(0, 160, 0, 1000))
    assert [note.cluster.zone for note in placed] == ["B"] or not placed


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(66_000.0, 66_500.0, 2), (67_500.0, 70_000.0, 1), (50_000.0, 62_000.0, 1), (5e4, 7e4, 0)],
)
def test_a_bracket_is_open_where_its_range_goes_on_beyond_the_window(
    low: float, high: float, ticks: int
) -> None:
    canvas = Canvas(40, 1000, 1, "#000000")
    middle = draw_bracket(canvas, THEMES["dark"], a_cluster(low=low, high=high), PRICES, 20.0)
    assert 140 <= middle <= 1000
    drawn = np.asarray(Image.open(BytesIO(canvas.png())))
    left = drawn[:, 15].max(axis=1) > 200
    assert np.count_nonzero(np.diff(np.flatnonzero(left)) > 1) + bool(left.any()) == ticks
