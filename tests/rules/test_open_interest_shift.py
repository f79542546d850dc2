from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from liqbot.market.units import floats
from liqbot.rules.rule import Scene
from tests.builders import some_open_interest
from tests.charts.histories import FIVE_MINUTES_MS, START_MS
from tests.rules.scenes import BARS, a_scene, judged, reason, told


def shifted(fraction: float, *, bars: int = 12, **changes: Any) -> Scene:  # noqa: ANN401
    """Return open interest that changed by a fraction over the last bars, on one of two venues."""
    one = np.full(BARS, 1000.0)
    one[-bars:] += 2000.0 * fraction
    both = np.array([one, np.full(BARS, 1000.0)])
    return a_scene(
        venues=("binance", "okx"),
        interest=floats(both),
        open_interest=some_open_interest(both.sum(axis=0), start_ms=START_MS + FIVE_MINUTES_MS),
        **changes,
    )


@pytest.mark.parametrize(("fraction", "case"), [(0.031, "rise"), (-0.031, "fall")])
def test_a_shift_of_three_percent_in_an_hour_is_told(fraction: float, case: str) -> None:
    (found,) = judged("open_interest_shift", shifted(fraction))
    assert (found.case, found.entered) == (case, True)
    assert found.value == pytest.approx(0.031)
    assert told(found)["on binance"] == pytest.approx(2 * fraction)
    assert told(found)["on okx"] == 0.0
    assert told(found)["within"] == 3600.0
    assert "price meanwhile" in told(found)


@pytest.mark.parametrize(("fraction", "seen"), [(0.029, [False]), (0.025, [False]), (0.023, [])])
def test_a_smaller_shift_is_not_told(fraction: float, seen: list[bool]) -> None:
    assert [each.entered for each in judged("open_interest_shift", shifted(fraction))] == seen


def test_a_slower_shift_is_told_only_to_who_looks_longer() -> None:
    slow = shifted(0.05, bars=13)
    assert not judged("open_interest_shift", slow)
    (found,) = judged("open_interest_shift", slow, within=timedelta(hours=2))
    assert found.value == pytest.approx(0.05)


def test_open_interest_that_is_unknown_now_or_then_says_nothing() -> None:
    unknown = np.full(BARS, 2000.0)
    unknown[-16:-11] = np.nan
    told_later = some_open_interest(unknown, start_ms=START_MS + FIVE_MINUTES_MS)
    for history in (a_scene(open_interest=told_later), a_scene(open_interest=told_later.until(0))):
        assert "unknown" in reason("open_interest_shift", history)
