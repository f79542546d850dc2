from dataclasses import replace

import numpy as np
import pytest

from liqbot.heatmap.tracks import Kind
from liqbot.market.units import MINUTE_MS, Side
from liqbot.rules.rule import Scene, Severity
from tests.rules.scenes import (
    PRICE,
    a_long,
    a_scene,
    a_short,
    a_track,
    gone,
    judged,
    reason,
    told,
)
from tests.rules.tapes import USUAL, a_cascade, prints, with_interest


def seen(scene: Scene, **lines: float) -> list[bool]:
    return [each.entered for each in judged("cascade_start", scene, **lines)]


def test_a_burst_on_a_complete_tape_while_price_runs_is_told_with_its_numbers() -> None:
    (found,) = judged("cascade_start", a_cascade(pace=4.0, move=0.01))
    assert found.entered
    assert (found.case, found.severity, found.cluster) == ("long", Severity.CRITICAL, None)
    assert found.value == pytest.approx(4.0)
    # 1 % in the five minutes of a bar, of which 0.1 % a minute are usual
    assert found.criteria[1].fact.value == pytest.approx(-np.log(0.99) / (0.001 * 5**0.5))
    numbers = told(found)
    assert numbers["realised so far"] == pytest.approx(4 * USUAL)
    assert numbers["realised in the heaviest minute"] == pytest.approx(4 * USUAL)
    assert (numbers["orders"], numbers["lasting"]) == (10, 45.0)
    assert numbers["clusters met"] == 1
    assert found.low == pytest.approx(0.99 * PRICE)


@pytest.mark.parametrize(("pace", "found"), [(2.9, [False]), (2.5, [False]), (2.3, [])])
def test_fewer_forced_orders_are_no_burst(pace: float, found: list[bool]) -> None:
    assert seen(a_cascade(pace=pace, move=0.01)) == found


@pytest.mark.parametrize(("move", "found"), [(0.0066, [False]), (0.0053, [])])
def test_forced_orders_while_price_stays_are_no_cascade(move: float, found: list[bool]) -> None:
    near = a_scene(a_long(-0.004))
    assert seen(a_cascade(pace=9.0, move=move, scene=near)) == found


def test_of_a_tape_that_misses_much_open_interest_has_to_tell() -> None:
    missing = a_cascade(pace=9.0, move=0.01, tapes={"okx": 0.5})
    assert seen(missing) == []
    assert seen(with_interest(missing, fall=0.006)) == [True]
    assert seen(with_interest(missing, fall=0.0045)) == [False]
    assert seen(replace(missing, tapes={"okx": None})) == []
    assert seen(replace(missing, tapes={"okx": 1.0, "binance": 0.85})) == [True]


def test_with_falling_open_interest_less_than_a_burst_is_enough() -> None:
    slow = a_cascade(pace=1.1, move=0.01)
    assert seen(slow) == []
    assert seen(with_interest(slow, fall=0.006)) == [True]
    assert seen(with_interest(a_cascade(pace=0.7, move=0.01), fall=0.006)) == []


def test_a_few_large_orders_are_no_burst() -> None:
    assert seen(a_cascade(pace=9.0, move=0.01, orders=4)) == []


def test_far_from_any_cluster_it_is_not_told() -> None:
    far = a_scene(a_long(-0.05))
    assert seen(a_cascade(pace=4.0, move=0.01, scene=far)) == []
    assert seen(a_cascade(pace=4.0, move=0.01, scene=a_scene(a_long(-0.0189)))) == [True]


def test_a_cluster_that_was_just_swept_counts() -> None:
    def after(ago: float, side: Side = Side.LONG) -> Scene:
        event = gone(Kind.SWEPT, side, 0.991 * PRICE, 0.995 * PRICE, ago=ago)
        return a_cascade(pace=4.0, move=0.01, scene=a_scene(events=[event]))

    assert seen(after(14.0)) == [True]
    assert seen(after(16.0)) == []
    assert seen(after(14.0, Side.SHORT)) == []


def test_a_cluster_that_price_has_gone_through_since_the_last_bar_counts() -> None:
    followed = a_scene(tracks=[a_track(a_long(-0.004))])
    assert not followed.history.clusters
    assert seen(a_cascade(pace=4.0, move=0.01, scene=followed)) == [True]
    other = a_scene(tracks=[a_track(a_short(-0.004))])
    assert seen(a_cascade(pace=4.0, move=0.01, scene=other)) == []


def test_one_that_came_between_two_looks_is_not_missed() -> None:
    assert seen(a_cascade(pace=4.0, move=0.01, ago_s=250.0)) == [True]
    assert seen(a_cascade(pace=4.0, move=0.01, ago_s=301.0)) == []


def test_prints_of_the_other_side_are_another_case() -> None:
    scene = a_cascade(pace=4.0, move=0.01)
    both = prints(scene, Side.SHORT, usd=9 * USUAL, orders=10)
    assert [each.case for each in judged("cascade_start", both)] == ["long"]  # as price fell


def test_what_is_not_heard_or_not_known_to_be_unusual_says_nothing() -> None:
    scene = a_cascade(pace=4.0, move=0.01)
    assert "heard" in reason("cascade_start", replace(scene, tapes={}))
    unknown = replace(scene.norms, volatility=np.nan)
    assert "too few days" in reason("cascade_start", replace(scene, norms=unknown))
    assert "two bars" in reason(
        "cascade_start",
        replace(scene, history=replace(scene.history, data_age_s=10 * MINUTE_MS / 1000 + 1)),
    )


@pytest.mark.parametrize(("line", "found"), [(4.0, [True]), (4.9, [False]), (5.1, [])])
def test_a_cascade_may_have_to_be_heavy_in_dollars_a_minute(line: float, found: list[bool]) -> None:
    scene = a_cascade(pace=4.0, move=0.01)
    judgements = judged("cascade_start", scene, min_minute=line * USUAL * (1 - 1e-9))
    assert [each.entered for each in judgements] == found
