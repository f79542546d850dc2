from datetime import timedelta

import numpy as np
import pytest

from liqbot.market.units import Side
from liqbot.rules import RULES
from tests.rules.scenes import a_long, a_scene, judged, reason, told, with_columns
from tests.rules.tapes import USUAL, a_cascade, prints, with_interest

CLUSTER = a_long(-0.005)


@pytest.mark.parametrize(
    ("quiet_s", "seen"), [(47, []), (49, [False]), (59, [False]), (60, [True])]
)
def test_a_minute_without_ends_it(quiet_s: float, seen: list[bool]) -> None:
    found = judged("cascade_end", a_cascade(pace=4.0, move=0.01, ago_s=quiet_s))
    assert [each.entered for each in found] == seen


def test_it_is_told_for_a_quarter_of_an_hour_with_what_it_realised() -> None:
    (found,) = judged("cascade_end", a_cascade(pace=4.0, move=0.01, ago_s=200.0))
    assert found.value == pytest.approx(4.0)
    assert told(found)["quiet for"] == 200.0
    assert told(found)["realised"] == pytest.approx(4 * USUAL)
    assert (told(found)["orders"], told(found)["lasted"]) == (10, 45.0)
    assert not judged("cascade_end", a_cascade(pace=4.0, move=0.01, ago_s=901.0))


def test_what_the_map_had_there_before_is_told_beside() -> None:
    scene = with_columns(a_scene(CLUSTER), CLUSTER, np.full(600, 40e6))
    (found,) = judged("cascade_end", a_cascade(pace=4.0, move=0.012, ago_s=90.0, scene=scene))
    assert told(found)["expected there before"] == pytest.approx(0.75 * 40e6)


def test_orders_that_trickle_on_are_not_part_of_it() -> None:
    scene = a_cascade(pace=4.0, move=0.01, ago_s=120.0)
    (found,) = judged("cascade_end", prints(scene, Side.LONG, usd=1e3, orders=2))
    assert told(found)["quiet for"] == 120.0
    assert told(found)["realised"] == pytest.approx(4 * USUAL)


def test_a_second_wave_within_a_minute_is_the_same_cascade() -> None:
    scene = a_cascade(pace=4.0, move=0.01, ago_s=160.0)
    (found,) = judged("cascade_end", prints(scene, Side.LONG, usd=4 * USUAL, orders=10, ago_s=70.0))
    assert told(found)["orders"] == 20
    assert told(found)["lasted"] == 135.0


def test_how_long_it_has_to_be_quiet_can_be_set() -> None:
    scene = a_cascade(pace=4.0, move=0.01, ago_s=90.0)
    assert not judged("cascade_end", scene, quiet=timedelta(minutes=2))


def test_what_was_no_cascade_does_not_end() -> None:
    scene = a_cascade(pace=9.0, move=0.01, ago_s=90.0, tapes={"okx": None})
    assert not judged("cascade_end", scene)
    assert judged("cascade_end", with_interest(scene, fall=0.01))
    assert not judged("cascade_end", a_cascade(pace=9.0, move=0.001, ago_s=90.0))
    assert "heard" in reason("cascade_end", a_scene(CLUSTER))


def test_what_is_said_of_a_cascade_that_is_over_stays_said() -> None:
    assert RULES["cascade_end"].patience.past
