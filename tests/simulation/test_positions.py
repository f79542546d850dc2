import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from liqbot.simulation.positions import (
    FOREVER,
    POSITION,
    Ending,
    Positions,
    Rows,
    standing_at,
)


def some_rows(
    low: list[float], high: list[float] | None = None, *, at_ms: int = 0, **columns: object
) -> Rows:
    rows = np.zeros(len(low), POSITION)
    rows["low"] = low
    rows["high"] = np.inf if high is None else high
    rows["quantity"] = 1.0
    rows["liquidation"] = low
    rows["opened_ms"] = rows["since_ms"] = at_ms
    rows["patience_ms"] = rows["until_ms"] = FOREVER
    for name, values in columns.items():
        rows[name] = values
    return rows


def some_positions(*arguments: object, **columns: object) -> Positions:
    positions = Positions()
    positions.open(some_rows(*arguments, **columns))  # type: ignore[arg-type]
    return positions


def test_price_takes_what_it_reaches_and_only_once() -> None:
    positions = some_positions([90.0, 95.0, 80.0], [110.0, 120.0, 130.0])
    assert positions.floor == 95.0
    assert positions.ceiling == 110.0
    assert positions.crossed(94.0).tolist() == [1]
    assert positions.crossed(94.0).tolist() == []
    assert sorted(positions.crossed(125.0).tolist()) == [0]


def test_what_was_closed_is_not_reached() -> None:
    positions = some_positions([90.0, 95.0])
    positions.close(np.array([1]), at_ms=5)
    assert positions.crossed(85.0).tolist() == [0]


def test_the_impatient_are_found() -> None:
    positions = some_positions([90.0, 95.0], patience_ms=[1_000, 2_000])
    assert positions.overdue(1_500).tolist() == [0]


def test_an_amended_position_is_watched_at_its_new_price_and_its_past_is_kept() -> None:
    positions = some_positions([90.0], adverse=Ending.CALL)
    index = positions.crossed(89.0)
    positions.amend(index, 7, low=np.array([80.0]), liquidation=np.array([80.0]))
    assert positions.crossed(85.0).size == 0
    assert positions.crossed(79.0).tolist() == [0]
    history = positions.history()
    assert standing_at(history, 6)["liquidation"].tolist() == [90.0]
    assert standing_at(history, 7)["liquidation"].tolist() == [80.0]
    assert standing_at(history, 7)["opened_ms"].tolist() == [0]


def test_forgetting_keeps_the_past_from_a_moment_on() -> None:
    positions = some_positions([90.0, 91.0, 92.0])
    positions.close(np.array([0]), at_ms=50)
    positions.close(np.array([1]), at_ms=150)
    positions.forget(keep_from_ms=100)
    history = positions.history()
    assert sorted(history["low"].tolist()) == [91.0, 92.0]
    assert standing_at(history, 149)["low"].tolist() == [91.0, 92.0]
    assert standing_at(history, 150)["low"].tolist() == [92.0]


def test_some_are_picked_on_one_side_of_one_venue_up_to_a_quantity() -> None:
    positions = some_positions([1.0] * 400, venue=[0, 1] * 200, side=[0, 0, 1, 1] * 100)
    picked = positions.rows(positions.some(np.random.default_rng(1), venue=1, side=0, quantity=9.5))
    assert picked["quantity"].sum() == 9.0
    assert set(picked["venue"].tolist()) == {1}
    assert set(picked["side"].tolist()) == {0}


def test_a_table_grows_as_needed() -> None:
    positions = Positions()
    for _ in range(3):
        positions.open(some_rows([90.0] * 50_000))
    assert positions.standing().size == 150_000


@given(
    lows=st.lists(st.floats(50, 99), min_size=1, max_size=30),
    marks=st.lists(st.floats(51, 149), min_size=1, max_size=8),
)
def test_watching_only_what_is_near_misses_nothing(lows: list[float], marks: list[float]) -> None:
    rows = some_rows(lows, [200.0 - low for low in lows])
    positions = Positions()
    positions.open(rows)
    left = set(range(len(lows)))
    positions.watch(100.0, 0.05, 0)
    for mark in marks:
        if positions.leaves(mark):
            positions.watch(mark, 0.05, 0)
        inside = positions.floor < mark < positions.ceiling
        index = positions.crossed(mark)
        reached = {i for i in left if rows["low"][i] >= mark or rows["high"][i] <= mark}
        assert set(index.tolist()) == reached
        assert inside == (not reached)
        positions.close(index, 1)
        left -= reached
