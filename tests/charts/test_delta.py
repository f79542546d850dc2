import re

import pytest

from liqbot.charts import CHARTS
from liqbot.charts.chart import RANGES, View
from tests.charts.histories import a_history, an_empty_history


def test_the_headline_is_the_asymmetry_in_words() -> None:
    picture = CHARTS["delta"].draw(a_history(), View())
    assert "Longs heavier below: 2.4:1 within 5%" in [each.text for each in picture.writings]
    assert "Longs heavier below: 2.4:1 within 5%." in picture.alt


@pytest.mark.parametrize(
    ("span", "distances"),
    [("12h", "1% 2% 4%"), ("24h", "1% 2% 5%"), ("7d", "2% 5% 12%"), ("90d", "5% 10% 30%")],
)
def test_three_round_distances_are_told(span: str, distances: str) -> None:
    picture = CHARTS["delta"].draw(a_history(), View(range=RANGES[span].length))
    assert re.findall(r"Within (\d+%):", picture.alt) == distances.split()


def test_sums_grow_with_distance() -> None:
    alt = CHARTS["delta"].draw(a_history(), View()).alt
    longs = [float(each) for each in re.findall(r"longs \$([\d.]+)M", alt)]
    assert len(longs) == 3
    assert longs == sorted(longs)


def test_an_empty_map_has_no_heavier_side() -> None:
    picture = CHARTS["delta"].draw(an_empty_history(), View())
    assert "Nothing on either side within 5%" in [each.text for each in picture.writings]


def test_the_headline_and_the_table_tell_the_same_sums() -> None:
    picture = CHARTS["delta"].draw(a_history(), View())
    said = [each.text for each in picture.writings]
    assert {"within 5%", "▼ $341M", "▲ $142M", "Longs heavier below: 2.4:1"} <= set(said)
