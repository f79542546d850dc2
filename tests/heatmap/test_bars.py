"""What several venues told, on one line of bars; nothing filled in, nothing taken back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.errors import OutOfRange
from liqbot.heatmap.bars import align
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import HOUR_MS, MINUTE_MS, floats, integers, moment_of
from tests.builders import (
    FIVE_MINUTES_MS,
    START_MS,
    a_liquidation,
    an_observation,
    same,
    some_candles,
    some_open_interest,
)

NAN = np.nan


def test_a_bars_change_is_open_interest_at_its_end_less_that_at_its_start() -> None:
    bars = align([_told([1000, 1007, 1005, 1011])])
    assert bars.before.tolist() == [[1000, 1007, 1005]]
    assert bars.change.tolist() == [[7, -2, 6]]


def test_bars_say_when_they_begin_and_end() -> None:
    bars = align([_told([1000, 1000, 1000, 1000])])
    assert len(bars) == 3
    assert bars.interval_ms == FIVE_MINUTES_MS
    assert bars.opened_ms.tolist() == [START_MS + i * FIVE_MINUTES_MS for i in range(3)]
    assert bars.ended_ms == START_MS + 3 * FIVE_MINUTES_MS


def test_a_missing_candle_is_an_unknown_bar_and_no_hole_in_time() -> None:
    bars = align([_without(_told([1000, 1010, 1020, 1030, 1040]), 1, 2)])
    assert np.diff(bars.opened_ms).tolist() == [FIVE_MINUTES_MS] * 3
    for name in ("low", "high", "close", "trigger_low", "trigger_high", "volume"):
        assert np.isnan(getattr(bars, name)[0]).tolist() == [False, True, True, False]


def test_a_change_across_a_hole_belongs_to_the_first_known_bar_after_it() -> None:
    for told in (
        _without(_told([1000, 1010, 1020, 1030, 1040]), 1, 2),
        _told([1000, 1010, 1020, 1030, 1040], closes=(100, NAN, NAN, 100)),
        _told([1000, 1010, NAN, NAN, 1040]),
    ):
        bars = align([told])
        assert bars.change.tolist() == [[10, 0, 0, 30]]
        assert bars.before.tolist() == [[1000, 1010, 1010, 1010]]


def test_open_interest_never_told_leaves_no_change_and_nothing_known_before() -> None:
    bars = align([_told([NAN, NAN, NAN])])
    assert bars.change.tolist() == [[0, 0]]
    assert np.isnan(bars.before).all()


def test_the_first_open_interest_to_be_told_is_no_rise_and_stands_in_for_what_was_before() -> None:
    bars = align([_told([NAN, NAN, NAN, 1000, 1003])])
    assert bars.change.tolist() == [[0, 0, 0, 3]]
    assert np.isnan(bars.before[0]).tolist() == [True, True, False, False]
    assert bars.before[0, 2:].tolist() == [1000, 1000]
    bars = align([_told([NAN, 1000, 1003])])
    assert bars.before.tolist() == [[1000, 1000]]


@pytest.mark.parametrize("off_ms", [-2000, -1000, 1000, 2000])
def test_samples_a_second_or_two_off_the_grid_count(off_ms: int) -> None:
    sampled = some_open_interest([1000, 1007, 1005], start_ms=START_MS + off_ms)
    bars = align([an_observation(_candles(2), open_interest=sampled)])
    assert bars.change.tolist() == [[7, -2]]


def test_a_sample_told_later_than_that_belongs_to_the_next_bar() -> None:
    sampled = some_open_interest([1000, 1007, 1005], start_ms=START_MS + 2001)
    bars = align([an_observation(_candles(2), open_interest=sampled)])
    assert bars.change.tolist() == [[0, 7]]


def test_samples_between_the_stamps_count_at_the_end_of_their_bar() -> None:
    sampled = some_open_interest([1000, 1004, 1009], start_ms=START_MS - MINUTE_MS)
    bars = align([an_observation(_candles(2), open_interest=sampled)])
    assert bars.before.tolist() == [[1000, 1004]]
    assert bars.change.tolist() == [[4, 5]]


@pytest.mark.parametrize(("age_ms", "change"), [(FIVE_MINUTES_MS, 0), (FIVE_MINUTES_MS - 1, 100)])
def test_a_sample_as_old_as_a_bar_tells_nothing(age_ms: int, change: float) -> None:
    at_ms = integers([START_MS - age_ms, START_MS + FIVE_MINUTES_MS])
    sampled = OpenInterest(at_ms=at_ms, quantity=floats([900, 1000]))
    assert align([an_observation(_candles(1), open_interest=sampled)]).change == change


def test_open_interest_told_hourly_changes_once_an_hour() -> None:
    sampled = some_open_interest([1000, 1060, 1040], interval_ms=HOUR_MS)
    bars = align([an_observation(_candles(24), open_interest=sampled)])
    assert np.flatnonzero(bars.change[0]).tolist() == [11, 23]
    assert bars.change[0, [11, 23]].tolist() == [60, -20]
    assert bars.before[0].tolist() == [1000] * 12 + [1060] * 12


def test_forced_orders_look_at_the_mark_where_it_is_known_and_else_at_trades() -> None:
    marks = _without(an_observation(some_candles((100.0, 100.5, 99.5), reach=0.001)), 1).candles
    told = an_observation(some_candles((100.0, 101.0, 99.0), reach=0.01), mark_candles=marks)
    bars = align([told])
    for name in ("low", "high"):
        trigger, traded = getattr(bars, f"trigger_{name}")[0], getattr(bars, name)[0]
        assert trigger[[0, 2]].tolist() == getattr(marks, name).tolist()
        assert trigger[1] == traded[1]


def test_a_mark_makes_no_unknown_bar_known() -> None:
    told = an_observation(some_candles((100.0, NAN, 99.0)), mark_candles=some_candles())
    bars = align([told])
    assert np.isnan(bars.trigger_low[0]).tolist() == [False, True, False]


def test_shorter_mark_candles_are_joined_and_longer_ones_not_used() -> None:
    short = some_candles(np.linspace(90, 110, 15), interval_ms=MINUTE_MS)
    bars = align([an_observation(mark_candles=short)])
    assert bars.trigger_high[0].tolist() == short.high.reshape(3, 5).max(axis=1).tolist()
    bars = align([an_observation(mark_candles=some_candles((90.0, 90.0), interval_ms=HOUR_MS))])
    assert bars.trigger_low.tolist() == bars.low.tolist()


def test_bars_are_as_long_as_the_coarsest_venues_candles() -> None:
    fine = some_candles(np.arange(100, 115), interval_ms=MINUTE_MS, volume=2.0)
    minutely = an_observation(fine, venue="hyperliquid")
    bars = align([minutely, _told([1000] * 4)])
    assert bars.venues == ("hyperliquid", "binance")
    assert bars.interval_ms == FIVE_MINUTES_MS
    assert bars.close.tolist() == [[104, 109, 114], [100, 100, 100]]
    assert bars.high[0].tolist() == [104, 109, 114]
    assert bars.volume.tolist() == [[10, 10, 10]] * 2
    assert bars.change[0].tolist() == [5, 5, 5]  # a minute's rise is one


def test_a_venue_that_starts_later_is_unknown_until_then() -> None:
    late = _told([500, 502, 501], start_ms=START_MS + 2 * FIVE_MINUTES_MS, venue="bybit")
    bars = align([_told([1000, 1001, 1002, 1003, 1004]), late])
    assert np.isnan(bars.close[1]).tolist() == [True, True, False, False]
    assert np.isnan(bars.before[1]).tolist() == [True, True, False, False]
    assert bars.change.tolist() == [[1, 1, 1, 1], [0, 0, 0, -1]]


def test_a_venue_without_a_known_candle_is_left_out() -> None:
    tape_only = an_observation(
        Candles.none(FIVE_MINUTES_MS), venue="okx", tape=Tape.of([a_liquidation()])
    )
    unknown = an_observation(some_candles((NAN, NAN)), venue="gate")
    assert align([tape_only, _told([1000, 1000]), unknown]).venues == ("binance",)


def test_a_coarse_venue_without_a_known_candle_makes_no_bar_longer() -> None:
    unknown = an_observation(some_candles((NAN,), interval_ms=HOUR_MS), venue="gate")
    assert align([unknown, _told([1000, 1000])]).interval_ms == FIVE_MINUTES_MS


@pytest.mark.parametrize("closes", [(), (NAN, NAN)])
def test_without_any_candle_there_is_no_map(closes: tuple[float, ...]) -> None:
    with pytest.raises(OutOfRange, match="No candles"):
        align([an_observation(some_candles(closes))] if closes else [])


def test_rows_are_a_part_of_the_bars_and_all_that_belongs_to_them() -> None:
    bars = align([_told([1000, 1007, 1005, 1011])])
    part = bars.rows(1, 3)
    assert part.opened_ms.tolist() == bars.opened_ms[1:].tolist()
    assert part.change.tolist() == [[-2, 6]]
    assert part.before.tolist() == [[1007, 1005]]
    assert part.venues == bars.venues
    assert same(bars.rows(0, 3), bars)


@st.composite
def _observations(draw: st.DrawFn) -> list[Observation]:
    """Draw up to three venues of five bars, of 5 m or of 1 m, with holes in everything."""
    venues = draw(st.lists(st.sampled_from(["binance", "okx", "dydx"]), min_size=1, unique=True))
    return [_drawn(draw, venue) for venue in venues]


def _drawn(draw: st.DrawFn, venue: str) -> Observation:
    interval_ms = draw(st.sampled_from([MINUTE_MS, FIVE_MINUTES_MS]))
    count = 5 * FIVE_MINUTES_MS // interval_ms

    def series(known: int) -> Candles:
        closes = [draw(st.sampled_from([100.0, 101.0] * known + [NAN])) for _ in range(count)]
        whole = an_observation(some_candles(closes, interval_ms=interval_ms, reach=0.01))
        gone = draw(st.sets(st.integers(0, count - 1), max_size=count // 2))
        return _without(whole, *gone).candles

    candles = series(4)
    stamps = draw(st.sets(st.integers(-600, 1500), max_size=12).map(sorted))
    quantity = [draw(st.sampled_from([NAN, 0.0, 50.0, 60.0, 70.0])) for _ in stamps]
    sampled = OpenInterest(
        at_ms=integers(START_MS + 1000 * np.array(stamps, np.int64)), quantity=floats(quantity)
    )
    marks = series(1) if draw(st.booleans()) else None
    seen = an_observation(candles, venue=venue, open_interest=sampled, mark_candles=marks)
    return replace(seen, observed_at=moment_of(START_MS + 5 * FIVE_MINUTES_MS + 2000))


@given(_observations(), st.integers(1, 5))
def test_no_bar_changes_when_more_is_known(seen: list[Observation], count: int) -> None:
    """Two seconds after a bar's end all is known of it; a venue is known from its first candle."""
    ends_ms = START_MS + count * FIVE_MINUTES_MS
    then = [_until(each, ends_ms) for each in seen]
    known = [~np.isnan(each.candles.close) for each in then]
    if not all(each.any() for each in known):
        return
    whole, part = align(seen), align(then)
    assert same(part, whole.rows(0, len(part)))


def _until(seen: Observation, at_ms: int) -> Observation:
    """Return what had been seen two seconds after a moment."""
    return replace(
        seen,
        observed_at=moment_of(at_ms + 2000),
        candles=seen.candles.until(at_ms),
        mark_candles=seen.mark_candles and seen.mark_candles.until(at_ms),
        open_interest=seen.open_interest.until(at_ms + 2000),
    )


def _candles(count: int) -> Candles:
    return some_candles([100.0] * count)


def _told(
    quantities: list[float],
    *,
    closes: tuple[float, ...] = (),
    start_ms: int = START_MS,
    venue: str = "binance",
) -> Observation:
    """Return an observation with a candle between any two samples of open interest."""
    candles = some_candles(closes or [100.0] * (len(quantities) - 1), start_ms=start_ms)
    sampled = some_open_interest(quantities, start_ms=start_ms)
    return an_observation(candles, venue=venue, open_interest=sampled)


def _without(seen: Observation, *rows: int) -> Observation:
    """Return an observation that lacks some candles."""
    kept = [row for row in range(len(seen.candles)) if row not in rows]
    names = ("opened_ms", "open", "high", "low", "close", "volume", "taker_buy_volume")
    columns = {name: getattr(seen.candles, name)[kept] for name in names}
    return replace(seen, candles=Candles.mended(seen.candles.interval_ms, columns)[0])
