"""Several markets side by side, as a picture."""

from functools import cache
from itertools import combinations, product
from typing import get_args

import pytest

from liqbot.charts._geometry import Box
from liqbot.charts._risk import _alt, draw_risk
from liqbot.charts._themes import THEMES, mixed
from liqbot.charts.chart import Picture, Size, ThemeName, View
from liqbot.chat.numbers import Numbers
from liqbot.chat.shock import row_of, told_of
from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History
from liqbot.heatmap.shock import exposures_of
from liqbot.market.units import Side
from tests.charts.histories import a_cluster, a_history, an_empty_history
from tests.charts.strokes import Stroke, strokes
from tests.charts.test_chart_pictures import contrast
from tests.charts.test_feed import pixels
from tests.heatmap.books import booked

DARK = THEMES["dark"]
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


def test_it_has_the_size_asked_for() -> None:
    picture = drawn("one", "hd")
    assert pixels(picture).shape[1::-1] == (2048, 2560) == (picture.width, picture.height)


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
    assert len({*drawn("many").told}) == len(drawn("many").told)
    assert "Not drawn: 10 that fire less" in told
    assert not any(each.startswith("Not drawn") for each in words("three"))


def strip(*clusters: Cluster) -> dict[str, list[Stroke]]:
    """Return what is drawn of one market whose mark is 65,000, by colour."""
    with strokes() as found:
        draw_risk(exposures_of([a_history(clusters=clusters)], 0.03), View(), ())
    kept: dict[str, list[Stroke]] = {}
    for each in found:
        kept.setdefault(each.colour, []).append(each)
    return kept


def away(price: float) -> float:
    """Return where a price is on the strip, which goes 1.7 shocks to each side, px."""
    return 580 + 428 * (price / 65_000 - 1) / 0.051


def test_clusters_are_drawn_where_they_are() -> None:
    long = a_cluster(Side.LONG, 63_400.0, 64_000.0, zone="A")
    found = strip(long, a_cluster(low=65_900.0, high=66_300.0, zone="A"))
    for colour, low, high in ((DARK.long, 63_400, 64_000), (DARK.short, 65_900, 66_300)):
        (block,) = found[colour]
        assert (block.box.x0, block.box.x1) == pytest.approx((away(low), away(high)))
        assert (block.box.y0, block.box.y1) == (185, 331.5)
    assert Box(152, 182, 1008, 334.5) in [each.box for each in found[DARK.panel]]
    (shock,) = [each for each in found[DARK.grid] if each.box.y0 == 182]
    assert (shock.box.x0, shock.box.x1) == pytest.approx((away(63_050), away(66_950)))
    assert [each.box for each in found[DARK.price]] == [Box(578, 180, 582, 336.5)]


def test_what_is_outside_the_shock_is_faint_and_cut_where_the_strip_ends() -> None:
    long = a_cluster(Side.LONG, 61_000.0, 62_000.0, zone="A")
    found = strip(long, a_cluster(low=67_500.0, high=70_000.0, zone="A"))
    for colour, ends in ((DARK.long, (152, away(62_000))), (DARK.short, (away(67_500), 1008))):
        assert colour not in found
        ((block,),) = [found[mixed(colour, DARK.panel, 0.55)]]
        assert (block.box.x0, block.box.x1) == pytest.approx(ends)


def test_a_cluster_that_is_farther_away_is_an_arrow_that_points_there() -> None:
    long = a_cluster(Side.LONG, 58_000.0, 59_000.0, zone="A")
    found = strip(long, a_cluster(low=72_000.0, high=73_000.0, zone="A"))
    for colour, tip, foot in ((DARK.long, 152, 170), (DARK.short, 1008, 990)):
        (arrow,) = found[colour]
        assert arrow.points == ((tip, 258.25), (foot, 244.25), (foot, 272.25))


def test_where_there_is_no_cluster_none_is_drawn() -> None:
    assert not {DARK.long, DARK.short} & strip().keys()
    assert "no cluster" in words("empty")


def test_a_row_says_what_each_side_fires_and_how_far_it_is() -> None:
    (exposure,) = exposures_of(SEEN["one"], 0.03)
    for side in Side:
        for text in row_of(exposure, side, Numbers("en", "UTC")):
            (box,) = [each.box for each in drawn("one").writings if each.text == text]
            assert 334.5 < box.y0 < box.y1 < 375.5  # below the strip
    assert {"▼ LONGS within −3%", "SHORTS within +3% ▲"} <= {*words("one")}


def test_the_description_says_the_same() -> None:
    picture = drawn("many")
    assert picture.alt.startswith("Risk in 20 markets, one shock of 3%, 2026-01-07 02:00 UTC.")
    assert "M19: ▼ $" in picture.alt
    assert picture.alt.endswith("Estimate, not a forecast.")
    assert len(picture.png) < 400_000


def test_the_description_is_never_too_long() -> None:
    exposures, numbers = exposures_of(SEEN["many"], 0.03), Numbers("en", "UTC")
    for count in range(830, 950):
        alt = _alt(exposures, ["." * count], numbers, "3%")
        assert len(alt) <= 1024
        assert alt.endswith(" Estimate, not a forecast.")
