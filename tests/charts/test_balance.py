import numpy as np
import pytest

from liqbot.charts._balance import balance, net_over_time, within
from liqbot.charts._geometry import Box
from liqbot.charts._window import time_window
from liqbot.charts.chart import RANGES
from tests.charts.histories import a_history, with_a_gap

HISTORY = a_history()
TIMES = time_window(HISTORY, RANGES["24h"], Box(0, 0, 576, 100))


def test_both_sides_are_counted_by_distance() -> None:
    snapshot = HISTORY.snapshot
    for bins in (8, 20, 45):
        middle = snapshot.grid.index(65_000.0)
        low, high = snapshot.grid.edges[[middle - bins, middle + bins]] / 65_000.0
        long = within(snapshot, 1 - low)[0]
        short = within(snapshot, high - 1)[1]
        assert long == pytest.approx(snapshot.total[0][middle - bins : middle].sum(), rel=1e-9)
        assert short == pytest.approx(snapshot.total[1][middle : middle + bins].sum(), rel=1e-9)


def test_the_difference_adds_up() -> None:
    found = balance(HISTORY.snapshot, 0.05, 100)
    for row in (20, 40, 100):
        long, short = within(HISTORY.snapshot, row * 0.0005)
        assert found.net[row] == pytest.approx(long - short)


def test_the_difference_starts_at_nothing() -> None:
    assert balance(HISTORY.snapshot, 0.05, 100).net[0] == 0.0


def test_the_last_column_agrees_with_the_balance_now() -> None:
    net = net_over_time(HISTORY, TIMES, 0.05)
    long, short = within(HISTORY.snapshot, 0.05)
    assert net[-1] == pytest.approx(long - short, rel=1e-3)
    assert np.isfinite(net).all()


def test_columns_of_which_nothing_is_known_have_no_difference() -> None:
    gap = with_a_gap(HISTORY, 590, 595)
    net = net_over_time(gap, TIMES, 0.05)
    assert np.flatnonzero(np.isnan(net)).tolist() == [278, 279, 280, 281, 282]


def test_a_reach_beyond_the_grid_counts_what_there_is() -> None:
    net = net_over_time(HISTORY, TIMES, 0.9)
    last = HISTORY.heatmap.usd[:, -1].sum(axis=1, dtype=np.float64)
    assert net[-1] == pytest.approx(last[0] - last[1], rel=1e-6)
