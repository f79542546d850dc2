import numpy as np
import pytest

from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Heatmap
from liqbot.market.units import Side, floats, integers
from liqbot.rules._columns import held
from tests.builders import FIVE_MINUTES_MS, START_MS

GRID = PriceGrid(11_200, 0.001, 40)


def a_map() -> Heatmap:
    """Return ten columns in which bin b of column c holds 100·c + b on the short side."""
    usd = np.zeros((2, 10, 40), np.float32)
    usd[1] = 100 * np.arange(10)[:, None] + np.arange(40)
    return Heatmap(
        grid=GRID,
        interval_ms=FIVE_MINUTES_MS,
        opened_ms=integers(START_MS + FIVE_MINUTES_MS * np.arange(10)),
        usd=usd,
        swept_usd=floats(np.zeros((2, 10))),
    )


def ended(column: int) -> int:
    return START_MS + FIVE_MINUTES_MS * (column + 1)


@pytest.mark.parametrize(("first", "stop"), [(0, 1), (7, 12), (39, 40), (0, 40)])
def test_bins_from_edge_to_edge_are_summed(first: int, stop: int) -> None:
    low, high = GRID.edges[first], GRID.edges[stop]
    found = held(a_map(), Side.SHORT, low, high, since_ms=ended(3), until_ms=ended(4))
    bins = np.arange(first, stop)
    assert found.tolist() == [(300 + bins).sum(), (400 + bins).sum()]
    assert not held(a_map(), Side.LONG, low, high, since_ms=0, until_ms=ended(9)).any()


def test_columns_count_from_when_they_ended_on() -> None:
    def between(since_ms: int, until_ms: int) -> int:
        edges = GRID.edges[3], GRID.edges[5]
        return held(a_map(), Side.SHORT, *edges, since_ms=since_ms, until_ms=until_ms).size

    assert between(ended(3), ended(4)) == 2
    assert between(ended(3) + 1, ended(4) - 1) == 0
    assert between(0, ended(20)) == 10
    assert between(ended(20), ended(30)) == 0


def test_what_lies_beyond_the_grid_holds_nothing() -> None:
    low, high = GRID.edges[0] * 0.5, GRID.edges[0] * 0.9
    assert not held(a_map(), Side.SHORT, low, high, since_ms=0, until_ms=ended(9)).any()
    assert not held(a_map(), Side.SHORT, 2 * high, 3 * high, since_ms=0, until_ms=ended(9)).any()
