"""Scores, against sums done by hand."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from liqbot.calibration.score import FlowScore, flow_score

FEW = settings(max_examples=40)
MEASURES = ("spearman", "log_corr", "sqrt_corr", "r2_sqrt")
OLDER = np.array([True, True, False, False, False])
PERFECT = FlowScore(n=3, spearman=1.0, log_corr=1.0, sqrt_corr=1.0, r2_sqrt=1.0)

usd = st.just(0.0) | st.floats(1e-3, 1e12)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    rows = draw(st.lists(st.tuples(usd, usd, st.booleans()), max_size=12))
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2].astype(np.bool_)


def squares(*roots: float) -> NDArray[np.float64]:
    return np.array(roots) ** 2


def values(score: FlowScore) -> list[float]:
    return [getattr(score, name) for name in MEASURES]


def test_measures_in_roots_are_those_done_by_hand() -> None:
    # The older two say that realised roots are twice the modelled; then 2 6 4 meet 3 7 2.
    score = flow_score(squares(2, 4, 1, 3, 2), squares(4, 8, 3, 7, 2), OLDER)
    assert score.n == 3
    assert score.r2_sqrt == pytest.approx(1 - (1 + 1 + 4) / (1 + 9 + 4))
    assert score.sqrt_corr == pytest.approx((1 + 3) / sqrt(2 * 14))
    assert score.spearman == pytest.approx(0.5)  # ranks 1 3 2 and 2 3 1


def test_the_logarithm_counts_ten_thousand_dollars_as_little() -> None:
    modelled = 10_000 * (2.0 ** np.array([5, 5, 0, 2, 1]) - 1)
    realised = 10_000 * (2.0 ** np.array([5, 5, 1, 2, 0]) - 1)
    assert flow_score(modelled, realised, OLDER).log_corr == pytest.approx(0.5)


def test_equal_dollars_share_their_rank() -> None:
    score = flow_score(np.array([9.0, 9, 1, 1, 3]), np.array([9.0, 9, 1, 2, 3]), OLDER)
    assert score.spearman == pytest.approx(1.5 / sqrt(1.5 * 2))  # ranks 1.5 1.5 3 and 1 2 3


def test_what_is_realised_itself_is_perfect() -> None:
    realised = np.array([5.0, 0, 7, 1e6, 3])
    assert values(flow_score(realised, realised, OLDER)) == pytest.approx(values(PERFECT))


def test_the_opposite_is_as_wrong_as_can_be() -> None:
    score = flow_score(squares(1, 1, 3, 2, 1), squares(1, 1, 1, 2, 3), OLDER)
    assert (score.spearman, score.sqrt_corr) == pytest.approx((-1, -1))
    assert score.r2_sqrt == pytest.approx(1 - 8 / 2)


@FEW
@given(pairs(), st.sampled_from([1e-6, 0.37, 4.0, 1e5]))
def test_a_scale_of_the_model_changes_no_measure_but_the_logarithm(
    pair: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]], scale: float
) -> None:
    modelled, actual, fit = pair
    one, other = flow_score(modelled, actual, fit), flow_score(modelled * scale, actual, fit)
    assert other.n == one.n
    assert other.spearman == one.spearman
    assert other.sqrt_corr == pytest.approx(one.sqrt_corr, abs=1e-9)
    assert other.r2_sqrt == pytest.approx(one.r2_sqrt, rel=1e-6, abs=1e-6)


def test_a_scale_of_the_model_changes_the_logarithm() -> None:
    modelled, actual = np.array([1.0, 1, 0, 1e4, 1e6]), np.array([1.0, 1, 0, 1e3, 1e4])
    small, large = (flow_score(modelled * k, actual, OLDER).log_corr for k in (1e-3, 1e3))
    assert small != pytest.approx(large, abs=0.01)


@FEW
@given(pairs(), st.permutations(range(12)))
def test_the_order_of_hours_changes_nothing(
    pair: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]], order: list[int]
) -> None:
    modelled, actual, fit = pair
    rows = [row for row in order if row < fit.size]
    one, other = flow_score(*pair), flow_score(modelled[rows], actual[rows], fit[rows])
    assert values(other) == pytest.approx(values(one), rel=1e-6, abs=1e-6)


@FEW
@given(pairs())
def test_a_score_is_always_a_number_within_its_bounds(
    pair: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]],
) -> None:
    score = flow_score(*pair)
    assert score.n == np.count_nonzero(~pair[2])
    assert all(-1.000001 <= each <= 1.000001 for each in values(score)[:3])
    assert score.r2_sqrt <= 1
    assert np.isfinite(score.skill())


def test_only_the_scale_is_taken_from_hours_that_the_fit_saw() -> None:
    modelled, actual = squares(2, 4, 1, 3, 2), squares(4, 8, 3, 7, 2)
    one = flow_score(modelled, actual, OLDER)
    other = flow_score(modelled, np.where(OLDER, actual * 4, actual), OLDER)
    assert other.r2_sqrt == pytest.approx(1 - (1 + 25 + 36) / 14)  # 4 12 8 meet 3 7 2
    assert values(other)[:3] == values(one)[:3]


@pytest.mark.parametrize(
    ("modelled", "actual", "fit"),
    [
        ([], [], []),
        ([3.0], [4.0], [False]),
        ([3.0], [4.0], [True]),
        ([3.0, 4.0], [4.0, 5.0], [True, True]),
        ([1.0, 2.0, 3.0, 4.0], [7.0] * 4, [True, False, False, False]),
        ([0.0] * 4, [1.0, 2.0, 3.0, 4.0], [True, False, False, False]),
        ([0.0] * 4, [0.0] * 4, [True, False, False, False]),
    ],
)
def test_what_shows_no_skill_scores_zero(
    modelled: list[float], actual: list[float], fit: list[bool]
) -> None:
    score = flow_score(np.array(modelled), np.array(actual), np.array(fit, dtype=np.bool_))
    assert values(score) == [0.0] * 4


def test_a_constant_model_is_told_by_its_misses_alone() -> None:
    score = flow_score(np.full(5, 4.0), squares(2, 2, 1, 2, 3), OLDER)
    assert values(score) == [0.0, 0.0, 0.0, pytest.approx(1 - 2 / 2)]


def test_without_hours_to_scale_by_nothing_is_explained() -> None:
    score = flow_score(squares(1, 2, 3), squares(1, 2, 3), np.zeros(3, dtype=np.bool_))
    assert score.r2_sqrt == 0.0
    assert score.sqrt_corr == pytest.approx(1)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e250])
def test_values_of_any_size_are_compared(scale: float) -> None:
    score = flow_score(scale * squares(1, 1, 1, 3, 2), squares(1, 1, 1, 3, 2), OLDER)
    assert score.sqrt_corr == pytest.approx(1)
    assert np.isfinite(score.skill())


def test_skill_is_the_mean_of_four_measures() -> None:
    score = FlowScore(n=9, spearman=0.1, log_corr=0.2, sqrt_corr=0.4, r2_sqrt=-0.3)
    assert score.skill() == pytest.approx(0.1)
    named = {"n": 9, "spearman": 0.1, "log_corr": 0.2, "sqrt_corr": 0.4, "r2_sqrt": -0.3}
    assert score.as_dict() == named
