"""Positions that are known, on the pictures: apart, told by their shape, never in a figure."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from liqbot.charts import CHARTS
from liqbot.charts._page import DISCLAIMER
from liqbot.charts._themes import THEMES
from liqbot.charts.chart import Picture, View
from liqbot.heatmap.history import History
from tests.charts.histories import a_history, some_measured

BOTH = pytest.mark.parametrize("chart", ["heatmap", "levels"])
COLUMN = {"heatmap": 568, "levels": 426}  # px: where the diamonds stand


def draw(chart: str, history: History) -> Picture:
    return CHARTS[chart].draw(history, View())


def pixels(picture: Picture) -> NDArray[np.int64]:
    return np.asarray(Image.open(BytesIO(picture.png)), np.int64)


def texts(picture: Picture) -> list[str]:
    return [each.text for each in picture.writings]


@BOTH
def test_no_figure_and_no_cell_depends_on_them(chart: str) -> None:
    history = a_history()
    plain, told = draw(chart, history), draw(chart, replace(history, measured=some_measured()))
    own = [each for each in texts(told) if "◆" in each or "in view" in each]
    note = "Map modelled, ◆ measured. Not a forecast. Not advice."
    assert [each for each in texts(told) if each not in own] == [
        each for each in texts(plain) if each != DISCLAIMER
    ]
    assert "10 of 12" in " ".join(own)
    assert note in own
    changed = (pixels(plain) != pixels(told)).any(axis=2)
    legend_and_diamonds = changed[140:1000]
    rows = legend_and_diamonds.any(axis=0)
    assert rows[: COLUMN[chart] + 23].any()
    assert not rows[COLUMN[chart] + 23 : 880].any()


@BOTH
def test_they_are_diamonds_at_their_prices_in_both_colours_with_a_bright_edge(chart: str) -> None:
    history = replace(a_history(), measured=some_measured())
    drawn, theme = pixels(draw(chart, history)), THEMES["dark"]
    column = drawn[140:1000, COLUMN[chart]]
    for colour in (theme.long, theme.short, theme.price):
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        assert (column == wanted).all(axis=1).any()
    middle = next(
        row for row in range(140, 1000) if (drawn[row, COLUMN[chart]] == [86, 180, 233]).all()
    )
    edge = [
        np.flatnonzero((drawn[row, COLUMN[chart] : COLUMN[chart] + 24] == 255).all(axis=1))
        for row in range(middle, middle + 14)
    ]
    reach = [each[-1] for each in edge if each.size]
    assert len(set(reach)) > 4  # it tapers: no bar and no ring does so evenly


@BOTH
def test_who_cannot_see_them_says_so_and_who_lists_nobody_says_nothing(chart: str) -> None:
    blind = draw(chart, replace(a_history(), measured=some_measured(holders=0)))
    said = " ".join(texts(blind))
    assert "MEASURED" in said
    assert "not seen now" in said
    assert "Measured positions: not seen now." in blind.alt
    assert DISCLAIMER in texts(blind)
    assert "MEASURED" not in " ".join(texts(draw(chart, a_history())))


@BOTH
def test_the_description_tells_them_apart(chart: str) -> None:
    picture = draw(chart, replace(a_history(), measured=some_measured()))
    said = "Measured apart from the estimate: 12 positions, about 43.5 million dollars"
    assert said in picture.alt
    assert "4 percent of open interest." in picture.alt
    assert any(each.startswith(said) for each in picture.told)
