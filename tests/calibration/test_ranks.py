"""Ranks, beside SciPy's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from liqbot.calibration.ranks import ranks
from liqbot.market.units import floats

VALUES = st.lists(st.one_of(st.sampled_from([0.0, 1.0, 2.0]), st.floats(-1e9, 1e9)), max_size=50)


@given(VALUES)
def test_they_are_those_of_scipy(values: list[float]) -> None:
    np.testing.assert_array_equal(ranks(floats(values)), rankdata(values))


def test_equal_values_share_the_mean_of_their_places() -> None:
    assert ranks(floats([5.0, 1.0, 5.0, 9.0])).tolist() == [2.5, 1.0, 2.5, 4.0]
