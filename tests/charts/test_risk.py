"""Several markets side by side, as a picture."""

from functools import cache
from itertools import combinations, product
from typing import get_args

import pytest

from liqbot.charts._geometry import Box
from liqbot.charts._risk import draw_risk
from liqbot.charts.chart import Picture, Size, ThemeName, View
from liqbot.chat.numbers import Numbers
from liqbot.chat.shock import told_of
from liqbot.heatmap.history import History
from liqbot.heatmap.shock import exposures_of
from tests.charts.histories import a_cluster, a_history, an_empty_history
from tests.charts.test_chart_pictures import contrast
from tests.charts.test_feed import pixels
from tests.heatmap.books import booked

FAR = a_history(base="FAR", clusters=[a_cluster(low=72_000.0, high=73_000.0, zone="A")])
SEEN: dict[str, list[History]] = {
    "one": [booked(density=1e12)],
    "three": [booked(), a_history(base="ETH", price=3_000.0, usd=60e6), FAR],
    "many": [booked(a_history(base=f"M{i}", usd=1e6 * (i + 1)), 1e7) for i in range(20)],
    "empty": [booked(an_empty_history())],
    "strange": [
        booked(a_history(base="1000000MOG", price=1.23e-5, usd=98.76e9, simulated=True), 1e8),
        a_history(base="币安人生", data_age_s=9_000.0),
    ],
}


@cache
def drawn(kind: str = "three", size: Size = "portrait", theme: ThemeName = "dark") -> Picture:
    exposures = exposures_of(SEEN[kind], 0.03)
    told = told_of(exposures, {"AVAX": "silent"}, Numbers("en", "UTC"))
    return draw_risk(exposures, View(size=size, theme=theme, zone="Asia/Dubai"), told)


def words(kind: str) -> list[str]:
    return [each.text for each in drawn(kind).writings]


@pytest.mark.parametrize(("kind", "size"), [*product(SEEN, ("portrait", "wide"))])
def test_words_are_large_inside_and_apart(kind: str, size: Size) -> None:
    picture = drawn(kind, size)
    page = Box(0, 0, picture.width, picture.height)
    assert min(each.size for each in picture.writings) >= 24
    assert [each.text for each in picture.writings if not page.holds(each.box)] == []
    for one, other in combinations(picture.writings, 2):
        assert not one.box.overlaps(other.box), (one.text, other.text)


@pytest.mark.parametrize("theme", get_args(ThemeName))
def test_text_stands_out_in_every_theme(theme: ThemeName) -> None:
    for each in drawn("strange", theme=theme).writings:
        least = 1.0 if each.text == "liqbot" else 3.0 if each.size >= 30 else 4.5
        assert contrast(each.colour, each.ground) >= least, each


def test_it_is_about_no_market_in_particular() -> None:
    told = words("three")
    assert {"Risk", "One shock of 3% to all", "3 markets", "ESTIMATE"} <= set(told)
    assert not any("model" in each for each in told)
    assert "06:00 Dubai" in " ".join(told)


def test_the_oldest_data_and_what_is_simulated_are_told() -> None:
    assert "STALE: 2 h old" in words("strange")
    assert "SIMULATED" in words("strange")


def test_those_that_fire_most_are_drawn_and_the_others_counted() -> None:
    told = words("many")
    assert {"M19", "M10"} <= set(told)
    assert "M9" not in told
    assert "Not drawn: 10 that fire less" in told


def test_clusters_are_drawn_where_they_are() -> None:
    shown = pixels(drawn("one"))[182:216, 152:1008]
    long = abs(shown - (86, 180, 233)).max(axis=2).min(axis=0) < 12
    short = abs(shown - (230, 159, 0)).max(axis=2).min(axis=0) < 12
    assert 0 < long.sum() < 80
    assert long.argmax() < 428 < short.argmax()
    bare = pixels(drawn("empty"))[182:216, 152:1008]
    assert not (abs(bare - (86, 180, 233)).max(axis=2) < 12).any()


def test_the_description_says_the_same() -> None:
    picture = drawn("many")
    assert picture.alt.startswith("Risk in 20 markets, one shock of 3%, 2026-01-07 02:00 UTC.")
    assert "M19: ▼ $" in picture.alt
    assert picture.alt.endswith("Estimate, not a forecast.")
    assert len(picture.alt) <= 1024
    assert len(picture.png) < 400_000
