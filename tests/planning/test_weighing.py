"""What speaks for a cluster, one part at a time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from liqbot.market.calendar import Event
from liqbot.market.units import HOUR_MS, Price
from liqbot.planning.structure import structure_of
from liqbot.planning.weighing import Part, Weighing, weigh
from liqbot.rules.rule import Scene
from tests.builders import some_funding
from tests.charts.histories import START_MS
from tests.planning.scenes import ALL, A, B, a_known_scene
from tests.rules.scenes import a_scene
from tests.rules.test_thin_book import a_book

NAMES = [
    "open interest, 24 h",
    "funding",
    "taker flow, 1 h",
    "book before it, to expected",
    "trend, 24 h",
    "volume, 1 h to usual",
    "level on the chart",
    "scheduled release",
]


def weighed(scene: Scene, cluster: str = "A", **structure: Any) -> Weighing:  # noqa: ANN401
    there = replace(structure_of(scene.history), **structure)
    return weigh(scene, A if cluster == "A" else B, there)


def votes(name: str, scene: Scene) -> list[int | None]:
    """Return how a part votes on the shorts above and on the longs below."""
    return [_part(weighed(scene, each), name).vote for each in ("A", "B")]


def _part(weighing: Weighing, name: str) -> Part:
    return next(each for each in weighing.parts if each.name == name)


@pytest.mark.parametrize(
    ("name", "told", "above", "below"),
    [
        ("open interest, 24 h", {"interest": 0.0301}, 1, 1),
        ("open interest, 24 h", {"interest": 0.0299}, 0, 0),
        ("open interest, 24 h", {"interest": -0.0301}, -1, -1),
        ("funding", {"funding": 5e-4}, -1, 1),
        ("funding", {"funding": 1e-4}, 0, 0),
        ("funding", {"funding": 0.0}, 0, 0),
        ("funding", {"funding": -1e-5}, 1, -1),
        ("taker flow, 1 h", {"flow": 0.101}, 1, -1),
        ("taker flow, 1 h", {"flow": -0.101}, -1, 1),
        ("taker flow, 1 h", {"flow": 0.099}, 0, 0),
        ("trend, 24 h", {"trend": 0.0101}, 1, -1),
        ("trend, 24 h", {"trend": -0.0101}, -1, 1),
        ("trend, 24 h", {"trend": 0.0099}, 0, 0),
        # what is usual holds the hour itself: 1.54 ÷ 1.0225
        ("volume, 1 h to usual", {"volume": 1.54}, 1, 1),
        ("volume, 1 h to usual", {"volume": 0.69}, -1, -1),
        ("volume, 1 h to usual", {"volume": 1.53}, 0, 0),
        ("volume, 1 h to usual", {"volume": 0.71}, 0, 0),
    ],
)
def test_each_part_points_its_way(
    name: str, told: dict[str, float], above: int, below: int
) -> None:
    assert votes(name, a_known_scene(**told)) == [above, below]


@pytest.mark.parametrize(("under", "above", "below"), [(41, -1, 1), (39, 0, 0)])
def test_longs_crowd_where_a_rate_is_above_most_of_a_month(
    under: int, above: int, below: int
) -> None:
    scene = a_known_scene()
    rates = [1e-4] * under + [3e-4] * (49 - under) + [2e-4]
    funding = some_funding(rates, start_ms=START_MS + HOUR_MS)
    crowded = replace(scene, history=replace(scene.history, funding=funding))
    assert votes("funding", crowded) == [above, below]


@pytest.mark.parametrize(("share", "vote"), [(0.19, 1), (0.21, 0), (0.99, 0), (1.01, -1)])
def test_a_thin_book_speaks_for_a_cluster_and_a_thick_one_against_it(
    share: float, vote: int
) -> None:
    books = {"binance": a_book(share * 15e6)}
    assert votes("book before it, to expected", a_known_scene(books=books)) == [vote, vote]


@pytest.mark.parametrize(("away", "vote"), [(0.0, 1), (0.0049, 1), (0.0051, 0)])
def test_a_level_on_the_chart_in_or_beside_it_speaks_for_it(away: float, vote: int) -> None:
    scene = a_known_scene()
    over = weighed(scene, "A", resistance=Price(A.high * (1 + away)))
    under = weighed(scene, "B", support=Price(B.low * (1 - away)))
    assert [_part(each, "level on the chart").vote for each in (over, under)] == [vote, vote]


def test_a_release_near_speaks_against_every_cluster() -> None:
    at = a_known_scene().history.at
    for hours, vote in ((1, -1), (9, 0)):
        event = Event(at=at + timedelta(hours=hours), name="CPI")
        scene = a_known_scene(scene={"events": (event,)})
        assert votes("scheduled release", scene) == [vote, vote]


def test_what_is_unknown_has_no_vote_and_is_not_counted() -> None:
    weighing = weighed(a_scene(*ALL), resistance=None)
    assert [each.name for each in weighing.parts] == NAMES
    unknown = {each.name for each in weighing.parts if each.vote is None}
    assert unknown == {
        "funding",
        "taker flow, 1 h",
        "book before it, to expected",
        "level on the chart",
        "scheduled release",
    }
    assert weighing.known == 3
    assert all(each.fact is None for each in weighing.parts if each.vote is None)


def test_the_number_behind_a_vote_is_shown() -> None:
    scene = a_known_scene(interest=0.05, funding=3e-4, flow=0.3, volume=2.0, trend=0.03)
    told = scene.confluence
    shown = {each.name: each.fact.value for each in weighed(scene).parts if each.fact}
    assert shown == {
        "open interest, 24 h": told.interest_day,
        "funding": told.funding,
        "taker flow, 1 h": told.taker_flow,
        "trend, 24 h": told.trend,
        "volume, 1 h to usual": told.volume,
    }


def test_the_score_is_the_sum_of_what_is_shown() -> None:
    weighing = weighed(
        a_known_scene(interest=0.05, funding=-1e-4, flow=0.3, volume=2.0, trend=0.03)
    )
    assert weighing.score == sum(each.vote or 0 for each in weighing.parts) == 5


@pytest.mark.parametrize(
    ("told", "above", "below"),
    [
        ({"flow": 0.3, "trend": 0.03}, "continuation", "rejection"),
        ({"flow": 0.3, "trend": 0.03, "volume": 0.5}, None, "rejection"),
        ({"flow": 0.3, "volume": 2.0}, "continuation", None),
        ({"volume": 0.5}, None, None),
    ],
)
def test_flow_trend_and_volume_lean_to_going_on_or_to_turning(
    told: dict[str, float], above: str | None, below: str | None
) -> None:
    scene = a_known_scene(**told)
    assert [weighed(scene, each).lean for each in ("A", "B")] == [above, below]
