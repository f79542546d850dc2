from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.heatmap import Heatmap, Snapshot
from liqbot.heatmap.lookback import Lookback, moments_of, tracked
from liqbot.heatmap.tracks import Kind, Moment
from liqbot.market.series import Candles
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, Price, floats, integers
from tests.builders import FIVE_MINUTES_MS, START_MS, some_candles

BINS = 400
GRID = PriceGrid(11_200, 0.001, BINS)
AT = 200
MARK = float(GRID.centres[AT])
A_DAY = 288  # bars


def a_map(bars: int, *, interval_ms: int = FIVE_MINUTES_MS) -> Heatmap:
    """Return shorts that stand still, 2 % above the mark."""
    usd = np.zeros((2, bars, BINS), np.float32)
    usd[1, :, AT + 20 : AT + 30] = 5.0
    return Heatmap(
        grid=GRID,
        interval_ms=interval_ms,
        opened_ms=integers(START_MS + interval_ms * np.arange(bars)),
        usd=usd,
        swept_usd=floats(np.zeros((2, bars))),
    )


def wandering(bars: int, seed: int) -> tuple[Heatmap, Candles]:
    """Return a map that grows around a wandering price, which sweeps it, and the candles."""
    chance = np.random.default_rng(seed)
    heatmap = a_map(bars)
    path = AT + np.clip(chance.normal(0, 4, bars).cumsum(), -100, 100).astype(int)
    column = np.zeros((2, BINS))
    for bar, bin_ in enumerate(path):
        before = path[max(bar - 1, 0)]
        column *= 0.999
        for sign, side in ((-1, 0), (1, 1)):
            at = bin_ + sign * chance.integers(5, 60)
            column[side, at - 4 : at + 5] += chance.integers(1, 100)
        column[0, min(bin_, before) :] = 0.0
        column[1, : max(bin_, before) + 1] = 0.0
        heatmap.usd[:, bar] = column
    return heatmap, candles_of(heatmap, GRID.centres[path])


def candles_of(heatmap: Heatmap, close: ArrayLike = MARK) -> Candles:
    """Return the candles of a map's bars."""
    return some_candles(
        np.broadcast_to(close, heatmap.opened_ms.shape), interval_ms=heatmap.interval_ms
    )


def newest(heatmap: Heatmap, mark: float = MARK) -> Snapshot:
    """Return the last column of a map as a snapshot."""
    return Snapshot(
        at_ms=int(heatmap.opened_ms[-1]) + heatmap.interval_ms,
        mark=Price(mark),
        grid=GRID,
        venues=("binance",),
        tiers=(10.0,),
        usd=floats(heatmap.usd[None, :, None, -1]),
    )


def until(heatmap: Heatmap, bars: int) -> Heatmap:
    """Return the first columns of a map."""
    return replace(heatmap, opened_ms=heatmap.opened_ms[:bars], usd=heatmap.usd[:, :bars])


def moments(
    heatmap: Heatmap, close: ArrayLike = MARK, *, hours: int = 24, mark: float = MARK
) -> list[Moment]:
    found = moments_of(heatmap, candles_of(heatmap, close), newest(heatmap, mark), hours)
    return list(found)


def minutes(found: list[Moment]) -> list[int]:
    """Return when moments are, since the start."""
    return [(moment.at_ms - START_MS) // MINUTE_MS for moment in found]


def test_moments_are_the_quarters_of_an_hour_and_now() -> None:
    assert minutes(moments(a_map(6))) == [15, 30]
    assert minutes(moments(a_map(8))) == [15, 30, 40]


def test_bars_longer_than_a_quarter_are_moments_each() -> None:
    assert minutes(moments(a_map(3, interval_ms=HOUR_MS))) == [60, 120, 180]


@pytest.mark.parametrize(("hours", "day"), [(24, 1), (48, 0), (2, 2)])
def test_moments_begin_with_the_utc_day_of_so_many_hours_ago(hours: int, day: int) -> None:
    found = minutes(moments(a_map(2 * A_DAY + 60), hours=hours))
    assert found[0] == max(day * 24 * 60, 15)
    assert found[-1] == 2 * 24 * 60 + 300


def test_the_last_column_is_a_moment_once_as_the_snapshot() -> None:
    *_, last = found = moments(a_map(6), mark=MARK * 1.01)
    assert len(found) == 2
    assert last.mark == MARK * 1.01


def test_a_moment_knows_where_price_went_since_the_one_before() -> None:
    close = MARK * np.array([1.0, 1.1, 1.0, 1.0, 0.9, 1.0, 1.0, 1.2])
    _, second, now = moments(a_map(8), close)
    assert [second.low, second.high] == pytest.approx([MARK * 0.9, MARK])
    assert [now.low, now.high] == pytest.approx([MARK, MARK * 1.2])


def test_an_unknown_price_is_the_last_one_known() -> None:
    close = MARK * np.array([1.0, 1.0, 1.1, np.nan, np.nan, np.nan, np.nan])
    _, second, now = moments(a_map(7), close)
    assert second.mark == second.low == second.high == pytest.approx(MARK * 1.1)
    assert (now.mark, now.low, now.high) == (MARK, MARK, MARK)


def test_a_column_before_any_price_is_no_moment() -> None:
    close = MARK * np.array([np.nan, np.nan, np.nan, 1.0, 1.0, 1.0, 1.0])
    assert minutes(moments(a_map(7), close)) == [30, 35]


def test_candles_after_the_snapshot_are_not_looked_at() -> None:
    heatmap = a_map(9)
    close = MARK * np.array([1.0] * 6 + [2.0] * 3)
    found = moments_of(heatmap, candles_of(heatmap, close), newest(until(heatmap, 6)), 24)
    assert [moment.high for moment in found] == [pytest.approx(MARK)] * 2


def test_a_map_without_columns_is_its_snapshot() -> None:
    snapshot = newest(a_map(1))
    (moment,) = moments_of(until(a_map(1), 0), some_candles(()), snapshot, 24)
    assert (moment.at_ms, moment.low, moment.high) == (snapshot.at_ms, MARK, MARK)


def test_what_stood_in_the_beginning_has_an_id_and_no_event() -> None:
    heatmap = a_map(12)
    tracking = tracked(heatmap, candles_of(heatmap), newest(heatmap)).now
    (track,) = tracking.tracks
    assert track.born_ms == START_MS + 15 * MINUTE_MS
    assert tracking.events == ()
    assert set(tracking.ids.values()) == {track.id}


def test_what_came_later_is_told_with_its_time() -> None:
    heatmap = a_map(12)
    heatmap.usd[0, 4:, AT - 30 : AT - 20] = 5.0
    heatmap.usd[1, 8:, : AT + 41] = 0.0
    high = np.where(np.arange(12) == 8, GRID.centres[AT + 40], MARK)
    tracking = tracked(heatmap, candles_of(heatmap, high), newest(heatmap)).now
    told = [(event.kind, (event.at_ms - START_MS) // MINUTE_MS) for event in tracking.events]
    assert told == [(Kind.BORN, 30), (Kind.SWEPT, 45)]


@settings(max_examples=20)
@given(st.integers(0, 1000), st.integers(1, 32))
def test_more_data_change_no_id_and_no_event_of_the_same_day(seed: int, quarters: int) -> None:
    heatmap, candles = wandering(96, seed)
    shorter = until(heatmap, 3 * quarters)
    at_ms = START_MS + quarters * 15 * MINUTE_MS
    early = tracked(shorter, candles, newest(shorter, float(candles.close[3 * quarters - 1]))).now
    late = tracked(heatmap, candles, newest(heatmap, float(candles.close[-1]))).now
    assert early.events == tuple(event for event in late.events if event.at_ms <= at_ms)
    ended = {event.track for event in late.events if event.at_ms > at_ms}
    assert {track.id for track in early.tracks} <= ended | {track.id for track in late.tracks}


def test_columns_from_before_the_look_back_change_nothing() -> None:
    heatmap, candles = wandering(2 * A_DAY + 72, 7)
    snapshot = newest(heatmap, float(candles.close[-1]))
    begin = A_DAY - 1  # the column that closes as the day begins
    recent = replace(heatmap, opened_ms=heatmap.opened_ms[begin:], usd=heatmap.usd[:, begin:])
    found = tracked(recent, candles, snapshot)
    assert found == tracked(heatmap, candles, snapshot)
    assert min(track.born_ms for track in found.now.tracks) >= START_MS + DAY_MS


@settings(max_examples=20)
@given(st.integers(0, 1000), st.lists(st.integers(4, 96), min_size=1, max_size=6, unique=True))
def test_looking_often_or_once_tells_the_same(seed: int, looks: list[int]) -> None:
    heatmap, candles = wandering(96, seed)
    before: Lookback | None = None
    for bars in [*sorted(looks), 96]:
        shorter = until(heatmap, bars)
        snapshot = newest(shorter, float(candles.close[bars - 1]))
        before = tracked(shorter, candles.until(snapshot.at_ms), snapshot, before=before)
    assert before == tracked(heatmap, candles, newest(heatmap, float(candles.close[-1])))


def test_a_cluster_keeps_its_id_over_midnights() -> None:
    heatmap = a_map(4 * A_DAY)
    heatmap.usd[1, :A_DAY] = 0.0
    heatmap.usd[1, A_DAY:, AT + 20 : AT + 30] = 5.0
    before: Lookback | None = None
    ids = set()
    for bars in range(A_DAY + 12, 4 * A_DAY, 36):
        shorter = until(heatmap, bars)
        before = tracked(shorter, candles_of(shorter), newest(shorter), before=before)
        ids |= {track.id for track in before.now.tracks}
    assert before is not None
    (born,) = {track.born_ms for track in before.now.tracks}
    assert len(ids) == 1
    assert START_MS + DAY_MS <= born < START_MS + DAY_MS + HOUR_MS


def test_after_a_silence_longer_than_the_candles_it_begins_anew() -> None:
    heatmap = a_map(4 * A_DAY)
    early = until(heatmap, 24)
    before = tracked(early, candles_of(early), newest(early))
    late = replace(heatmap, opened_ms=heatmap.opened_ms[-A_DAY:], usd=heatmap.usd[:, -A_DAY:])
    found = tracked(
        late, candles_of(heatmap).since(int(late.opened_ms[0])), newest(late), before=before
    )
    assert found == tracked(late, candles_of(heatmap).since(int(late.opened_ms[0])), newest(late))
