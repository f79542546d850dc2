import math
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.pages import by_id, columns, columns_of, number, ohlcv
from liqbot.exchanges._ccxt.venue import Market, Past
from liqbot.market.mending import Columns
from liqbot.market.units import DAY_MS

NOW_MS = 1_000 * DAY_MS


async def _ask(request: Any) -> Any:  # noqa: ANN401 - whatever is asked
    return await request


LINE = cast("Line", SimpleNamespace(ask=_ask, their_ms=NOW_MS))


class Told:
    """Tells a row every 10 ms but in a hole; keeps what it was asked."""

    def __init__(self, hole: range = range(0)) -> None:
        self.hole = hole
        self.asked: list[tuple[int, int]] = []

    async def page(self, line: Line, market: Market, from_ms: int, to_ms: int) -> Columns:
        self.asked.append((from_ms, to_ms))
        # As some venues do: newest first, and a row more than asked for on both sides.
        known = reversed(range(from_ms // 10 * 10 - 10, to_ms + 20, 10))
        stamps = [each for each in known if each not in self.hole]
        return {"at_ms": stamps, "rate": [each / 2 for each in stamps]}

    def past(self, **known: Any) -> Past:  # noqa: ANN401 - days
        return Past(page=self.page, rows=7, step_ms=10, **known)


@given(st.integers(0, 500), st.integers(0, 500))
async def test_pages_join_without_gap_or_overlap_and_none_holds_more_than_it_can(
    from_ms: int, span_ms: int
) -> None:
    told = Told()
    found = await columns(told.past(), LINE, {}, from_ms, from_ms + span_ms)
    assert found is not None
    expected = np.arange(-(-from_ms // 10) * 10, from_ms + span_ms + 1, 10)
    np.testing.assert_array_equal(found["at_ms"], expected)
    np.testing.assert_array_equal(found["rate"], expected / 2)
    assert told.asked[0][0] == from_ms
    assert told.asked[-1][1] == from_ms + span_ms
    assert all(start <= stop < start + 70 for start, stop in told.asked)
    assert all(stop + 1 == start for (_, stop), (start, _) in pairwise(told.asked))


async def test_a_hole_is_no_end() -> None:
    told = Told(hole=range(100, 400))
    found = await columns(told.past(), LINE, {}, 0, 500)
    assert found is not None
    assert np.max(cast("Any", found["at_ms"])) == 500


async def test_what_is_no_longer_told_is_not_asked_for() -> None:
    told = Told()
    await columns(told.past(days=1), LINE, {}, NOW_MS - 3 * DAY_MS, NOW_MS - DAY_MS + 20)
    assert told.asked == [(NOW_MS - DAY_MS, NOW_MS - DAY_MS + 20)]


async def test_nothing_comes_of_nothing() -> None:
    assert await columns(None, LINE, {}, 0, 500) is None
    assert await columns(Told().past(), LINE, {}, 500, 400) is None


def test_candles_are_read_from_text_and_made_base_units() -> None:
    rows: list[list[Any]] = [
        ["0", "1", "4", "0.5", "2", "x", "30", "10"],
        ["300000", None, "", 1, 2.5, "x", "4", None],
    ]
    found = ohlcv(rows, volume=6, taker=7, size=0.1)
    np.testing.assert_array_equal(found["opened_ms"], [0, 300_000])
    np.testing.assert_array_equal(found["open"], [1, np.nan])
    assert np.asarray(found["volume"]).tolist() == pytest.approx([3, 0.4])
    assert np.asarray(found["taker_buy_volume"]).tolist() == pytest.approx([1, np.nan], nan_ok=True)
    assert found.keys() == {
        *("opened_ms", "open", "high", "low", "close", "volume", "taker_buy_volume")
    }


def test_prices_alone_make_candles_without_volume() -> None:
    assert ohlcv([[0, 1, 4, 0.5, 2, 9]]).keys() == {"opened_ms", "open", "high", "low", "close"}


def test_no_rows_make_empty_columns() -> None:
    found = columns_of([], ("at_ms", "rate"))
    assert found["at_ms"].dtype == np.int64
    assert found["rate"].size == 0


@pytest.mark.parametrize("row", [[None, 1], ["soon", 1], [1], [1, "much"], [1, {}]])
def test_a_row_that_makes_no_sense_is_an_error(row: list[Any]) -> None:
    with pytest.raises((TypeError, ValueError, IndexError)):
        columns_of([row], ("at_ms", "rate"))


def test_nothing_is_unknown_and_zero_is_zero() -> None:
    assert math.isnan(number(None))
    assert math.isnan(number(""))
    assert number("0") == 0.0


def test_a_bulk_answer_is_found_by_market() -> None:
    assert by_id([{"symbol": "A", "x": 1}, {"symbol": "B", "x": 2}], "symbol")["B"]["x"] == 2
