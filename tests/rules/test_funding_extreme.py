import numpy as np
import pytest
from numpy.typing import ArrayLike

from liqbot.market.series import Funding
from liqbot.market.units import HOUR_MS, Side, floats, integers
from liqbot.rules.rule import Scene
from tests.rules.scenes import AT_MS, a_scene, judged, reason, told


def paid(rates: ArrayLike, *, ago_h: float = 1.0) -> Scene:
    """Return a scene of rates, eight hours apart, the last one so many hours ago."""
    rate = floats(rates)
    steps = np.arange(rate.size)[::-1]
    at_ms = integers(AT_MS - int(ago_h * HOUR_MS) - 8 * HOUR_MS * steps)
    return a_scene(funding=Funding(at_ms=at_ms, rate=rate))


RISING = 1e-5 * np.arange(1, 91)


def test_the_highest_rate_of_a_month_is_told_with_its_place() -> None:
    (found,) = judged("funding_extreme", paid(RISING))
    assert (found.case, found.side) == ("high", Side.LONG)
    assert found.value == pytest.approx(89.5 / 90)
    assert told(found)["rate per 8 h"] == pytest.approx(9e-4)
    assert found.headline == "Funding is unusually high; longs pay"


def test_the_lowest_rate_is_told_as_such() -> None:
    (found,) = judged("funding_extreme", paid(-RISING))
    assert (found.case, found.side, found.entered) == ("low", Side.SHORT, True)
    (found,) = judged("funding_extreme", paid(RISING[::-1]))
    assert (found.case, found.side) == ("low", None)  # low for this market, and longs still pay


@pytest.mark.parametrize(
    ("place", "seen"), [(85, [True]), (84, [False]), (81, [False]), (80, []), (45, [])]
)
def test_a_rate_that_is_not_so_rare_is_not_told(place: int, seen: list[bool]) -> None:
    rates = np.append(np.delete(RISING, place), RISING[place])
    assert [each.entered for each in judged("funding_extreme", paid(rates))] == seen


def test_the_usual_rate_is_no_extreme_though_none_is_higher() -> None:
    assert not judged("funding_extreme", paid(np.append(RISING[:30] / 10, np.full(60, 1e-4))))


def test_a_rate_of_long_ago_or_among_few_says_nothing() -> None:
    assert "out of date" in reason("funding_extreme", paid(RISING, ago_h=21.0))
    assert "out of date" in reason("funding_extreme", a_scene())
    assert "too few" in reason("funding_extreme", paid(RISING[:29]))
    assert judged("funding_extreme", paid(RISING, ago_h=20.0))


FEW = paid([1e-4, 1.2e-3])


@pytest.mark.parametrize(
    ("rates", "case", "side", "headline"),
    [
        ([1e-4, 1.2e-3], "above", Side.LONG, "Funding is far above zero; longs pay"),
        ([1e-4, -1.2e-3], "below", Side.SHORT, "Funding is far below zero; shorts pay"),
    ],
)
def test_a_rate_beyond_a_line_is_told_however_usual(
    rates: list[float], case: str, side: Side, headline: str
) -> None:
    (found,) = judged("funding_extreme", paid(rates), min_rate=0.001)
    assert (found.case, found.side, found.headline, found.entered) == (case, side, headline, True)
    assert told(found)[f"{side}s pay per 8 h"] == pytest.approx(1.2e-3)


@pytest.mark.parametrize(("line", "seen"), [(0.0012, [True]), (0.0014, [False]), (0.0016, [])])
def test_a_rate_leaves_below_four_fifths_of_the_line(line: float, seen: list[bool]) -> None:
    assert [each.entered for each in judged("funding_extreme", FEW, min_rate=line)] == seen


def test_where_one_rate_is_known_it_is_per_some_interval() -> None:
    (found,) = judged("funding_extreme", paid([1.2e-3]), min_rate=0.001)
    assert told(found)["longs pay per funding interval"] == pytest.approx(1.2e-3)
    assert told(found)["funding"] == pytest.approx(1.2e-3)


def test_both_are_told_apart_by_their_case() -> None:
    found = judged("funding_extreme", paid(RISING), min_rate=5e-4)
    assert [(each.case, each.entered) for each in found] == [("high", True), ("above", True)]


def test_nobody_who_pays_is_beyond_no_line() -> None:
    assert not judged("funding_extreme", paid([0.0, 0.0]), min_rate=1e-9)
