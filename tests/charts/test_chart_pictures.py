import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import combinations, product
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image

from liqbot.charts import CHARTS
from liqbot.charts._geometry import Box
from liqbot.charts.chart import RANGES, ColourMap, Picture, Range, Size, ThemeName, View
from liqbot.heatmap.clusters import Asymmetry
from liqbot.heatmap.history import History
from liqbot.heatmap.model import Model
from liqbot.market.units import Side, Usd
from tests.charts.golden import FOLDER as GOLDEN
from tests.charts.golden import small
from tests.charts.histories import (
    a_history,
    an_empty_history,
    named_clusters,
    some_measured,
    with_a_gap,
)

PIXELS = {"portrait": (1024, 1280), "wide": (1280, 720), "hd": (2048, 2560)}
SMALLEST_FOOTER, SMALLEST_TEXT = 24, 26
FORBIDDEN = re.compile(r"target|will go to|guarantee", re.IGNORECASE)


def one_sided(side: Side) -> History:
    history = a_history(clusters=[c for c in named_clusters(65_000.0) if c.side is side])
    usd = np.array(history.snapshot.usd)
    usd[:, 1 - side.index] = 0.0
    only = Usd(142e6)
    both = Asymmetry(
        long_usd=only if side is Side.LONG else Usd(0.0),
        short_usd=only if side is Side.SHORT else Usd(0.0),
        ratio=float("inf"),
        reach=0.05,
    )
    return replace(history, snapshot=replace(history.snapshot, usd=usd), asymmetry=both)


HISTORIES = {
    "usual": a_history(),
    "empty": an_empty_history(),
    "one bar": a_history(bars=1),
    "gap": with_a_gap(a_history(), 400, 470),
    "no prices": with_a_gap(a_history(), 0, 600),
    "no clusters": a_history(clusters=()),
    "longs only": one_sided(Side.LONG),
    "shorts only": one_sided(Side.SHORT),
    "tiny price": a_history(base="1000PEPE", price=0.0000123456, usd=31_000.0),
    "small price": a_history(base="DOGE", price=0.12345, usd=4.2e6),
    "huge price": a_history(price=1_234_567.8, usd=98.76e9),
    "strange letters": a_history(base="币安人生", venues=("binance",)),
    "many venues": a_history(
        venues=("binance", "bybit", "okx", "hyperliquid", "bitget", "gate", "dydx", "deribit")
    ),
    "measured": replace(a_history(), measured=some_measured()),
    "measured, all at the price": replace(a_history(), measured=some_measured(near=0.002)),
    "all warnings": a_history(
        base="1000000MOG",
        price=0.0000123456,
        venues=("hyperliquid",),
        simulated=True,
        warm=False,
        coverage=0.5,
        data_age_s=86_400.0 * 3,
        model=Model(version="fit-2026-01-06-okx-bybit-binance-hyperliquid"),
    ),
}


HARD = ("usual", "measured", "longs only", "tiny price", "huge price", "all warnings")


@cache
def draw(chart: str, kind: str = "usual", **look: object) -> Picture:
    view: dict[str, Any] = dict(look)
    return CHARTS[chart].draw(HISTORIES[kind], View(**view))


def pixels(picture: Picture) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(picture.png)).convert("RGB"))


def collisions(picture: Picture) -> Iterator[str]:
    for one, other in combinations(picture.writings, 2):
        if one.box.overlaps(other.box):
            yield f"“{one.text}” and “{other.text}”"


@pytest.mark.parametrize(("chart", "size"), [*product(CHARTS, get_args(Size))])
def test_a_picture_has_exactly_the_size_asked_for(chart: str, size: Size) -> None:
    picture = draw(chart, size=size)
    assert pixels(picture).shape[1::-1] == PIXELS[size] == (picture.width, picture.height)


@pytest.mark.parametrize(
    ("chart", "size", "kind"),
    [*product(CHARTS, ("portrait",), HISTORIES), *product(CHARTS, ("wide",), HARD)],
)
def test_no_label_covers_another_or_leaves_the_picture(chart: str, size: Size, kind: str) -> None:
    picture = draw(chart, kind, size=size)
    assert list(collisions(picture)) == []
    width, height = PIXELS[size]
    sheet = Box(0, 0, width, height)
    assert [each for each in picture.writings if not sheet.holds(each.box)] == []


@pytest.mark.parametrize("span", [*RANGES.values()], ids=[*RANGES])
@pytest.mark.parametrize("chart", ["heatmap", "delta"])
def test_no_label_covers_another_in_any_range(chart: str, span: Range) -> None:
    picture = draw(chart, range=span.length, zone="America/St_Johns")
    assert list(collisions(picture)) == []


@pytest.mark.parametrize("locale", ["de", "ar", "hi"])
@pytest.mark.parametrize("chart", ["heatmap", "delta"])
def test_other_ways_of_writing_numbers_fit_too(chart: str, locale: str) -> None:
    picture = draw(chart, locale=locale, zone="Asia/Kathmandu")
    assert list(collisions(picture)) == []
    assert not any("□" in each.text for each in picture.writings)


@pytest.mark.parametrize(("chart", "size"), [*product(CHARTS, ("portrait", "wide"))])
def test_text_is_large_enough_for_a_phone(chart: str, size: Size) -> None:
    picture = draw(chart, "all warnings", size=size)
    footer = PIXELS[size][1] - 60
    for each in picture.writings:
        assert each.size >= (SMALLEST_FOOTER if each.box.y0 > footer else SMALLEST_TEXT), each


@pytest.mark.parametrize(
    ("theme", "colours", "size"),
    [*product(get_args(ThemeName), get_args(ColourMap), ("portrait", "wide"))],
)
def test_the_heatmap_draws_in_every_look(theme: ThemeName, colours: ColourMap, size: Size) -> None:
    drawn = pixels(draw("heatmap", theme=theme, colours=colours, size=size))
    other = pixels(draw("heatmap", theme=theme, size=size))
    assert np.array_equal(drawn, other) == (colours == "viridis")


@pytest.mark.parametrize(("chart", "theme"), [*product(CHARTS, get_args(ThemeName))])
def test_every_chart_draws_in_every_theme(chart: str, theme: ThemeName) -> None:
    ground = pixels(draw(chart, theme=theme))[-1, -1]
    assert (ground.mean() > 200) == (theme == "light")
    assert pixels(draw(chart, theme=theme)).std() > 20


@pytest.mark.parametrize("chart", [*CHARTS])
def test_text_stands_out_from_its_ground_in_every_theme(chart: str) -> None:
    for theme in get_args(ThemeName):
        for each in draw(chart, "all warnings", theme=theme).writings:
            least = 1.0 if each.text == "liqbot" else 3.0 if each.size >= 30 else 4.5
            assert contrast(each.colour, each.ground) >= least, (theme, each)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("chart", "kind"), [*product(CHARTS, HISTORIES)])
def test_the_description_fits_and_says_what_it_is(chart: str, kind: str) -> None:
    history = HISTORIES[kind]
    alt = draw(chart, kind).alt
    assert len(alt) <= 1024
    assert alt.startswith(history.base)
    assert alt.endswith("Estimate, not a forecast.")
    assert ("Simulated." in alt) == history.simulated
    assert f"{history.at:%H:%M} UTC" in alt


@pytest.mark.parametrize(("chart", "kind"), [*product(CHARTS, HISTORIES)])
def test_nothing_is_promised(chart: str, kind: str) -> None:
    picture = draw(chart, kind)
    words = " ".join([picture.alt, *(each.text for each in picture.writings)])
    assert not FORBIDDEN.search(words)
    figures = "Map modelled, ◆ measured" if "◆ MEASURED" in words else "Modelled, not measured"
    assert f"{figures}. Not a forecast. Not advice." in words
    assert "ESTIMATE" in words


@pytest.mark.parametrize("chart", ["heatmap", "levels", "venues"])
@pytest.mark.parametrize("kind", ["usual", "tiny price", "huge price", "all warnings"])
def test_the_description_holds_every_value_that_is_pointed_out(chart: str, kind: str) -> None:
    picture = draw(chart, kind)
    values = {
        value
        for each in picture.writings
        if each.text.lstrip("ABC ").startswith(("▲ $", "▼ $"))
        for value in re.findall(r"\$([\d.,]+)[KMBT]?", each.text)
    }
    assert len(values) >= 3
    assert [value for value in sorted(values) if value not in picture.alt] == []


@pytest.mark.parametrize("chart", [*CHARTS])
def test_the_same_input_gives_the_same_bytes_in_threads_too(chart: str) -> None:
    kinds = ("usual", "tiny price", "usual")
    alone = [draw(chart, kind).png for kind in kinds]
    with ThreadPoolExecutor(3) as pool:
        drawn = pool.map(lambda kind: CHARTS[chart].draw(HISTORIES[kind], View()).png, kinds)
        assert list(drawn) == alone
    assert alone[0] != alone[1]


@pytest.mark.parametrize("chart", [*CHARTS])
def test_a_picture_is_small_enough_to_send(chart: str) -> None:
    assert len(draw(chart).png) < 400_000


@pytest.mark.parametrize("chart", [*CHARTS])
def test_a_picture_looks_like_its_golden_one(chart: str) -> None:
    golden = np.asarray(Image.open(GOLDEN / f"{chart}.png").convert("RGB")).astype(float)
    drawn = np.asarray(small(chart)).astype(float)
    difference = np.abs(drawn - golden).max(axis=2)
    assert difference.mean() < 2, "if it is meant: uv run python -m tests.charts.golden"
    assert (difference > 48).mean() < 0.01


def test_the_charts_differ() -> None:
    drawn = [pixels(draw(name)).astype(int) for name in CHARTS]
    for one, other in combinations(drawn, 2):
        assert np.abs(one - other)[140:1080].mean() > 5
